"""Rows of a request to image sets, held against the sets that a look at every set gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from skybatch.batch.planning.matching import match
from skybatch.errors import TooLarge
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from tests.support.survey.sample_archive import MadeArchive


def request(mode: Mode, *rows: Row, **more: Any) -> Request:
    return Request(mode, ("j",), ImageType.ATLAS, True, "fits.gz", "asky", rows=rows, **more)


def pairs(
    archive: MadeArchive, asked: Request, rows: list[int], max_images: int = 100
) -> list[tuple[int, int]]:
    """The matches as pairs of row index and coadd key."""
    inventory = archive.open("asky", None)
    found = match(asked, rows, inventory, max_images)
    coadd_keys = inventory.details(found.set_index).coadd_key
    return list(zip(found.row_index.tolist(), np.asarray(coadd_keys).tolist(), strict=True))


def test_positions_match_every_image_that_contains_them_or_the_best_alone(archive: MadeArchive) -> None:
    asked = request(
        Mode.POSITIONS,
        Row(1, ("j",), position=SkyPosition(180.0, 20.0)),
        Row(2, ("j",), position=SkyPosition(180.0, 20.0), best_only=True),
        Row(3, ("j",), position=SkyPosition(50.0, 50.0)),
        Row(4, ("j",), name="not resolved"),
    )
    assert sorted(pairs(archive, asked, [0, 1, 2, 3])) == [(0, 1001), (0, 1002), (1, 1001)]


def test_row_indices_are_those_of_the_request_where_some_rows_are_left_out(archive: MadeArchive) -> None:
    rows = [Row(n, ("j",), coadd_key=1000 + n) for n in range(1, 5)]
    assert pairs(archive, request(Mode.COADD_KEYS, *rows), [1, 3]) == [(1, 1002), (3, 1004)]


def test_unknown_coadd_keys_match_nothing(archive: MadeArchive) -> None:
    assert pairs(archive, request(Mode.COADD_KEYS, Row(1, ("j",), coadd_key=7)), [0]) == []


def test_a_scan_matches_its_images_and_an_image_number_one_of_them(archive: MadeArchive) -> None:
    whole = Row(1, ("j",), date="990101", hem="n", scan=2)
    one = Row(2, ("j",), date="990101", hem="n", scan=3, image=9)
    absent = Row(3, ("j",), date="990101", hem="n", scan=3, image=10)
    assert pairs(archive, request(Mode.SCANS, whole, one, absent), [0, 1, 2]) == [(0, 1002), (1, 1003)]


def test_a_region_belongs_to_the_first_row(archive: MadeArchive) -> None:
    region = Region(SkyPosition(10.0, -89.9), None, 0.1, "overlap")
    assert pairs(archive, request(Mode.REGION, Row(1, ("j",)), region=region), [0]) == [(0, 1004)]


def test_a_region_without_a_position_matches_nothing(archive: MadeArchive) -> None:
    region = Region(None, "not resolved", 0.1, "overlap")
    assert pairs(archive, request(Mode.REGION, Row(1, ("j",)), region=region), [0]) == []


def test_more_images_than_allowed_are_refused(archive: MadeArchive) -> None:
    asked = request(Mode.POSITIONS, Row(1, ("j",), position=SkyPosition(180.0, 20.0)))
    with pytest.raises(TooLarge):
        pairs(archive, asked, [0], max_images=1)
