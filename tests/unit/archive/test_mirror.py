"""Mirrored images are those of the server, complete and checked, whatever goes wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from skybatch.archive.image_server import ImageServer, RequestPolicy
from skybatch.archive.index import index
from skybatch.archive.mirror import mirror, parse_key_list, scan_prefix
from skybatch.errors import InvalidRequest
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId, atlas_key
from tests.unit.archive.conftest import FIRST, Archive, gzipped_image

QUICK = RequestPolicy(in_flight=4, pause=0.0, tries=4, first_wait=0.001)


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def test_a_region_comes_as_it_is_stored_and_can_be_indexed(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    with ImageServer(address + "/", QUICK) as server:
        keys = server.images("askyw", 83.8, 0.5, 1.25)
        done: list[int] = []
        report = mirror(tree, server, keys, progress=done.append)
    assert archive.queries[0]["POS"] == ["83.800000000,0.500000000"]
    assert archive.queries[0]["SIZE"] == ["1.250000000"]
    assert archive.queries[0]["FORMAT"] == ["image/fits"]
    assert (report.fetched, report.present, report.problems) == (9, 0, ())
    assert report.bytes == sum(map(len, archive.files.values()))
    assert sum(done) == 9
    assert all(tree.read(key) == body for key, body in archive.files.items())
    assert index(tree, "askyw").sets == 3


def test_only_the_bands_wanted_come(archive: Archive, address: str, tree: DirectoryTree) -> None:
    with ImageServer(address, QUICK) as server:
        assert mirror(tree, server, sorted(archive.files), bands=["k"]).fetched == 3
    assert {key.rsplit("/", 1)[1][0] for key in archive.asked} == {"k"}


def test_started_again_it_fetches_what_is_missing_or_damaged(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    keys = sorted(archive.files)
    with ImageServer(address, QUICK) as server:
        mirror(tree, server, keys[:5])
        tree.write(keys[0], archive.files[keys[0]][:-100])
        archive.asked.clear()
        report = mirror(tree, server, keys)
    assert (report.fetched, report.present) == (5, 4)
    assert set(archive.asked) == {keys[0], *keys[5:]}
    assert tree.read(keys[0]) == archive.files[keys[0]]


def test_passing_trouble_is_waited_out(archive: Archive, address: str, tree: DirectoryTree) -> None:
    keys = sorted(archive.files)
    for key, trouble in zip(keys, ["unavailable", "cut", "damaged", "page", "moved"], strict=False):
        archive.trouble[key] = [trouble]
    waits: list[float] = []
    with ImageServer(address, QUICK, sleep=waits.append) as server:
        report = mirror(tree, server, keys)
    assert (report.fetched, report.problems) == (9, ())
    assert all(tree.read(key) == body for key, body in archive.files.items())
    assert 7.0 in waits  # the server's own Retry-After
    assert len(waits) == 4


def test_lasting_trouble_is_named_and_nothing_of_it_written(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    first, second, third, *rest = sorted(archive.files)
    absent = atlas_key(replace(FIRST, image=999))
    archive.trouble = {first: ["damaged"] * 9, second: ["cut"] * 9, third: ["forbidden"] * 9}
    waits: list[float] = []
    with ImageServer(address, QUICK, sleep=waits.append) as server:
        report = mirror(tree, server, [first, second, third, *rest, absent], in_flight=1)
    reasons = {problem.place: problem.reason for problem in report.problems}
    assert set(reasons) == {first, second, third, absent}
    assert reasons[first].startswith("gave up after 4 attempts: ")
    assert "gave up after 4 attempts" in reasons[second]
    assert reasons[third] == f"HTTP 403 for /ibe/data/{third}: not for you"
    assert reasons[absent] == f"HTTP 404 for /ibe/data/{absent}"
    assert archive.asked[first] == archive.asked[second] == 4
    assert archive.asked[third] == archive.asked[absent] == 1
    assert sorted(entry.path for entry in tree.entries("")) == rest
    # Each wait about twice the one before.
    assert 1.2 < waits[1] / waits[0] < 3.4
    assert 1.2 < waits[2] / waits[1] < 3.4


def test_another_image_under_the_name_is_not_taken(
    archive: Archive, address: str, tree: DirectoryTree
) -> None:
    key = atlas_key(FIRST)
    archive.files[key] = gzipped_image(replace(FIRST, scan=102))
    with ImageServer(address, QUICK) as server:
        report = mirror(tree, server, [key])
    assert [problem.reason for problem in report.problems] == ["the header says scan 102, the path 101"]


def test_it_keeps_its_policy(archive: Archive, address: str, tree: DirectoryTree) -> None:
    waits: list[float] = []
    with ImageServer(address, replace(QUICK, pause=0.5), sleep=waits.append) as server:
        mirror(tree, server, sorted(archive.files), in_flight=2)
    assert archive.busiest <= 2
    assert max(waits) > 3.0  # nine requests half a second apart
    assert len(waits) == 8


def test_lists_take_keys_paths_and_addresses() -> None:
    key = atlas_key(FIRST)
    lines = ["# mine", "", key, f"  /ibe/data/{key}", f"https://h.example/ibe/data/{key}?center=1,2&size=3"]
    assert parse_key_list(lines) == [key]
    with pytest.raises(InvalidRequest, match="line 3: not the key of an image: nonsense"):
        parse_key_list([key, "", "nonsense"])


def test_a_scan_has_a_folder() -> None:
    assert scan_prefix(ScanImageId("askyw", "001126", "n", 7, 9, "k")) == "twomass/full/full/001126n/s007/"
