"""A damaged inventory is an InventoryError: it neither crashes the process nor fails in another way."""

from __future__ import annotations

import copy
import json
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from skybatch.errors import InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.manifest import OWN_BANDS_FORMAT, read_manifest
from skybatch.inventory.publish import publish
from skybatch.sky.regions import Circle
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.survey.format2 import publish_format2
from tests.support.survey.synthetic_survey import synthetic

MUTATIONS = 250  # of manifests, and as many of columns
HOSTILE: list[Any] = [
    None, True, -1, 0, 1, 7, 2**31, 2**63, 10**30, 1e308, float("nan"), float("inf"), "", "O", "|O", "<f8",
    "<i4", "V0", "<U100000000", "<f8,|O", [], [["a", "|O"]], [["a", "<f8", [2**40]]], {}, {"dtype": "O"},
    "\ud800",
]  # fmt: skip


@pytest.fixture(scope="module", params=[2, 3])
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("archive")
    if request.param == 2:
        publish_format2(DirectoryTree(root), synthetic(40))
    else:
        publish(DirectoryTree(root), synthetic(40), numbered=False, origin="test")
    return root


def version_folder(root: Path) -> Path:
    return root / "inventory/asky" / (root / "inventory/asky/current").read_text()


@pytest.fixture
def damaged(published: Path, tmp_path: Path) -> Path:
    shutil.copytree(published, tmp_path / "copy")
    return tmp_path / "copy"


def look_up(root: Path) -> bool:
    """Use every look-up; return whether the inventory could be read."""
    try:
        inventory = Inventory.open(DirectoryTree(root), "asky")
        sets = np.arange(0, inventory.size, 50)
        details = inventory.details(sets[:20])
        inventory.numbering()
        inventory.by_coadd_key([1, 100])
        inventory.by_scan(["990101"], ["n"], [1])
        sky = inventory.footprints(sets[:5])
        inventory.positions(np.nan_to_num(sky.crval1), np.nan_to_num(sky.crval2))
        inventory.in_region(Circle(10.0, -3.0, 1.0), "overlap")
        for band in "jhk":
            assert len(details.suffix[band]) == len(details)
        for name in ("date", "hem", "ut_date", "crval1", "naxis1", "scan", "coadd_key"):
            assert len(getattr(details, name)) == len(details)
    except InventoryError:
        return False
    return True


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every place of a JSON document, as container and key."""
    pairs = list(node.items()) if isinstance(node, dict) else list(enumerate(node))
    found = [(node, key) for key, _ in pairs]
    for _, child in pairs:
        found += places(child) if isinstance(child, dict | list) else []
    return found


def test_an_undamaged_inventory_is_read(published: Path) -> None:
    assert look_up(published)


def test_mutated_manifests_are_refused_or_read(damaged: Path) -> None:
    drawn, path = random.Random(17), version_folder(damaged) / "manifest.json"
    original = json.loads(path.read_text())
    outcomes = []
    for _ in range(MUTATIONS):
        document = copy.deepcopy(original)
        container, key = drawn.choice(places(document))
        container[key] = drawn.choice(HOSTILE)
        path.write_text(json.dumps(document))
        outcomes.append(look_up(damaged))
    # What stands in no look-up's way, such as a digest, may change.
    assert 0.5 * MUTATIONS < outcomes.count(False) < MUTATIONS


def test_mutated_columns_are_refused_or_read(damaged: Path) -> None:
    drawn = random.Random(18)
    for _ in range(MUTATIONS):
        path = drawn.choice(sorted(version_folder(damaged).glob("*.npy")))
        content = path.read_bytes()
        path.write_bytes(mutated(content, drawn))
        look_up(damaged)
        path.write_bytes(content)
    assert look_up(damaged)


def mutated(content: bytes, drawn: random.Random) -> bytes:
    """Change some bytes behind the header, or the length."""
    changed = bytearray(content)
    if drawn.random() < 0.1:
        return bytes(changed[: drawn.randrange(len(changed))])
    for _ in range(drawn.choice([1, 8, 64])):
        start = drawn.randrange(128, len(changed))
        changed[start : start + 8] = drawn.choice([b"\xff" * 8, bytes(8), drawn.randbytes(8)])[
            : len(changed) - start
        ]
    return bytes(changed)


def test_objects_in_a_column_are_refused_by_its_name(damaged: Path) -> None:
    path = version_folder(damaged) / "manifest.json"
    document = json.loads(path.read_text())
    for kind in ("columns", "constants"):
        for name in document.get(kind, {}):
            changed = copy.deepcopy(document)
            changed[kind][name]["dtype"] = "|O"
            path.write_text(json.dumps(changed))
            with pytest.raises(InventoryError, match=name):
                Inventory.open(DirectoryTree(damaged), "asky")


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"null", b"[]", b"{}", b"[" * 100_000, b'{"format": 2}', b'{"format": true}']
)
def test_what_is_no_manifest_is_refused_by_its_path(content: bytes) -> None:
    with pytest.raises(InventoryError, match=r"v1/manifest\.json"):
        read_manifest(content, "v1/manifest.json")


def test_a_newer_format_is_refused_as_such(published: Path) -> None:
    document = json.loads((version_folder(published) / "manifest.json").read_text())
    document["format"] = OWN_BANDS_FORMAT + 1
    with pytest.raises(InventoryError, match=f"format {OWN_BANDS_FORMAT + 1}"):
        read_manifest(json.dumps(document).encode(), "m")


def test_rows_of_one_band_each_need_their_bands(tmp_path: Path) -> None:
    publish(DirectoryTree(tmp_path), synthetic(2), numbered=False, origin="test")
    document = json.loads((version_folder(tmp_path) / "manifest.json").read_text())
    document["format"] = OWN_BANDS_FORMAT
    with pytest.raises(InventoryError, match="columns"):
        read_manifest(json.dumps(document).encode(), "m")
    document["constants"]["own_band"] = {"dtype": "|u1", "value": 2}
    assert read_manifest(json.dumps(document).encode(), "m").bands_apart


def test_a_damaged_name_of_the_current_version_is_refused(damaged: Path) -> None:
    (damaged / "inventory/asky/current").write_bytes(b"\xff\xfe")
    with pytest.raises(InventoryError, match="asky"):
        Inventory.open(DirectoryTree(damaged), "asky")
