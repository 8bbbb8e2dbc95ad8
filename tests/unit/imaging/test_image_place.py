"""The place of an image and the directions in its middle, judged by astropy for every kind of WCS.

Pictures hold the sky's own coordinates: drawn with the declination, and with the way east, that astropy gives
its pixels, an image must rise toward its top, and toward its left.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord

from skybatch.errors import SourceUnsupported
from skybatch.imaging.image_place import ImagePlace, place_if_known
from skybatch.imaging.preview import scaled_image
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.position import SkyPosition
from tests.support.images.survey_images import IMAGES, SurveyImage, file_of
from tests.support.survey.wcs_kinds import GALACTIC_KINDS, KINDS, bent_header
from tests.support.survey.wcs_oracle import SIDES, STEP, Cards, astropys, header_of, headers, places, to_icrs

MIDDLE = np.array([(SIDES[0] - 1) / 2, (SIDES[1] - 1) / 2])  # as astropy counts, from 0
DEGREE = np.sin(np.radians(1.0))
SIDE = 41
WITHIN = np.tan(np.radians(2.5))  # a picture is not turned by less than a degree, nor is a plain image


def astropys_matrix(cards: Cards, frame: ImageFrame) -> np.ndarray:
    """East and north steps, degrees, of a step along each pixel axis in the middle, by astropy.

    NaN where that is within a pixel of a pole, from which every direction is south.
    """
    steps = np.array([[0, 0], [-0.5, 0], [0.5, 0], [0, -0.5], [0, 0.5]])
    longitude, latitude = astropys(cards).all_pix2world(MIDDLE + steps, 0).T
    sky = to_icrs(frame, longitude, latitude)
    if 90.0 - np.abs(sky[0].dec.deg) < STEP:
        return np.full((2, 2), np.nan)
    ends = (each.deg for each in sky[0].spherical_offsets_to(sky[1:]))
    return np.array([[end[1] - end[0], end[3] - end[2]] for end in ends])


def check(cards: Cards, frame: ImageFrame, tolerance: float) -> None:
    place = ImagePlace.of_header(header_of(cards))
    theirs = astropys_matrix(cards, frame)
    if np.isfinite(theirs).all():
        np.testing.assert_allclose(place.pixel_matrix() @ np.linalg.inv(theirs), np.eye(2), atol=tolerance)


@pytest.mark.parametrize("matrix", ["CROTA2", "CD", "PC"])
@pytest.mark.parametrize("projection", ["SIN", "TAN"])
@pytest.mark.parametrize("frame", list(ImageFrame))
def test_north_is_that_of_icrs_in_the_middle(projection: str, frame: ImageFrame, matrix: str) -> None:
    """To a degree where plain images in equatorial frames may be turned as their headers say."""
    for cards in headers(projection, frame, matrix, 12, 5):
        check(cards, frame, 1e-6 if frame is ImageFrame.GALACTIC else 1.1 * DEGREE)


@pytest.mark.parametrize("kind", KINDS)
def test_distorted_images_have_the_directions_of_their_middle(kind: str) -> None:
    rng = np.random.default_rng(8)
    for ra, dec in places(8, 4):
        check(bent_header(kind, ra, dec, rng), ImageFrame.ICRS, 1e-6)


@pytest.mark.parametrize("kind", GALACTIC_KINDS)
def test_distorted_images_in_galactic_coordinates(kind: str) -> None:
    rng = np.random.default_rng(9)
    for ra, dec in places(8, 6):
        check(bent_header(kind, ra, dec, rng, "galactic"), ImageFrame.GALACTIC, 1e-6)


PLAIN: Cards = {
    **{"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CRVAL1": 40.0, "CRVAL2": 60.0},
    **{"CRPIX1": 1024.5, "CRPIX2": 2048.5, "CDELT1": -STEP, "CDELT2": STEP, "CROTA2": 33.0},
}


def test_a_plain_image_is_turned_by_its_header() -> None:
    """So that no picture of a survey of such images changes, and its crops are drawn alike."""
    place = ImagePlace.of_header(header_of(PLAIN))
    given = np.array([[-1.0, 0.001], [0.001, 1.0]]) * STEP
    assert place.pixel_matrix() is not given
    upright = ImagePlace.of_header(header_of({**PLAIN, "CROTA2": 0.0}))
    assert upright.pixel_matrix(given) is given


def test_lonpole_turns_a_plain_image() -> None:
    cards = {**PLAIN, "LONPOLE": 150.0}
    check(cards, ImageFrame.ICRS, 1e-6 + 1e-3)
    place = ImagePlace.of_header(header_of(cards))
    given = np.array([[-np.cos(0.576), -np.sin(0.576)], [-np.sin(0.576), np.cos(0.576)]]) * STEP
    assert not np.allclose(place.pixel_matrix(given), given, rtol=0.1)


def test_positions_and_corners_are_astropys() -> None:
    rng = np.random.default_rng(3)
    for kind in ("TAN-SIP", "TPV", "ZPN"):
        cards = bent_header(kind, 350.0, 40.0, rng)
        place, wcs = ImagePlace.of_header(header_of(cards)), astropys(cards)
        ra, dec = (float(each) for each in wcs.all_pix2world(300.0, 700.0, 1))
        assert place.to_pixel(SkyPosition(ra, dec)) == pytest.approx((300.0, 700.0), abs=1e-3)
        corners = SkyCoord(*wcs.calc_footprint(axes=SIDES, center=False).T, unit="deg").cartesian.xyz.value.T
        ours = place.corners()[[0, 3, 2, 1]]
        assert np.degrees(np.abs(ours - corners).max()) < 1e-6


@pytest.mark.parametrize("shift", [0.0, 0.4, 3.0])
def test_images_of_other_pixels_have_corners_apart(shift: float) -> None:
    one = ImagePlace.of_header(header_of(PLAIN))
    other = ImagePlace.of_header(header_of({**PLAIN, "CRPIX1": 1024.5 + shift}))
    assert one.largest_corner_shift(other) == pytest.approx(shift, abs=1e-3)


def test_a_header_without_coordinates_has_no_place() -> None:
    header = header_of({"CDELT1": 1.0})
    assert place_if_known(header) is None
    with pytest.raises(SourceUnsupported):
        ImagePlace.of_header(header)


def middle(cards: Cards) -> Cards:
    """The cards of a crop about the middle of an image of SIDES pixels."""
    first = {f"CRPIX{n}": float(cards[f"CRPIX{n}"]) - (SIDES[n - 1] - SIDE) // 2 for n in (1, 2)}
    return {**cards, **first}


def drawn(header: fits.Header, values: np.ndarray) -> np.ndarray:
    """The preview's pixels of an image of these values, from the top."""
    plain = header.copy(strip=True)
    for keyword in ("BSCALE", "BZERO", "BLANK", "LOSSY", "XTENSION", "INHERIT"):
        plain.remove(keyword, ignore_missing=True)
    written = io.BytesIO()
    fits.PrimaryHDU(values.astype(">f4"), plain).writeto(written, output_verify="silentfix")
    return scaled_image(written.getvalue()).pixels


