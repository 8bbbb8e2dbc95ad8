"""Cross-hair and scale bar, judged by astropy on the crop's own header."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord

from skybatch.imaging.preview import scaled_image
from skybatch.imaging.whole_image import read_pixels
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.presentation.gallery.picture_marks import picture_marks
from skybatch.sky.position import SkyPosition
from tests.support.batches.batch_samples import targets
from tests.support.survey.wcs_kinds import bent_header

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
    assert marks.bar * scale == pytest.approx(number, rel=0.02)  # far from CRPIX pixels are not of CDELT
    assert marks.bar <= marks.across / 2
    assert marks.bar_words == words


def test_small_images_are_magnified_by_whole_numbers_and_large_ones_shown_whole() -> None:
    marks = picture_marks(TARGET, PICTURE, 768)
    assert (marks.width, marks.height) == (750, 750)
    whole = replace(PICTURE, task=replace(PICTURE.task, box=None))
    marks = picture_marks(TARGET, whole, 768)
    assert (marks.columns, marks.rows, marks.width, marks.height) == (512, 1024, 384, 768)


@pytest.mark.parametrize("frame", ["ICRS", "galactic"])
@pytest.mark.parametrize("kind", ["TAN-SIP", "TPV", "ZPN", "CAR", "ARC"])
def test_the_cross_hair_is_on_the_source_in_the_picture_of_any_image(kind: str, frame: str) -> None:
    """By the header of the file, which the plan does not have."""
    rng = np.random.default_rng(len(kind))
    for ra, dec in ((0.001, 5.0), (150.0, -60.0), (266.0, 85.0)):
        cards = fits.Header(bent_header(kind, ra, dec, rng, frame))
        for axis, middle in ((1, 1024), (2, 2048)):
            cards[f"CRPIX{axis}"] -= middle
        x, y = (int(each) for each in rng.integers(5, 65, 2))
        pixels = np.zeros((70, 70), np.float32)
        pixels[y - 1 : y + 2, x - 1 : x + 2] = 1.0
        written = io.BytesIO()
        fits.PrimaryHDU(pixels, cards).writeto(written)
        header, _ = read_pixels(written.getvalue())
        sky = pixel_to_skycoord(x, y, WCS(cards)).icrs
        target = replace(TARGET, row=replace(TARGET.row, position=SkyPosition(sky.ra.deg, sky.dec.deg)))
        marks = picture_marks(target, PICTURE, 768, header)
        shown = scaled_image(written.getvalue()).pixels
        rows, columns = np.nonzero(shown == 1.0)
        assert (marks.along, marks.across) == shown.shape
        assert marks.is_placed
        assert marks.cross == pytest.approx((columns.mean() + 0.5, rows.mean() + 0.5), abs=0.7)


def test_galactic_images_are_marked_by_the_plan_with_equatorial_north() -> None:
    assert PICTURE.task.geometry is not None
    geometry = PICTURE.task.geometry._replace(frame="galactic", crval1=49.0, crval2=0.3)
    wcs = crop_wcs(geometry, (100, 200))
    wcs.wcs.ctype = ["GLON-SIN", "GLAT-SIN"]
    sky: SkyCoord = wcs.pixel_to_world(10.0, 40.0).icrs
    middle: SkyCoord = wcs.pixel_to_world(24.5, 24.5).icrs
    picture = replace(PICTURE, task=replace(PICTURE.task, geometry=geometry))
    target = replace(TARGET, row=replace(TARGET.row, position=SkyPosition(sky.ra.deg, sky.dec.deg)))
    marks = picture_marks(target, picture, 768)
    east, north = middle.spherical_offsets_to(sky)
    assert marks.cross is not None
    right, up = marks.cross[0] - marks.across / 2, marks.along / 2 - marks.cross[1]
    assert (right, up) == pytest.approx((-east.arcsec, north.arcsec), abs=0.5)


def test_pixels_far_from_square_have_no_picture_and_a_reason() -> None:
    assert PICTURE.task.geometry is not None
    geometry = PICTURE.task.geometry._replace(cdelt1=-20 / 3600)
    marks = picture_marks(TARGET, replace(PICTURE, task=replace(PICTURE.task, geometry=geometry)), 768)
    assert "4 to 1" in marks.refusal
    assert (marks.is_placed, marks.cross) == (False, None)


def test_both_sides_of_pixels_are_told_where_they_differ() -> None:
    assert PICTURE.task.geometry is not None
    geometry = PICTURE.task.geometry._replace(cdelt1=-2.5 / 3600)
    marks = picture_marks(TARGET, replace(PICTURE, task=replace(PICTURE.task, geometry=geometry)), 768)
    assert marks.scale_words == "2.5″ × 1″"
    assert picture_marks(TARGET, PICTURE, 768).scale_words == "1″"


def test_an_image_of_unknown_place_is_shown_without_marks() -> None:
    lost = replace(PICTURE, task=replace(PICTURE.task, geometry=None))
    marks = picture_marks(TARGET, lost, 768)
    assert (marks.is_placed, marks.cross, marks.bar) == (False, None, 0.0)
    assert np.isfinite(marks.unit)
