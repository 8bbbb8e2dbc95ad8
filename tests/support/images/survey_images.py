"""Genuine images of other surveys, which are not ours to distribute: `SKYBATCH_DATA`, else ../shared/data."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(os.environ.get("SKYBATCH_DATA", "../shared/data")) / "surveys"


@dataclass(frozen=True)
class SurveyImage:
    """An image, the number of its HDU, and its projection."""

    path: str
    hdu: int
    projection: str


UNWISE = "unwise/unwise-coadds/346/3460p121/unwise-3460p121"
DECAM = "decam/CP/V4.8.2a"
IMAGES = (
    SurveyImage("wise/allsky/4band_p1bm_frm/2a/01772a/127/01772a127-w3-int-1b.fits.gz", 0, "SIN"),
    *(SurveyImage(f"{UNWISE}-w{band}-img-m.fits", 0, "TAN") for band in (1, 2, 3, 4)),
    SurveyImage(f"{UNWISE}-w1-invvar-m.fits.gz", 0, "TAN"),
    SurveyImage(f"{DECAM}/CP20150328/c4d_150329_083320_ooi_r_ls9.N11.fits", 1, "TPV"),
    SurveyImage(f"{DECAM}/CP20150328/c4d_150329_083320_ood_r_ls9.N11.fits", 1, "TPV"),
    SurveyImage(f"{DECAM}/CP20150328/c4d_150329_083320_oow_r_ls9.N11.fits", 1, "TPV"),
    SurveyImage(f"{DECAM}/CP20150328/c4d_150329_083505_ooi_g_ls9.N11.fits", 1, "TPV"),
    SurveyImage(f"{DECAM}/CP20150411/c4d_150412_073257_ooi_z_ls9.N11.fits", 1, "TPV"),
    SurveyImage(f"{DECAM}/CP20171112/c4d_171113_060340_ooi_r_ls9.N6.fits", 1, "TPV"),
    SurveyImage("decam/CP20150407/c4d_150411_035242_ooi_z_v1-N10.fits", 1, "TPV"),
    SurveyImage("90prime/CP/V2.3/CP20170429/ksb_170430_055945_ooi_r_ls9.CCD4.fits", 1, "TPV"),
    SurveyImage("mosaic/CP/V4.3/CP20160318/k4m_160319_075112_ooi_zd_ls9.CCD3.fits", 1, "TPV"),
    SurveyImage("spitzer/glimpse/spitzer_example_image.fits", 0, "CAR"),
    SurveyImage("spitzer/irs/sha_irsx_img.fits", 0, "TAN"),
    SurveyImage("ukidss/wfcam/ukidss_ngc_k.fits", 1, "ZPN"),
    SurveyImage("first/first_image.fits", 0, "SIN"),
    SurveyImage("first/magpis_gps6.fits", 0, "SIN"),
    SurveyImage("herschel/spire/herschel_spire.fits.gz", 1, "TAN"),
    SurveyImage("misc/m13.fits", 0, "TAN"),
    SurveyImage("misc/m13_rice.fits", 1, "TAN"),
    SurveyImage("misc/apogee_b_sip.fits", 0, "TAN"),
)
REFUSED = ("headers/ptf/astropy_validate_ptf_header.fits", "headers/hst/j94f05bgq_flt.fits")


def file_of(path: str) -> Path:
    """Where an image lies; skips the test where it is absent."""
    import pytest

    file = FOLDER / path
    if not file.is_file():
        pytest.skip(f"no survey images in {FOLDER}")
    return file
