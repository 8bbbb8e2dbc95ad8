"""Celestial coordinates of headers, against astropy."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from skybatch.errors import SourceUnsupported
from skybatch.fits.celestial_wcs import decompose, read_celestial_wcs
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import to_vector
from tests.support.survey.wcs_oracle import SIDES, STEP, Cards, astropys, footprints, header_of, headers

IMAGES = 400  # of each kind, and 25 positions in each: 10,000
POSITIONS = 25
PLAIN: Cards = {
    "CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRVAL1": 10.0, "CRVAL2": -3.0, "CRPIX1": 1.0, "CRPIX2": 1.0,
    "CDELT1": -STEP, "CDELT2": STEP,
}  # fmt: skip


@pytest.mark.parametrize("matrix", ["CROTA2", "CD", "PC"])
@pytest.mark.parametrize("frame", list(ImageFrame))
@pytest.mark.parametrize("projection", ["SIN", "TAN"])
@pytest.mark.no_cover
def test_pixels_and_positions_are_astropys(projection: str, frame: ImageFrame, matrix: str) -> None:
    rng = np.random.default_rng(5)
    for cards in headers(projection, frame, matrix, IMAGES, seed=4):
        wcs = read_celestial_wcs(header_of(cards))
        assert (wcs.projection, wcs.frame) == (projection, frame)
        pixels = rng.uniform([-100, -100], [SIDES[0] + 100, SIDES[1] + 100], (POSITIONS, 2))
        world = astropys(cards).wcs_pix2world(pixels, 1)
        image = footprints(cards, POSITIONS)
        vectors = to_vector(world[:, 0], world[:, 1])
        assert np.abs(to_vector(*image.to_sky(*pixels.T)) - vectors).max() < 1e-10
        assert np.abs(np.stack(image.to_pixel(vectors), axis=-1) - pixels).max() < 1e-4


@pytest.mark.parametrize("matrix", ["CROTA2", "CD", "PC"])
def test_the_matrix_is_astropys(matrix: str) -> None:
    for cards in headers("TAN", ImageFrame.ICRS, matrix, 50, seed=6):
        if cards["CRVAL2"] == 90.0:
            continue  # the turn of its pole is in the rotation
        ours = footprints(cards).cd_matrix[0]
        assert np.abs(ours.reshape(2, 2) - astropys(cards).pixel_scale_matrix).max() < 1e-9 * STEP


@pytest.mark.parametrize("lonpole", [0.0, 33.0, 180.0, 200.0])
@pytest.mark.parametrize("dec", [12.0, 90.0, -90.0])
def test_lonpole_turns_the_image(lonpole: float, dec: float) -> None:
    cards = {**PLAIN, "CRVAL2": dec, "LONPOLE": lonpole}
    pixels = np.array([[30.0, 700.0], [2000.0, 1.0]])
    world = astropys(cards).wcs_pix2world(pixels, 1)
    ours = footprints(cards, 2).to_sky(*pixels.T)
    assert np.abs(to_vector(*ours) - to_vector(world[:, 0], world[:, 1])).max() < 1e-12


def test_equal_matrices_with_the_noise_of_their_digits_are_one_grid() -> None:
    turns = np.radians(np.linspace(-40.0, 40.0, 50))
    grids = set()
    for turn in turns:
        cos, sin = STEP * np.cos(turn), STEP * np.sin(turn)
        cdelt1, cdelt2, crota2, skew = decompose(*(float(f"{v:.13g}") for v in (-cos, -sin, -sin, cos)))
        grids.add((cdelt1, cdelt2, skew))
        assert crota2 == pytest.approx(np.degrees(turn), abs=1e-9)
    assert len(grids) == 1


@pytest.mark.parametrize(
    ("cards", "frame"),
    [
        ({"RADESYS": "ICRS", "EQUINOX": 1950.0}, "ICRS"),
        ({"RADESYS": "ICRS", "RADECSYS": "FK5"}, "ICRS"),
        ({"RADECSYS": "FK5"}, "FK5"),
        ({"EQUINOX": 2000.0}, "FK5"),
        ({"EPOCH": 2000.0}, "FK5"),
        ({}, "ICRS"),
        ({"CTYPE1": "GLON-SIN", "CTYPE2": "GLAT-SIN", "EQUINOX": 0.0, "RADESYS": "FK4"}, "galactic"),
    ],
)  # fmt: skip
def test_the_frame_is_radesys_before_radecsys_before_equinox(cards: Cards, frame: str) -> None:
    assert read_celestial_wcs(header_of({**PLAIN, **cards})).frame == frame


def test_a_survey_may_name_the_frame_that_its_headers_leave_out() -> None:
    assert read_celestial_wcs(header_of(PLAIN), "FK5").frame == "FK5"
    assert read_celestial_wcs(header_of({**PLAIN, "RADESYS": "ICRS"}), "FK5").frame == "ICRS"


@pytest.mark.parametrize(
    ("cards", "named"),
    [
        ({"CTYPE1": "RA---TNX", "CTYPE2": "DEC--TNX"}, "TNX"),
        ({"CTYPE1": "RA---HPX", "CTYPE2": "DEC--HPX"}, "HPX"),
        ({"CTYPE1": "RA---ZPN-SIP", "CTYPE2": "DEC--ZPN-SIP", "A_ORDER": 2, "B_ORDER": 2}, "ZPN"),
        ({"CTYPE1": "RA---TAN-TPD", "CTYPE2": "DEC--TAN-TPD"}, "TAN-TPD"),
        ({"CPDIS1": "LOOKUP"}, "CPDIS1"),
        ({"D2IMDIS1": "Lookup"}, "D2IMDIS1"),
        ({"A_ORDER": 99, "B_ORDER": 2}, "A_ORDER"),
        ({"A_ORDER": 2, "B_ORDER": 2, "A_0_2": "x"}, "A_0_2"),
        ({"A_ORDER": 2, "B_ORDER": 2, "PV1_4": 3.0}, "SIP"),
        ({"PC1_3": 0.1}, "PC1_3"),
        ({"CTYPE2": "DEC--TAN"}, "DEC--TAN"),
        ({"CTYPE1": "DEC--SIN", "CTYPE2": "RA---SIN"}, "RA---SIN"),
        ({"CTYPE1": "ELON-SIN", "CTYPE2": "ELAT-SIN"}, "ELON"),
        ({"CUNIT1": "arcsec"}, "CUNIT1"),
        ({"PV2_1": "x"}, "PV2_1"),
        ({"A_ORDER": 2}, "A_ORDER"),
        ({"CRVAL2": 95.0}, "CRVAL2"),
        ({"CRVAL1": "ten"}, "CRVAL1"),
        ({"CDELT1": 0.0}, "CDELT1"),
        ({"CDELT1": 1e300}, "CDELT1"),
        ({"CD1_1": 1e-4, "CD2_2": 1e300}, "steps"),
        ({"CD1_1": 1e-300, "CD2_2": 1e-4}, "inverse|steps"),
        ({"CD1_1": 1e-4}, "inverse"),
        ({"CD1_1": "x", "CD2_2": 1e-4}, "CD1_1"),
        ({"LONPOLE": "up"}, "LONPOLE"),
        ({"RADESYS": "FK4"}, "FK4"),
        ({"EQUINOX": 1950.0}, "1950"),
        ({"RADESYS": "FK5", "EQUINOX": 1975.0}, "1975"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused_by_its_name(cards: Cards, named: str) -> None:
    with pytest.raises(SourceUnsupported, match=named):
        read_celestial_wcs(header_of({**PLAIN, **cards}))


@pytest.mark.parametrize("keyword", ["CTYPE1", "CTYPE2", "CRPIX1", "CRVAL2", "CDELT1"])
def test_what_is_missing_is_told_as_such(keyword: str) -> None:
    cards = {name: value for name, value in PLAIN.items() if name != keyword}
    with pytest.raises(SourceUnsupported, match=f"{keyword} (is )?missing"):
        read_celestial_wcs(header_of(cards))


def test_no_numpy_is_needed() -> None:
    code = "import sys, skybatch.fits.celestial_wcs; print('numpy' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "False"
