"""Region files, read by the regions package as ds9 reads them."""

from __future__ import annotations

import pytest
from astropy.coordinates import SkyCoord
from regions import CircleSkyRegion, PointSkyRegion, PolygonSkyRegion, Regions

from skybatch.presentation.region_file import region_file
from skybatch.presentation.sky_sketch.scene import Circle, Mark, MarkKind, Scene
from tests.support.batches.batch_samples import EVIL
from tests.unit.presentation.sky_sketch.test_drawing import marks, outlines


def read(scene: Scene) -> Regions:
    return Regions.parse(region_file(scene).decode("ascii"), format="ds9")


def test_positions_outlines_and_circle_are_where_they_are() -> None:
    scene = Scene("", marks(8), images=outlines(5), crops=outlines(3), region=Circle(200.0, -1.0, 0.25))
    found = read(scene)
    points = [each for each in found if isinstance(each, PointSkyRegion)]
    polygons = [each for each in found if isinstance(each, PolygonSkyRegion)]
    circles = [each for each in found if isinstance(each, CircleSkyRegion)]
    assert (len(points), len(polygons), len(circles)) == (8, 8, 1)
    for point, mark in zip(points, scene.marks, strict=True):
        assert point.center.separation(SkyCoord(mark.ra, mark.dec, unit="deg")).arcsec < 0.01
        assert point.meta["text"] == mark.text
    assert polygons[0].vertices.ra.deg == pytest.approx(scene.images.ra[0], abs=1e-6)
    assert polygons[0].vertices.dec.deg == pytest.approx(scene.images.dec[0], abs=1e-6)
    assert circles[0].radius.to_value("deg") == pytest.approx(0.25)


def test_what_was_typed_stays_within_its_braces() -> None:
    mark = Mark(10.0, 20.0, 1, MarkKind.COVERED, f"}}\n{EVIL}\ncircle(1,2,3) {{")
    assert len(read(Scene("", (mark,)))) == 1
