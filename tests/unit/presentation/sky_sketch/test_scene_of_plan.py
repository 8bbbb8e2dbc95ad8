"""Plans and outcomes as scenes: what each position comes to, and where images and crops lie."""

from __future__ import annotations

import json

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.plan import Plan
from skybatch.batch.planning.planner import make_plan
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.presentation.sky_sketch.scene import MarkKind
from skybatch.presentation.sky_sketch.scene_of_plan import (
    expected_scene,
    final_scene,
    running_scene,
)
from skybatch.requests.model import Request
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.survey.sample_archive import MadeArchive

ARCHIVE = MadeArchive()
TABLE = "ra,dec,size,id\n180.0,20.0,50,inside\n180.0,20.1,,whole\n50,50,50,off\n179.93,20.0,300,edge\n"


def sky_of_pixels(geometry: ImageGeometry, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """ICRS positions of FITS pixel positions, by astropy."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = [f"RA---{geometry.projection}", f"DEC--{geometry.projection}"]
    wcs.wcs.crpix, wcs.wcs.crval = geometry[2:4], geometry[6:8]
    wcs.wcs.cdelt, wcs.wcs.crota = geometry[4:6], [0.0, geometry.crota2]
    wcs.wcs.radesys, wcs.wcs.equinox = "FK5", 2000.0
    wcs.array_shape = (geometry.naxis2, geometry.naxis1)
    icrs = wcs.pixel_to_world(x - 1.0, y - 1.0).icrs
    return icrs.ra.deg, icrs.dec.deg


def planned(**fields: object) -> tuple[Request, Plan]:
    request, _ = parse_body(json.dumps(fields).encode(), "application/json", Settings())
    return request, make_plan(request, ARCHIVE.open, 10**9, 1000)


def retrieved(plan: Plan) -> list[ImageOutcome]:
    return [ImageOutcome(each.index, ImageStatus.RETRIEVED, each.bytes) for each in plan.tasks]


def test_positions_are_covered_partly_or_not() -> None:
    request, plan = planned(mode="positions", table=TABLE)
    scene = expected_scene(request, plan, retrieved(plan))
    kinds = [mark.kind for mark in scene.marks]
    assert kinds == [MarkKind.COVERED, MarkKind.COVERED, MarkKind.NOT_COVERED, MarkKind.PARTLY]
    assert [mark.row for mark in scene.marks] == [1, 2, 3, 4]
    assert "(inside)" in scene.marks[0].text
    assert "covered" in scene.marks[0].text
    assert "cut at the edge" in scene.marks[3].text


def test_what_failed_or_was_left_is_told_apart_at_the_end() -> None:
    request, plan = planned(mode="positions", table=TABLE)
    rows = {0: ImageStatus.RETRIEVED, 1: ImageStatus.FAILED, 3: ImageStatus.OVER_LIMIT}
    outcomes = [ImageOutcome(each.index, rows[each.row]) for each in plan.tasks]
    kinds = [mark.kind for mark in final_scene(request, plan, outcomes).marks]
    assert kinds == [MarkKind.COVERED, MarkKind.LEFT_OUT, MarkKind.NOT_COVERED, MarkKind.LEFT_OUT]


def test_each_image_set_is_outlined_once_with_its_bands_in_the_surveys_order() -> None:
    request, plan = planned(mode="positions", table=TABLE)
    images = running_scene(request, plan).images
    assert len(images) == len({each.set_index for each in plan.tasks})
    assert images.groups == ("2MASS All-Sky Release Survey, J, H, Ks",)
    assert all("rows" in text or "row" in text for text in images.texts)


@pytest.mark.parametrize("crops", [False, True])
def test_corners_are_where_astropy_has_the_outer_edges_of_the_pixels(crops: bool) -> None:
    request, plan = planned(mode="positions", table=TABLE)
    scene = running_scene(request, plan)
    outlines = scene.crops if crops else scene.images
    wanted: dict[object, tuple[np.ndarray, np.ndarray]] = {}
    for each in plan.tasks:
        assert each.geometry is not None
        box = each.box if crops else None
        if crops and box is None:
            continue
        x0, y0 = box.corner if box else (0, 0)
        nx, ny = (box.width, box.height) if box else (each.geometry.naxis1, each.geometry.naxis2)
        x = np.array([x0, x0 + nx, x0 + nx, x0]) + 0.5
        y = np.array([y0, y0, y0 + ny, y0 + ny]) + 0.5
        key = (each.row, each.set_index) if crops else each.set_index
        wanted.setdefault(key, sky_of_pixels(each.geometry, x, y))
    assert len(wanted) == len(outlines)
    for i, (ra, dec) in enumerate(wanted.values()):
        assert outlines.dec[i] == pytest.approx(dec, abs=1e-6)
        assert outlines.ra[i] == pytest.approx(ra, abs=1e-5)


def test_a_region_has_its_circle_and_no_marks() -> None:
    request, plan = planned(mode="region", center="180.0 20.0", diameter=0.5)
    scene = expected_scene(request, plan, retrieved(plan))
    assert scene.region is not None
    assert (scene.region.ra, scene.region.dec, scene.region.radius) == (180.0, 20.0, 0.25)
    assert scene.marks == ()


def test_a_name_that_is_not_known_has_no_position() -> None:
    request, plan = planned(mode="positions", table="name\nNo Such Star\n")
    scene = expected_scene(request, plan, [])
    assert (scene.marks, scene.without_position) == ((), 1)
