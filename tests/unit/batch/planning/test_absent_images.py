"""Which images asked for the archive does not hold."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from skybatch.archive.generic.index import index_tree
from skybatch.batch.planning.planner import make_plan
from skybatch.inventory.inventory import Inventory
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.status import AbsentImages
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_type import ImageType
from tests.support.survey.any_images import DEC, RA, an_image, fill
from tests.support.survey.descriptions import forgotten_surveys
from tests.support.survey.sample_archive import MadeArchive

ALL = ("j", "h", "k")


@pytest.fixture(scope="module")
def archive() -> MadeArchive:
    """Two overlapping image sets: the first holds J alone, the second J and H."""
    made = MadeArchive(centres=[(180.0, 20.0), (180.01, 20.02)])
    made.publish({"j": np.array([9, 9]), "h": np.array([0, 9]), "k": np.array([0, 0])})
    return made


def absent(
    archive: MadeArchive, mode: Mode, *rows: Row, kind: ImageType = ImageType.ATLAS
) -> dict[int, AbsentImages]:
    request = Request(
        mode=mode,
        bands=ALL,
        image_type=kind,
        decompress=True,
        delivery_format="fits.gz",
        dataset="asky",
        rows=rows,
    )
    return dict(make_plan(request, archive.open, 10**9, 1000).absent)


def test_bands_asked_for_and_not_held_are_counted_by_row(archive: MadeArchive) -> None:
    rows = (Row(1, ALL, coadd_key=1001), Row(2, ("j",), coadd_key=1002), Row(3, ("k",), coadd_key=1002))
    assert absent(archive, Mode.COADD_KEYS, *rows) == {
        0: AbsentImages(2, ("h", "k"), ("j",)),
        2: AbsentImages(1, ("k",), ("j", "h")),
    }


def test_each_image_set_of_a_position_counts(archive: MadeArchive) -> None:
    row = Row(1, ALL, position=SkyPosition(180.005, 20.01))
    assert absent(archive, Mode.POSITIONS, row) == {0: AbsentImages(3, ("h", "k"), ("j", "h"))}


def test_a_repeated_image_is_absent_once_in_lists_and_for_each_position(archive: MadeArchive) -> None:
    listed = [Row(n, ("k",), coadd_key=1001) for n in (1, 2)]
    assert list(absent(archive, Mode.COADD_KEYS, *listed)) == [0]
    placed = [Row(n, ("k",), position=SkyPosition(180.0, 19.9)) for n in (1, 2)]
    assert list(absent(archive, Mode.POSITIONS, *placed)) == [0, 1]


def test_quicklooks_are_held_apart_from_atlas_images(archive: MadeArchive) -> None:
    row = Row(1, ("j",), coadd_key=1001)
    assert absent(archive, Mode.COADD_KEYS, row) == {}
    assert absent(archive, Mode.COADD_KEYS, row, kind=ImageType.QUICKLOOK) == {0: AbsentImages(1, ("j",), ())}


@pytest.mark.parametrize(
    ("bands", "expected"),
    [(("g", "r", "i"), {}), (("r",), {}), (("r", "i"), {0: AbsentImages(1, ("i",), ("r",))})],
    ids=["all", "held", "some"],
)
def test_sets_of_one_image_lack_only_bands_that_were_asked_for_among_others(
    tmp_path: Path, bands: tuple[str, ...], expected: dict[int, AbsentImages]
) -> None:
    tree = DirectoryTree(tmp_path)
    fill(tree, {f"{band}.fits": an_image(FILTER=band) for band in "rg"})
    fill(tree, {"i.fits": an_image(FILTER="i", CRVAL1=99.0)})
    with forgotten_surveys():
        index_tree(tree, "x")
        row = Row(1, bands, position=SkyPosition(RA, DEC))
        request = Request(
            mode=Mode.POSITIONS,
            bands=bands,
            image_type=ImageType.ATLAS,
            decompress=True,
            delivery_format="fits",
            dataset="x",
            rows=(row,),
        )
        plan = make_plan(request, lambda dataset, _: Inventory.open(tree, dataset), 10**9, 1000)
    sorted_bands = {i: replace(each, held=tuple(sorted(each.held))) for i, each in plan.absent.items()}
    assert sorted_bands == expected
