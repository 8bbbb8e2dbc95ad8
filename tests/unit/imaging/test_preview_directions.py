"""North is up and east left in previews of every kind of WCS: pixels that hold the sky's own coordinates.

Each image is drawn with the declination, and with the way east, that astropy gives its pixels. In the picture
the one must rise toward its top, the other toward its left.
"""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_skycoord

from skybatch.imaging.preview import scaled_image
from skybatch.sky.image_frames import ImageFrame
from tests.support.images.survey_images import IMAGES, SurveyImage, file_of
from tests.support.survey.wcs_kinds import GALACTIC_KINDS, KINDS, bent_header
from tests.support.survey.wcs_oracle import SIDES, Cards, headers, places

SIDE = 41
WITHIN = np.tan(np.radians(2.5))  # a picture is not turned by less than a degree, nor is a plain image


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


def check(header: fits.Header, wcs: WCS) -> None:
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
    check(header, WCS(header))


@pytest.mark.parametrize("matrix", ["CROTA2", "CD", "PC"])
@pytest.mark.parametrize("frame", list(ImageFrame))
def test_plain_images_in_every_frame(frame: ImageFrame, matrix: str) -> None:
    for projection in ("SIN", "TAN"):
        for cards in headers(projection, frame, matrix, 3, 2):
            check_cards(cards)


@pytest.mark.parametrize("kind", KINDS)
def test_distorted_images(kind: str) -> None:
    rng = np.random.default_rng(1)
    for ra, dec in places(2, 3):
        check_cards(bent_header(kind, ra, dec, rng))


@pytest.mark.parametrize("kind", GALACTIC_KINDS)
def test_distorted_images_in_galactic_coordinates(kind: str) -> None:
    rng = np.random.default_rng(2)
    for ra, dec in places(2, 4):
        check_cards(bent_header(kind, ra, dec, rng, "galactic"))


@pytest.mark.parametrize("image", IMAGES, ids=[each.path.rpartition("/")[2] for each in IMAGES])
def test_genuine_images(image: SurveyImage) -> None:
    with fits.open(file_of(image.path)) as hdus:
        header = hdus[image.hdu].header.copy()
        for card in hdus[0].header.cards if image.hdu and header.get("INHERIT", True) else ():
            if card.keyword in ("RADESYS", "RADECSYS", "EQUINOX") and card.keyword not in header:
                header.append(card)
    if header["NAXIS1"] > 300:  # the middle of large ones suffices
        first = [(header[f"NAXIS{n}"] - 120) // 2 for n in (1, 2)]
        header.update({f"CRPIX{n}": header[f"CRPIX{n}"] - first[n - 1] for n in (1, 2)})
        header["NAXIS1"] = header["NAXIS2"] = 120
    check(header, WCS(header))