def slopes(picture: np.ndarray) -> tuple[float, float]:
    """How much values rise from pixel to pixel toward the top and the left: of the plane through all."""
    rows, columns = np.nonzero(np.isfinite(picture))
    plane = np.stack([-rows, -columns, np.ones_like(rows)], axis=-1)
    up, left, _ = np.linalg.lstsq(plane, picture[rows, columns].astype(np.float64))[0]
    return float(up), float(left)


def check_picture(header: fits.Header, wcs: WCS) -> None:
    ny, nx = int(header["NAXIS2"]), int(header["NAXIS1"])
    y, x = np.indices((ny, nx))
    sky = pixel_to_skycoord(x, y, wcs).icrs
    center = SkyCoord(pixel_to_skycoord((nx - 1) / 2, (ny - 1) / 2, wcs).icrs)
    if not np.isfinite(center.ra.deg) or 90.0 - abs(center.dec.deg) < 0.1:
        return
    east, north = (each.arcsec for each in center.spherical_offsets_to(sky))
    up, left = slopes(drawn(header, north))
    assert up > 0, "north is up"
    assert abs(left) < WITHIN * up
    up, left = slopes(drawn(header, east))
    assert left > 0, "east is left"
    assert abs(up) < WITHIN * left


def check_cards(cards: Cards) -> None:
    header = fits.Header({"SIMPLE": True, "NAXIS": 2, "NAXIS1": SIDE, "NAXIS2": SIDE} | middle(cards))
    check_picture(header, WCS(header))


@pytest.mark.parametrize("matrix", ["CROTA2", "CD", "PC"])
@pytest.mark.parametrize("frame", list(ImageFrame))
def test_pictures_of_plain_images_in_every_frame(frame: ImageFrame, matrix: str) -> None:
    for projection in ("SIN", "TAN"):
        for cards in headers(projection, frame, matrix, 3, 2):
            check_cards(cards)


@pytest.mark.parametrize("kind", KINDS)
def test_pictures_of_distorted_images(kind: str) -> None:
    rng = np.random.default_rng(1)
    for ra, dec in places(2, 3):
        check_cards(bent_header(kind, ra, dec, rng))


@pytest.mark.parametrize("kind", GALACTIC_KINDS)
def test_pictures_of_distorted_images_in_galactic_coordinates(kind: str) -> None:
    rng = np.random.default_rng(2)
    for ra, dec in places(2, 4):
        check_cards(bent_header(kind, ra, dec, rng, "galactic"))


@pytest.mark.parametrize("image", IMAGES, ids=[each.path.rpartition("/")[2] for each in IMAGES])
def test_pictures_of_genuine_images(image: SurveyImage) -> None:
    with fits.open(file_of(image.path)) as hdus:
        header = hdus[image.hdu].header.copy()
        for card in hdus[0].header.cards if image.hdu and header.get("INHERIT", True) else ():
            if card.keyword in ("RADESYS", "RADECSYS", "EQUINOX") and card.keyword not in header:
                header.append(card)
    if header["NAXIS1"] > 300:  # the middle of large ones suffices
        first = [(header[f"NAXIS{n}"] - 120) // 2 for n in (1, 2)]
        header.update({f"CRPIX{n}": header[f"CRPIX{n}"] - first[n - 1] for n in (1, 2)})
        header["NAXIS1"] = header["NAXIS2"] = 120
    check_picture(header, WCS(header))
