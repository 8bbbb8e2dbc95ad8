"""Which of the conventions in one header count: those that astropy reads."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.errors import SourceUnsupported
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.fits.wcs_terms import has_sip, is_scamps, parameters, poles, sip_terms
from tests.support.survey.wcs_kinds import bent_header, random_pixels
from tests.support.survey.wcs_oracle import SIDES, Cards, footprints, header_of

RNG = np.random.default_rng
SIP = {
    name: value
    for name, value in bent_header("TAN-SIP", 30.0, 40.0, RNG(1)).items()
    if name[:2] in ("A_", "B_")
}
PV = {name: v for name, v in bent_header("TPV", 30.0, 40.0, RNG(2)).items() if name.startswith("PV")}
ZERO_PV = {"PV1_0": 0.0, "PV1_1": 1.0, "PV1_4": 0.0}


def cards(code: str, *terms: Cards) -> Cards:
    made: Cards = {"CTYPE1": f"RA---{code}", "CTYPE2": f"DEC--{code}", "CRVAL1": 30.0, "CRVAL2": 40.0}
    made |= {"CRPIX1": 1024.5, "CRPIX2": 2048.5, "CD1_1": -1e-4, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": 1e-4}
    for each in terms:
        made |= each
    return made


@pytest.mark.parametrize(
    ("given", "projection"),
    [
        (cards("TAN-SIP", SIP), "TAN"),
        (cards("TAN-SIP", SIP, PV), "TAN"),  # as PTF
        (cards("TAN", SIP), "TAN"),
        (cards("TAN", PV), "TPV"),  # as SCAMP before 2012
        (cards("TAN", SIP, PV), "TPV"),
        (cards("TPV", SIP, PV), "TPV"),
        (cards("TAN-SIP"), "TAN"),
        (cards("TAN-SIP", {"A_ORDER": 1, "B_ORDER": 1, "A_1_0": 0.1}), "TAN"),
        (cards("SIN", {"PV2_1": 0.01, "PV2_2": -0.2}), "SIN"),
        (cards("ZPN", {"PV2_1": 1.0, "PV2_3": 42.0, "LONPOLE": 170.0}), "ZPN"),
        (cards("CEA", {"CRVAL2": 0.0, "LONPOLE": 10.0}), "CEA"),
        (cards("CAR", {"CRVAL2": 0.0, "LATPOLE": 80.0}), "CAR"),
    ],
)
def test_what_counts_is_what_astropy_reads(given: Cards, projection: str) -> None:
    assert read_celestial_wcs(header_of(given)).projection == projection
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = WCS({"NAXIS": 2, "NAXIS1": SIDES[0], "NAXIS2": SIDES[1], **given})
    pixels = random_pixels(RNG(3), 50)
    ours = footprints(given, 50).to_sky(*pixels.T)
    difference = (np.stack(ours, axis=-1) - theirs.all_pix2world(pixels, 1) + 180.0) % 360.0 - 180.0
    assert np.abs(difference).max() < 1e-10


def test_terms_are_those_of_the_order_and_of_the_first_axes() -> None:
    header = header_of({"A_ORDER": 2, "B_ORDER": 3, "A_0_0": 1.0, "A_2_1": 2.0, "B_2_1": 3.0, "AP_1_0": 4.0})
    assert has_sip(header)
    assert sip_terms(header) == (("A_0_0", 1.0), ("B_2_1", 3.0))
    header = header_of({"PV1_0": 0.5, "PV3_1": 9.0, "PV2_12": 2, "LATPOLE": 4.0, "PV1_1A": 8.0})
    assert parameters(header) == (("PV1_0", 0.5), ("PV2_12", 2.0))
    assert is_scamps(parameters(header))
    assert not is_scamps((("PV1_4", 1.0),))
    assert poles(header) == (("LATPOLE", 4.0),)


@pytest.mark.parametrize(("alone", "absent"), [("A", "B"), ("B", "A")])
def test_one_polynomial_alone_is_refused(alone: str, absent: str) -> None:
    with pytest.raises(SourceUnsupported, match=f"{absent}_ORDER"):
        has_sip(header_of({f"{alone}_ORDER": 3}))
