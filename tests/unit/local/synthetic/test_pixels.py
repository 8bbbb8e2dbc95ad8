"""A sample image shows the same sky as its neighbours, by astropy's measure, and says it is simulated."""

from __future__ import annotations

import warnings
from io import BytesIO

import astropy.units as u
import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from numpy.typing import NDArray

from local.synthetic.pixels import Exposure
from local.synthetic.scans import ImageSet, image_sets
from local.synthetic.sources import NAMED, Sources, stars_near

SETS = {(i.scan.date, i.scan.scan, i.image): i for i in image_sets(few=False)}
TWO_SCANS = [("981121", 69, 256), ("981121", 70, 21)]
KEY_WORDS = [
    "SIMPLE",
    "BITPIX",
    "NAXIS",
    "NAXIS1",
    "NAXIS2",
    "BLOCKED",
    "EXTEND",
    "ORDATE",
    "DAYNUM",
    "FN_PRFX",
    "TYPE",
    "SCANNO",
    "SCANDIR",
    "COMMENT",
    "STRIP_ID",
    "POSITNID",
    "ORIGIN",
    "CTYPE1",
    "CTYPE2",
    "CRPIX1",
    "CRPIX2",
    "CRVAL1",
    "CRVAL2",
    "CROTA2",
    "CDELT1",
    "CDELT2",
    "USXREF",
    "USYREF",
    "SKYVAL",
    "SKYSIG",
    "MAGZP",
    "CALID",
    "SEESH",
]


def wcs_of(exposure: Exposure) -> WCS:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return WCS(fits.Header.fromstring(exposure.header().decode()))


def centroid(image: NDArray[np.float32], x: float, y: float) -> tuple[float, float]:
    """Flux-weighted centre, 1-based, in a box of 13 pixels around a 1-based position."""
    column, row = round(x) - 1, round(y) - 1
    box = image[row - 6 : row + 7, column - 6 : column + 7] - np.nanmedian(image)
    rows, columns = np.mgrid[row - 6 : row + 7, column - 6 : column + 7]
    return float((columns * box).sum() / box.sum()) + 1, float((rows * box).sum() / box.sum()) + 1


def as_set(sources: Sources) -> set[tuple[float, float]]:
    return set(zip(sources.ra.tolist(), sources.dec.tolist(), strict=True))


@pytest.mark.parametrize("key", TWO_SCANS)
@pytest.mark.parametrize("band", ["j", "h", "k"])
def test_a_star_stands_where_astropy_expects_it(key: tuple[str, int, int], band: str) -> None:
    exposure = Exposure(SETS[key], band)
    x, y = wcs_of(exposure).world_to_pixel(SkyCoord(65.497627 * u.deg, 19.535070 * u.deg))
    found = centroid(exposure.pixels(), float(x) + 1, float(y) + 1)
    assert found == pytest.approx((float(x) + 1, float(y) + 1), abs=0.05)


def test_its_brightness_follows_band_and_zero_point() -> None:
    exposures = [Exposure(SETS["981121", 69, 256], band) for band in "jhk"]
    for number, exposure in enumerate(exposures):
        x, y = wcs_of(exposure).world_to_pixel(SkyCoord(65.497627 * u.deg, 19.535070 * u.deg))
        image = exposure.pixels() - exposure.sky
        flux = image[
            round(float(y)) - 8 : round(float(y)) + 9, round(float(x)) - 8 : round(float(x)) + 9
        ].sum()
        magnitude = exposure.magzp - 2.5 * np.log10(flux)
        assert magnitude == pytest.approx(NAMED.magnitudes[0, number], abs=0.02)


@pytest.mark.parametrize(("ra", "dec"), [(0.01, 20.0), (359.99, -35.0), (200.0, 89.95), (40.0, 88.0)])
def test_every_star_in_reach_is_found(ra: float, dec: float) -> None:
    near, wide = stars_near(ra, dec, 0.17), stars_near(ra, dec, 1.5)
    here = SkyCoord(ra * u.deg, dec * u.deg)
    inside = here.separation(SkyCoord(wide.ra * u.deg, wide.dec * u.deg)) < 0.17 * u.deg
    assert np.count_nonzero(inside) > 200
    assert as_set(Sources(wide.ra[inside], wide.dec[inside], wide.magnitudes[inside])) <= as_set(near)


def test_the_same_image_is_the_same_bytes_again() -> None:
    images = SETS["981121", 69, 267]
    assert Exposure(images, "h").fits() == Exposure(images, "h").fits()


def test_bands_and_overlapping_scans_have_noise_of_their_own() -> None:
    first, second = (Exposure(SETS[key], "j").pixels()[:, 100:200] for key in TWO_SCANS)
    other_band = Exposure(SETS[TWO_SCANS[0]], "h").pixels()[:, 100:200]
    for other in (second, other_band):
        assert abs(np.corrcoef(first.ravel(), other.ravel())[0, 1]) < 0.5


@pytest.mark.parametrize(
    "images", image_sets(few=False), ids=lambda i: f"{i.scan.date}-{i.scan.scan}-{i.image}"
)
def test_the_header_has_the_surveys_form(images: ImageSet) -> None:
    exposure = Exposure(images, "k")
    raw = exposure.header()
    parsed = fits.Header.fromstring(raw.decode())
    assert len(raw) == 11520
    assert raw[113 * 80 : 114 * 80] == b"END".ljust(80)
    assert list(parsed.keys())[: len(KEY_WORDS)] == KEY_WORDS
    assert (parsed["NAXIS2"], parsed["CRPIX2"]) == (images.naxis2, (images.naxis2 + 1) / 2)
    assert "SIMULATED" in parsed["ORIGIN"]
    assert not {"RADESYS", "CD1_1", "PC1_1", "BLANK", "BUNIT"} & set(parsed)
    for card in parsed.cards:
        card.verify("exception")


def test_the_file_is_a_fits_image_with_a_border_of_nan() -> None:
    exposure = Exposure(SETS["981121", 69, 267], "j")
    with fits.open(BytesIO(exposure.fits())) as hdus:
        assert hdus[0].data.shape == (830, 512)
        blank = np.isnan(hdus[0].data)
    assert np.flatnonzero(blank.all(axis=0)).tolist() == [0, 1, 2, 3, 4, 509, 510, 511]
    assert blank.sum() == 8 * 830
