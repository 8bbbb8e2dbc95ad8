"""Quicklooks made for a whole archive, as the original program made them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from skybatch.archive.index import index
from skybatch.archive.make_quicklooks import make_quicklooks
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, parse_key, quicklook_key
from tests.support.images.fits_files import gzipped, make_image

FIRST = ImageId("askyw", "980321", "n", 106, 9, "j")


def fill(tree: DirectoryTree) -> None:
    for number in (9, 21, 33):
        image = replace(FIRST, image=number)
        tree.write(atlas_key(image), gzipped(make_image(nx=64, ny=96, cards={"SCANNO": 106})))


def test_genuine_images_give_the_original_streams(survey_data: Path, tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    streams = {path.name: path.read_bytes() for path in (survey_data / "quicklook").glob("*.fits.H")}
    wanted = {}
    for path in (survey_data / "archive").rglob("*.fits.gz"):
        key = path.relative_to(survey_data / "archive").as_posix()
        image = parse_key(key)[0]
        if f"{image.stem}.fits.H" in streams:
            tree.write(key, path.read_bytes())
            wanted[quicklook_key(image)] = streams[f"{image.stem}.fits.H"]
    assert len(wanted) == 4
    for dataset in ("asky", "askyw"):
        make_quicklooks(tree, dataset, processes=2)
    assert {key: tree.read(key) for key in wanted} == wanted


def test_what_is_missing_is_made_and_the_inventory_knows(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    fill(tree)
    tree.write(quicklook_key(replace(FIRST, image=21), ".fits.fz"), b"there already")
    before = index(tree, "askyw")
    tree.write(atlas_key(replace(FIRST, image=45)), b"damaged")
    done: list[int] = []
    report = make_quicklooks(tree, "askyw", processes=1, progress=done.append)
    assert (report.made, report.present) == (2, 1)
    assert sum(done) == 4
    assert [problem.place for problem in report.problems] == [atlas_key(replace(FIRST, image=45))]
    inventory = Inventory.open(tree, "askyw")
    assert inventory.version == report.version != before.version
    assert inventory.numbered
    details = inventory.details(np.arange(3))
    for i, number in enumerate(details.image.tolist()):
        suffix = ".fits.fz" if number == 21 else ".fits.H"
        assert details.quicklook_suffix["j"][i] == suffix
        assert details.quicklook_bytes["j"][i] == len(
            tree.read(quicklook_key(replace(FIRST, image=number), suffix))
        )
    again = make_quicklooks(tree, "askyw", processes=1)
    assert (again.made, again.present, again.version) == (0, 3, "")
