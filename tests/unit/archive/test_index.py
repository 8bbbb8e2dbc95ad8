"""An archive indexed by its headers: what it finds, what it skips and names, how it goes on after a stop."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from obstore.store import MemoryStore

from skybatch.archive.index import datasets_in, index
from skybatch.errors import InventoryError
from skybatch.inventory.inventory import Inventory
from skybatch.sky.vectors import to_vector
from skybatch.storage.bucket_tree import BucketTree
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Tree
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.layout import ImageId, atlas_key, quicklook_key
from tests.support.fits_files import CardValue, gzipped, make_image

FIELD = ImageId("askyw", "001126", "n", 101, 9, "j")


@pytest.fixture
def tree(tmp_path: Path) -> DirectoryTree:
    return DirectoryTree(tmp_path)


def image(number: int, band: str) -> ImageId:
    return ImageId(FIELD.dataset, FIELD.date, FIELD.hem, FIELD.scan, number, band)


def plain(number: int, band: str, cards: Mapping[str, CardValue | None] | None = None, **grid: Any) -> bytes:
    said = {"FILTER": band, "ORDATE": FIELD.date, "SCANNO": FIELD.scan, "TELNAME": "Hopkins", **(cards or {})}
    given: dict[str, Any] = {"ra": 83.8, "dec": -6.0 + number / 40, "nx": 64, "ny": 96, **grid}
    return make_image(**given, cards=said)


def stored(number: int, band: str, cards: Mapping[str, CardValue | None] | None = None, **grid: Any) -> bytes:
    return gzipped(plain(number, band, cards, **grid))


def fill(tree: Tree, numbers: tuple[int, ...] = (9, 21, 33)) -> None:
    for number in numbers:
        for band in BANDS:
            tree.write(atlas_key(image(number, band)), stored(number, band))


def test_genuine_images_lie_where_astropy_says(survey_data: Path, tmp_path: Path) -> None:
    root = survey_data / "archive"
    for path in root.rglob("*.fits.gz"):
        DirectoryTree(tmp_path).write(path.relative_to(root).as_posix(), path.read_bytes())
    tree = DirectoryTree(tmp_path)
    report = index(tree, "askyw")
    assert (report.sets, report.images, report.numbered, report.problems) == (23, 23, 23, ())
    inventory = Inventory.open(tree, "askyw")
    assert inventory.numbered
    details = inventory.details(np.arange(23))
    for i in range(23):
        path = root / atlas_key(details.image_id(i, "j"))
        header = fits.getheader(path)
        assert details.bytes["j"][i] == path.stat().st_size
        assert details.bytes["h"][i] == 0
        assert details.suffix["j"][i] == ".fits.gz"
        for name in (
            "naxis1",
            "naxis2",
            "crpix1",
            "crpix2",
            "cdelt1",
            "cdelt2",
            "crval1",
            "crval2",
            "crota2",
        ):
            assert getattr(details, name)[i] == header[name], name
        assert details.header_blocks[i] == 4
        assert details.magzp["j"][i] == header["MAGZP"]
        assert np.isnan(details.seesh["j"][i])
        assert details.hem[i] == {"Hopkins": "n", "CTIO": "s"}[header["TELNAME"]]
    assert index(tree, "asky").sets == 1


def test_bands_make_one_set_and_quicklooks_belong_to_it(tree: DirectoryTree) -> None:
    fill(tree)
    tree.write(quicklook_key(image(21, "h")), b"q" * 77)
    tree.write(quicklook_key(image(21, "k"), ".fits.fz"), b"q" * 78)
    tree.write(quicklook_key(image(99, "k")), b"stray")
    report = index(tree, "askyw")
    assert (report.sets, report.images, report.quicklooks) == (3, 9, 2)
    assert [p.reason for p in report.problems] == ["no image of its set is there"]
    details = Inventory.open(tree, "askyw").details([0, 1, 2])
    assert details.image.tolist() == [9, 21, 33]
    assert [details.quicklook_bytes[band][1] for band in BANDS] == [0, 77, 78]
    assert [details.quicklook_suffix[band][1] for band in BANDS] == ["", ".fits.H", ".fits.fz"]
    assert min(details.bytes[band].min() for band in BANDS) > 1000


def test_a_bucket_gives_what_a_tree_gives(
    tree: DirectoryTree, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKYBATCH_CACHE", str(tmp_path / "cache"))
    bucket = BucketTree(MemoryStore(), "some/prefix")
    fill(tree)
    fill(bucket)
    assert index(tree, "askyw").images == index(bucket, "askyw").images == 9
    ours, theirs = (Inventory.open(source, "askyw").details([0, 1, 2]) for source in (tree, bucket))
    assert np.array_equal(ours.crval2, theirs.crval2)
    assert np.array_equal(ours.bytes["k"], theirs.bytes["k"])


BAD = {
    "no WCS: CTYPE1 and CTYPE2 are missing": stored(45, "j", {"CTYPE1": None, "CTYPE2": None}),
    "projection RA---TAN, DEC--TAN": stored(45, "j", {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}),
    "no WCS: CRVAL1 is None": stored(45, "j", {"CRVAL1": None}),
    "CRVAL2 95.0 is no declination": stored(45, "j", {"CRVAL2": 95.0}),
    "CDELT1 or CDELT2 is 0": stored(45, "j", {"CDELT1": 0.0}),
    "beyond the hemisphere": stored(45, "j", {"CDELT1": -2.0}),
    "CD1_1 in the header": stored(45, "j", {"CD1_1": -0.0002}),
    "frame FK4 1950": stored(45, "j", {"RADESYS": "FK4", "EQUINOX": 1950.0}),
    "the header says band k, the path j": stored(45, "k"),
    "the header says scan 102": stored(45, "j", {"SCANNO": 102}),
    "the header says hem s": stored(45, "j", {"TELNAME": "CTIO"}),
    "BITPIX 16": stored(45, "j", bitpix=16),
    "the gzip data break off": stored(45, "j")[:-2000],
    "the file ends before": plain(45, "j")[:20000],
    "ends within its header": stored(45, "j")[:300],
    "the gzip data are damaged": b"\x1f\x8b" + b"\xff" * 3000,
    "not FITS: the data begin with b'<html>": b"<html>not here</html>",
    "an empty file, or a link to nothing": b"",
    "no value in header card": plain(45, "j", {"MAGZP": "@"}).replace(b"'@       '", b"NaN       "),
    "reaches 5.1 degrees from CRVAL": stored(45, "j", {"CDELT1": 0.05, "CDELT2": 0.1}),
}  # fmt: skip


@pytest.mark.parametrize("reason", BAD)
def test_a_file_that_cannot_be_used_is_named_and_skipped(tree: DirectoryTree, reason: str) -> None:
    fill(tree)
    key = atlas_key(image(45, "j"))
    tree.write(key, BAD[reason])
    report = index(tree, "askyw")
    assert (report.sets, report.images) == (3, 9)
    (problem,) = report.problems
    assert problem.place == key
    assert reason in problem.reason or (reason == "ends within its header" and "END" in problem.reason)


def test_a_link_to_nothing_is_named_and_skipped(tree: DirectoryTree) -> None:
    fill(tree)
    dangling = [atlas_key(image(45, "j")), quicklook_key(image(9, "j"))]
    for key in dangling:
        path = tree.root / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to("nowhere")
    report = index(tree, "askyw")
    assert (report.images, report.quicklooks) == (9, 0)
    assert sorted(problem.place for problem in report.problems) == sorted(dangling)


def test_a_file_larger_than_can_be_kept_is_named_and_skipped(tree: DirectoryTree) -> None:
    fill(tree)
    key = quicklook_key(image(9, "j"))
    tree.write(key, b"q")
    os.truncate(tree.root / key, 2**32)
    report = index(tree, "askyw")
    assert (report.images, [problem.place for problem in report.problems]) == (9, [key])


@pytest.mark.parametrize("name", ["ji1010045.fits.gz\n", "ji1010045\n.fits.gz", "a\x7f.fits"])
def test_a_name_with_control_characters_is_no_images(tree: DirectoryTree, name: str) -> None:
    fill(tree)
    key = f"twomass/full/full/001126n/s101/image/{name}"
    tree.write(key, stored(45, "j"))
    report = index(tree, "askyw")
    assert (report.images, [problem.place for problem in report.problems]) == (9, [key])


def test_a_zero_point_that_is_no_magnitude_is_unknown(tree: DirectoryTree) -> None:
    tree.write(atlas_key(image(9, "j")), stored(9, "j", {"MAGZP": True}))
    infinite = plain(21, "j", {"MAGZP": "@"}).replace(b"'@       '", b"1E400     ")
    tree.write(atlas_key(image(21, "j"), ".fits"), infinite)
    assert index(tree, "askyw").images == 2
    assert np.isnan(Inventory.open(tree, "askyw").details([0, 1]).magzp["j"]).all()


def test_two_files_for_one_image_are_named_and_one_is_used(tree: DirectoryTree) -> None:
    fill(tree)
    second = atlas_key(image(21, "j"), ".fits")
    tree.write(second, plain(21, "j"))
    report = index(tree, "askyw")
    assert report.images == 9
    assert [(p.place, p.reason) for p in report.problems] == [
        (second, f"a second file for the image {atlas_key(image(21, 'j'))}")
    ]


def test_a_band_that_lies_elsewhere_than_its_set_is_named(tree: DirectoryTree) -> None:
    fill(tree)
    tree.write(atlas_key(image(21, "h")), stored(21, "h", dec=40.0))
    tree.write(atlas_key(image(33, "k")), stored(33, "k", ny=95))
    report = index(tree, "askyw")
    assert sorted(p.place for p in report.problems) == [atlas_key(image(21, "h")), atlas_key(image(33, "k"))]
    assert report.images == 7


def test_strange_names_are_reported_and_nothing_at_all_is_an_error(tree: DirectoryTree) -> None:
    with pytest.raises(InventoryError, match="no image of data set askyw could be indexed: there is none"):
        index(tree, "askyw")
    tree.write("twomass/full/full/001126n/s101/image/readme.txt", b"hello")
    with pytest.raises(InventoryError, match=r"readme\.txt: not the name of an image"):
        index(tree, "askyw")


def test_the_data_sets_of_a_tree_are_those_with_a_file(tree: DirectoryTree) -> None:
    assert datasets_in(tree) == []
    fill(tree, (9,))
    tree.write("twomass/sixxcat/sixxcat/notes.txt", b"x")
    tree.write("other/asky", b"x")
    assert datasets_in(tree) == ["askyw", "sx"]


def test_plain_and_misnamed_files_are_read_by_their_first_bytes(tree: DirectoryTree) -> None:
    tree.write(atlas_key(image(9, "j"), ".fits.gz"), plain(9, "j"))
    tree.write(atlas_key(image(21, "j"), ".fits"), stored(21, "j"))
    assert index(tree, "askyw").images == 2


def test_a_header_of_many_blocks_is_read_to_its_end(tree: DirectoryTree) -> None:
    long = plain(9, "j", total_cards=700)
    tree.write(atlas_key(image(9, "j"), ".fits"), long)
    assert index(tree, "askyw").problems == ()
    assert Inventory.open(tree, "askyw").details([0]).header_blocks.tolist() == [20]


def test_numbers_of_sets_stay_when_the_archive_grows(tree: DirectoryTree) -> None:
    fill(tree, (21, 45))
    index(tree, "askyw")
    assert keys_by_image(tree) == {21: 1, 45: 2}
    fill(tree, (9, 33))
    assert index(tree, "askyw").numbered == 4
    assert keys_by_image(tree) == {21: 1, 45: 2, 9: 3, 33: 4}


def keys_by_image(tree: Tree) -> dict[int, int]:
    inventory = Inventory.open(tree, "askyw")
    details = inventory.details(np.arange(inventory.size))
    return dict(zip(details.image.tolist(), details.coadd_key.tolist(), strict=True))


class Broken(DirectoryTree):
    """Fails after some reads, and counts them."""

    left = 0

    def read_range(self, path: str, start: int, length: int) -> bytes:
        if start == 0:
            Broken.left -= 1
            if Broken.left < 0:
                raise OSError("network is gone")
        return super().read_range(path, start, length)


def test_an_index_cut_off_goes_on_where_it_was(tree: DirectoryTree, tmp_path: Path) -> None:
    fill(tree)
    old = index(tree, "askyw").version
    fill(tree, (45, 57))
    Broken.left = 11
    with pytest.raises(OSError):
        index(Broken(tmp_path), "askyw", checkpoint_images=4, in_flight=1)
    assert Inventory.open(tree, "askyw").version == old
    Broken.left = 1000
    done: list[int] = []
    report = index(Broken(tmp_path), "askyw", progress=done.append)
    assert (report.images, report.reused) == (15, 8)
    assert Broken.left == 1000 - 7
    assert sum(done) == 15
    assert not list((tmp_path / "inventory/askyw/index").glob("*"))


def test_a_file_changed_since_the_stop_is_read_again(tree: DirectoryTree, tmp_path: Path) -> None:
    fill(tree)
    Broken.left = 8
    with pytest.raises(OSError):
        index(Broken(tmp_path), "askyw", checkpoint_images=4, in_flight=1)
    for band in BANDS:
        tree.write(atlas_key(image(9, band)), stored(9, band, dec=33))
        os.utime(tmp_path / atlas_key(image(9, band)), (1, 1))
    report = index(tree, "askyw")
    assert (report.images, report.problems) == (9, ())
    details = Inventory.open(tree, "askyw").details([0, 1, 2])
    assert np.abs(to_vector(details.crval1, details.crval2) - to_vector(83.8, 33.0)).max(axis=1).min() < 1e-12


SLOWLY = """
import sys, time
from pathlib import Path
from typing import Any
from skybatch.archive.index import index
from skybatch.storage.directory_tree import DirectoryTree
class Slow(DirectoryTree):
    def read_range(self, path, start, length):
        time.sleep(0.02)
        return super().read_range(path, start, length)
index(Slow(Path(sys.argv[1])), "askyw", checkpoint_images=3, in_flight=1)
"""


def test_an_index_that_is_killed_leaves_the_old_inventory_and_goes_on(
    tree: DirectoryTree, tmp_path: Path
) -> None:
    fill(tree, (9,))
    old = index(tree, "askyw").version
    fill(tree, tuple(range(10, 30)))
    parts = tmp_path / "inventory/askyw/index"
    killed = subprocess.Popen([sys.executable, "-c", SLOWLY, str(tmp_path)])
    try:
        deadline = time.monotonic() + 30
        while len(list(parts.glob("0*.npy"))) < 2 and time.monotonic() < deadline:
            assert killed.poll() is None
            time.sleep(0.01)
    finally:
        killed.kill()
        killed.wait()
    assert Inventory.open(tree, "askyw").version == old
    report = index(tree, "askyw")
    assert report.images == 63
    assert 6 <= report.reused < 63
    assert keys_by_image(tree)[9] == 1
