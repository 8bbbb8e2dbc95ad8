"""Cross-hair and scale bar, judged by astropy on the crop's own header."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.wcs import WCS

from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.presentation.gallery.picture_marks import picture_marks
from skybatch.sky.position import SkyPosition
from tests.support.batches.batch_samples import targets

TARGET = targets(1)[0]
PICTURE = TARGET.pictures[0]


def crop_wcs(geometry: ImageGeometry, corner: tuple[int, int]) -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---SIN", "DEC--SIN"]
    wcs.wcs.crpix = [geometry.crpix1 - corner[0], geometry.crpix2 - corner[1]]
    wcs.wcs.crval, wcs.wcs.cdelt = geometry[6:8], geometry[4:6]
    wcs.wcs.crota, wcs.wcs.radesys, wcs.wcs.equinox = [0.0, geometry.crota2], "FK5", 2000.0
    return wcs


@pytest.mark.parametrize("rotation", [0.0, 0.4, 90.0, 180.0, 33.0])
@pytest.mark.parametrize("offset", [(25.0, 25.0), (3.0, 44.0)])
def test_the_cross_hair_is_where_the_position_lies(rotation: float, offset: tuple[float, float]) -> None:
    assert PICTURE.task.geometry is not None
    assert PICTURE.task.box is not None
    geometry = PICTURE.task.geometry._replace(crota2=rotation)
    wcs = crop_wcs(geometry, PICTURE.task.box.corner)
    sky: SkyCoord = wcs.pixel_to_world(offset[0] - 1, offset[1] - 1).icrs
    picture = replace(PICTURE, task=replace(PICTURE.task, geometry=geometry))
    target = replace(TARGET, row=replace(TARGET.row, position=SkyPosition(sky.ra.deg, sky.dec.deg)))
    marks = picture_marks(target, picture, 768)
    assert marks.cross is not None
    # North is up and east left: from the middle, in pixels of about an arcsecond.
    middle: SkyCoord = wcs.pixel_to_world(24.5, 24.5).icrs
    east, north = middle.spherical_offsets_to(sky)
    right, up = marks.cross[0] - marks.across / 2, marks.along / 2 - marks.cross[1]
    assert (right, up) == pytest.approx((-east.arcsec, north.arcsec), abs=0.5)


def test_a_position_outside_has_no_cross_hair() -> None:
    target = replace(TARGET, row=replace(TARGET.row, position=SkyPosition(190.0, 0.0)))
    assert picture_marks(target, PICTURE, 768).cross is None
    assert picture_marks(replace(TARGET, row=replace(TARGET.row, position=None)), PICTURE, 768).cross is None


@pytest.mark.parametrize(("scale", "words"), [(1.0, "10″"), (4.0, "1′"), (0.1, "1″"), (120.0, "30′")])
def test_the_bar_has_a_round_length_within_the_picture(scale: float, words: str) -> None:
    assert PICTURE.task.geometry is not None
    geometry = PICTURE.task.geometry._replace(cdelt1=-scale / 3600, cdelt2=scale / 3600)
    marks = picture_marks(TARGET, replace(PICTURE, task=replace(PICTURE.task, geometry=geometry)), 768)
    number = float(marks.bar_words[:-1]) * {"″": 1, "′": 60, "°": 3600}[marks.bar_words[-1]]
    assert marks.bar * scale == pytest.approx(number)
    assert marks.bar <= marks.across / 2
    assert marks.bar_words == words


def test_small_images_are_magnified_by_whole_numbers_and_large_ones_shown_whole() -> None:
    marks = picture_marks(TARGET, PICTURE, 768)
    assert (marks.width, marks.height) == (750, 750)
    whole = replace(PICTURE, task=replace(PICTURE.task, box=None))
    marks = picture_marks(TARGET, whole, 768)
    assert (marks.columns, marks.rows, marks.width, marks.height) == (512, 1024, 384, 768)


def test_an_image_of_unknown_place_is_shown_without_marks() -> None:
    lost = replace(PICTURE, task=replace(PICTURE.task, geometry=None))
    marks = picture_marks(TARGET, lost, 768)
    assert (marks.cross, marks.bar) == (None, 0.0)
    assert np.isfinite(marks.unit)
