"""PTF level 1 by its packaged description: TAN-SIP with PV cards beside it; a made and a genuine header."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from tests.support.survey.shipped.ptf import (
    COLUMNS,
    KEY,
    ROWS,
    SIDE,
    SQUARES,
    genuine_header,
    made_header,
    make_image,
)
from tests.support.survey.shipped.shipped_survey import ShippedSurvey, shipped_survey

DATA = Path(os.environ.get("SKYBATCH_DATA", Path(__file__).resolve().parents[5] / "shared" / "data"))
GENUINE = DATA / "surveys"
SIA = (
    "raw_url mask_url jpg_url cat_url sia_mjd_obs sia_filter filtersl ccdid ptffield seeing airmass moonillf"
    " moonesb photcalflag infobits nid fieldid ptfpid ptfprpi moonra moondec moonphas moonalt gain readnoi"
    " darkcur"
)
pytestmark = pytest.mark.filterwarnings("ignore::astropy.wcs.FITSFixedWarning", "ignore:.*SIP.*PV")


@pytest.fixture(scope="module", params=["made", "genuine"])
def shipped(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ShippedSurvey]:
    if request.param == "genuine" and not GENUINE.exists():
        pytest.skip(f"there is no {GENUINE}")
    root = tmp_path_factory.mktemp("ptf")
    make_image(root, made_header() if request.param == "made" else genuine_header(GENUINE))
    with shipped_survey("ptf", root) as served:
        yield served


@pytest.mark.parametrize("square", SQUARES)
def test_crops_are_astropys(shipped: ShippedSurvey, square: tuple[int, int]) -> None:
    with fits.open(shipped.root / KEY) as parent:
        pixels, wcs = np.array(parent[0].data), WCS(parent[0].header)
    x, y = min(square[0] + SIDE / 2, COLUMNS - 10.0), min(square[1] + SIDE / 2, ROWS - 10.0)
    ra, dec = (float(value) for value in wcs.all_pix2world(x, y, 0))
    (crop,) = shipped.crops(f"ra,dec,size\n{ra!r},{dec!r},30\n", bands="R").values()
    with fits.open(io.BytesIO(crop)) as read:
        data, cropped = read[0].data, WCS(read[0].header)
    x0, y0 = (wcs.wcs.crpix - cropped.wcs.crpix).astype(int)
    np.testing.assert_array_equal(data, pixels[y0 : y0 + data.shape[0], x0 : x0 + data.shape[1]])
    assert 28 <= max(data.shape) <= 32
    assert abs(x0 + (data.shape[1] - 1) / 2 - x) <= 1 or data.shape[1] < max(data.shape)
    corners = np.array([[0, 0], [data.shape[1] - 1, data.shape[0] - 1]])
    here = SkyCoord(cropped.all_pix2world(corners, 0), unit="deg")
    there = SkyCoord(wcs.all_pix2world(corners + np.array([x0, y0]), 0), unit="deg")
    assert here.separation(there).arcsec.max() <= 1e-6


def test_the_image_search_has_the_archive_s_columns(shipped: ShippedSurvey) -> None:
    header = fits.getheader(shipped.root / KEY)
    (row,) = found = shipped.sia(header["CRVAL1"], header["CRVAL2"])
    own = found.colnames[found.colnames.index("sia_cd") + 1 :]
    assert own[: len(SIA.split())] == SIA.split()
    assert row["sia_title"] == "PTF Level 1 Image 12052003"
    assert (row["sia_filter"], row["filtersl"], row["ccdid"], row["ptffield"]) == ("R", 2, 7, 2899)
    assert row["sia_mjd_obs"] == pytest.approx(55007.36207 + 30 / 86400, abs=1e-8)
    assert row["mjd_obs"] == pytest.approx(row["sia_mjd_obs"], abs=1e-8)
    assert (row["ptfpid"], row["gain"], row["seeing"]) == (20000, 1.7, 2.45)
    assert np.ma.is_masked(row["infobits"]) or np.isnan(row["infobits"])
    assert row["mask_url"] == ""


def test_the_archive_s_own_search_finds_it(shipped: ShippedSurvey) -> None:
    found = shipped.search("filter='R' and obsmjd>55007")
    assert (found["fname"][0], found["ptfprpi"][0]) == (KEY.rpartition("/")[2], "Kulkarni")
    assert found["aexptime"][0] == 60.0
    assert len(shipped.search("filter='g'")) == 0
