"""The coverage behind a map of the sky: cells in which there are images, none in which there are none."""

from __future__ import annotations

import numpy as np

from skybatch.presentation.sky_sketch.coverage import CELL, coverage_of, coverages
from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Scene
from tests.support.survey.sample_archive import MadeArchive

CENTRES = [(180.0, 20.0), (0.5, -41.0), (10.0, -89.9)]
ARCHIVE = MadeArchive(centres=CENTRES)


def test_each_image_lies_in_a_cell_and_far_from_them_there_is_none() -> None:
    found = coverage_of(ARCHIVE.open("asky", None))
    for ra, dec in CENTRES:
        held = (found.west <= ra) & (ra <= found.east) & (found.south <= dec) & (dec <= found.north)
        assert held.any()
    distance = [np.abs((found.south + CELL / 2) - dec) for _, dec in CENTRES]
    assert (np.min(distance, axis=0) <= 1.5 * CELL).all()
    area = np.radians(found.east - found.west) * (
        np.sin(np.radians(found.north)) - np.sin(np.radians(found.south))
    )
    assert area.sum() < 0.03 * 4 * np.pi


def test_a_field_has_no_coverage_behind_it() -> None:
    marks = [Mark(ra, dec, 1, MarkKind.COVERED, "") for ra, dec in CENTRES]
    versions = {"asky": ARCHIVE.open("asky", None).version}
    assert coverages(Scene("", tuple(marks)), versions, ARCHIVE.open) != ()
    assert coverages(Scene("", region=Circle(10.0, 10.0, 3.0)), versions, ARCHIVE.open) == ()
    assert coverages(Scene("nothing"), versions, ARCHIVE.open) == ()
