"""One message in two hands: at once, or one after the other with the stored images replaced in between.

And a worker that ends in the midst of a bundle: as it reads one of its images, once or each time, or between
two parts of an object too large for one PUT.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event

import numpy as np
import obstore
import pytest
from astropy.io import fits

from local.archive_bucket import emulator_bucket
from local.stack import Stack
from skybatch.bundles.bundle_reader import read_index
from tests.bench.sample_field import DATE, DEC, RA_STEP, make_strip, stored_path
from tests.e2e.faults import (
    Faults,
    Rule,
    first_times,
    kill_caller,
    messages_late_and_twice,
    stack_behind,
)
from tests.e2e.held_requests import HeldWrite, Together, announces
from tests.e2e.soak import Ended, Scenario, SoakRun, keep_figures
from tests.support.images.fits_files import CardValue, gzipped, make_image

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

PEACE, REPLACED, TALLIED, KILLED = range(4), range(4, 8), range(8, 12), range(12, 16)
DEADLY = range(16, 48)
SETS = 48
SEND = ("SendMessageBatch",)
BUNDLE = ("PUT", "/bundles/")
# The second stored image of a bundle, in an object of its own: its first task is the plan's second.
PIECE = ("PUT", "/bundles/000001-")
# The large image is one set more, far from the others: 67.9 MB, more than one PUT takes.
LARGE_SIDE, LARGE_AT = 4120, (180.0, 40.0)


def source(n: int) -> str:
    """In every request for a stored J image."""
    return f"s{n + 1:03d}/image/j"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make_strip(folder, SETS, ["j"])
    path = stored_path(folder, SETS, "j")
    path.parent.mkdir(parents=True, exist_ok=True)
    cards: dict[str, CardValue] = {"ORDATE": DATE, "FILTER": "j", "SCANNO": SETS + 1, "TELNAME": "Hopkins"}
    path.write_bytes(gzipped(make_image(*LARGE_AT, nx=LARGE_SIDE, ny=LARGE_SIDE, cards=cards)))
    return folder


def crops(sets: range, sizes: tuple[int, ...] = (30, 31)) -> str:
    """A table of some crops of each of the sets."""
    rows = [f"{10.0 + RA_STEP * n!r},{DEC},{size}" for size in sizes for n in sets]
    return "\n".join(["ra,dec,size", *rows]) + "\n"


@pytest.fixture(scope="module")
def stack(faults: Faults, start_stack: Callable[..., Stack], archive: Path) -> Iterator[Stack]:
    with stack_behind(faults, start_stack, archive) as running:
        yield running


@pytest.fixture(scope="module")
def run(stack: Stack, faults: Faults) -> SoakRun:
    """One of the batches takes minutes, beside the others."""
    run = SoakRun(stack, faults.by_label)
    faults.by_word[source(DEADLY[20])] = kill_caller
    run.start({"deadly among 32": Scenario(crops(DEADLY, sizes=(30,)))})
    return run


def replace(stack: Stack, archive: Path, sets: range) -> None:
    """Have other pixels in the stored images: same header, and each pixel one more."""
    bucket = emulator_bucket(stack.emulator, stack.archive_bucket)
    for path in (path for n in sets for path in archive.rglob(f"*/{source(n)}*.fits.gz")):
        with fits.open(path) as hdus:
            header = hdus[0].header.tostring().encode()
            data = (np.array(hdus[0].data) + 1).astype(">f4").tobytes()
        plain = header + data.ljust(-(-len(data) // 2880) * 2880, b"\0")
        obstore.put(bucket, path.relative_to(archive).as_posix(), gzipped(plain))


def results(run: SoakRun, ended: Ended, name: str) -> bytes:
    """An object of a batch, from the bucket: links are signed for the proxy's address."""
    bucket = emulator_bucket(run.stack.emulator, run.stack.outputs.results_bucket)
    return bytes(obstore.get(bucket, f"batches/{ended.status['batch_id']}/{name}").bytes())


def md5s_in_bundles(run: SoakRun, ended: Ended) -> dict[int, set[str]]:
    """What the objects of a batch say of each image; each that was made of another stored image once."""
    bucket = emulator_bucket(run.stack.emulator, run.stack.outputs.results_bucket)
    found = defaultdict(set)
    for page in obstore.list(bucket, f"batches/{ended.status['batch_id']}/bundles/"):
        for entry in page:
            index = read_index(bucket, entry["path"], entry["size"], str(entry["e_tag"]))
            for member in index.members:
                found[member.number].add(member.md5)
    return found


