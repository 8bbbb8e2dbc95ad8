"""The keys of the results bucket: stored batches, roles and lifecycle rules depend on them as they are."""

from __future__ import annotations

import re
from pathlib import Path

import skybatch.batch
from skybatch.batch import keys

NAMES = {
    *("batch.json", "request.json", "accepted.json", "names.json", "plan.jsonl", "progress.json"),
    *("resends.json", "places.jsonl", "cancel", "outcomes.jsonl", "status.json", "mail.json"),
    *("images", "journal", "previews", "results", "stretches", "bundles", "gaveup"),
    *("keys/idempotency", "active"),
}


def test_stored_objects_keep_their_names() -> None:
    assert {value for name, value in vars(keys).items() if name.isupper()} == NAMES


def test_objects_of_a_folder_lie_in_it() -> None:
    assert keys.of_batch("b" * 32, keys.image("a.fits")) == f"batches/{'b' * 32}/images/a.fits"
    assert keys.given_up(7) == "gaveup/7.json"
    assert keys.single_image("b" * 32, "a.fits") == f"images/{'b' * 32}/a.fits"
    assert keys.journal_part(3) == "journal/3.jsonl"
    assert keys.preview("a.fits.png") == "previews/a.fits.png"
    assert keys.stretch(20) == "stretches/20.jsonl"
    assert keys.bundle("000020-abc") == "bundles/000020-abc"
    assert keys.result("images.tar") == "results/images.tar"
    assert keys.next_batch("failed") == "next/failed.json"


def test_no_other_module_spells_a_stored_name() -> None:
    """``cancel``, ``active`` and names of folders are common words; names with an ending are not."""
    package = Path(skybatch.batch.__file__).parents[1]
    spelled = re.compile("|".join(rf'"{re.escape(name)}"' for name in NAMES if re.search(r"\.jsonl?$", name)))
    found = {
        f"{path.relative_to(package)}: {match.group()}"
        for path in package.rglob("*.py")
        if path.name != "keys.py"
        for match in spelled.finditer(path.read_text())
    }
    # A result file of this name is delivered, and client and pages know it.
    assert {line for line in found if "request.json" not in line} == set()