def assert_one_image_everywhere(run: SoakRun, ended: Ended) -> None:
    """Archive, single images, the places that programs are told, and the tables have the same bytes."""
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert run.single_images(ended) == ended.images
    md5s = {file: hashlib.md5(body).hexdigest() for file, body in ended.images.items()}
    table = csv.DictReader(results(run, ended, "results/images.csv").decode().splitlines())
    assert {row["file"].removeprefix("images/"): row["md5"] for row in table} == md5s
    page = run.service.call(f"/batches/{ended.status['batch_id']}/images").json()
    for image in page["images"]:
        at = slice(image["offset"], image["offset"] + image["bytes"])
        assert results(run, ended, f"bundles/{image['bundle']}")[at] == ended.images[image["file"]]
        assert image["md5"] == md5s[image["file"]]


def test_a_message_delivered_twice_at_once_makes_each_image_once(run: SoakRun) -> None:
    """Both workers have made all files before either writes; the second finds an object there."""
    together = Together()
    twice = Rule(SEND, messages_late_and_twice(0.1, (1, 1)))
    run.start(
        {
            "in peace": Scenario(crops(PEACE)),
            "twice at once": Scenario(crops(PEACE), [twice, Rule(BUNDLE, together)]),
        },
        at_once=1,
    )
    undisturbed, ended = run.ended("in peace"), run.ended("twice at once")
    assert together.writes >= 2
    assert len(run.stored(ended.status)) == 1
    assert ended.images == undisturbed.images
    assert_one_image_everywhere(run, ended)
    keep_figures("twice at once", ended)


@pytest.mark.parametrize(
    ("name", "sets", "until"),
    [("replaced", REPLACED, PIECE), ("replaced and tallied", TALLIED, ("PUT", "/journal/"))],
)
def test_stored_images_replaced_between_two_deliveries_give_one_image_everywhere(
    run: SoakRun, archive: Path, name: str, sets: range, until: tuple[str, ...]
) -> None:
    """The first worker's object arrives late, beside those of the second or after a tally has read them."""
    again = Event()
    held = HeldWrite(again, first=lambda: replace(run.stack, archive, sets))
    run.start({name: Scenario(crops(sets), [Rule(until, announces(again)), Rule(BUNDLE, held)])})
    ended = run.ended(name)
    assert len(ended.images) == 2 * len(sets)
    assert again.is_set()
    assert any(len(md5s) > 1 for md5s in md5s_in_bundles(run, ended).values()), "there were no two versions"
    assert_one_image_everywhere(run, ended)
    keep_figures(name, ended)


def test_a_worker_killed_between_the_images_of_its_bundle_loses_none(run: SoakRun, faults: Faults) -> None:
    """Nothing of what it had made was written; all of it is made again."""
    third = source(KILLED[2])
    faults.by_word[third] = first_times(1, kill_caller)
    run.start({"killed in the middle": Scenario(crops(KILLED))})
    ended = run.ended("killed in the middle")
    assert faults.seen[third] > 1
    assert len(ended.images) == 2 * len(KILLED)
    assert_one_image_everywhere(run, ended)
    keep_figures("killed in the middle", ended)


def test_a_deadly_image_among_32_fails_alone(run: SoakRun, faults: Faults) -> None:
    """Its worker dies each time; the message that comes again is sent on image by image."""
    ended = run.ended("deadly among 32")
    assert faults.seen[source(DEADLY[20])] > 1
    assert ended.status["images"].items() >= {"retrieved": 31, "over_limit": 0, "failed": 1}.items()
    assert {entry["code"]: entry["rows"] for entry in ended.status["reasons"]} == {"gave_up": 1}
    assert_one_image_everywhere(run, ended)
    keep_figures("deadly among 32", ended)


def test_a_worker_killed_between_two_parts_of_its_object_loses_none(
    start_stack: Callable[..., Stack], archive: Path
) -> None:
    """What it uploaded is no object, and the bucket's lifecycle removes it."""
    second_part = Rule(("PUT", "/bundles/", "partNumber=2"), first_times(1, kill_caller))
    faults = Faults()
    patient = partial(start_stack, parameters={"WorkerTimeout": "10"})
    with stack_behind(faults, patient, archive) as stack:
        run = SoakRun(stack, faults.by_label)
        table = f"ra,dec\n{LARGE_AT[0]},{LARGE_AT[1]}\n"
        run.start({"killed between parts": Scenario(table, [second_part], {"form": "fits"})})
        ended = run.ended("killed between parts")
        assert second_part.seen > 1, ended.status
        assert_one_image_everywhere(run, ended)
    (image,) = ended.images.values()
    (path,) = archive.rglob(f"*/{source(SETS)}*.fits.gz")
    assert image == gzip.decompress(path.read_bytes())
    keep_figures("killed between parts", ended)
