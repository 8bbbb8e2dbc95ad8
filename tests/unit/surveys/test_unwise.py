"""unWISE by its packaged description, on genuine and on made tiles: TAN, one grid for four bands."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from astropy.wcs import WCS

from skybatch.storage.directory_tree import DirectoryTree
from tests.e2e.crops import Judge
from tests.support.survey.shipped.shipped_survey import ShippedSurvey, shipped_survey
from tests.support.survey.shipped.unwise import BANDS, CENTER, OTHER, TILE, copy_images, key, make_tile

DATA = Path(os.environ.get("SKYBATCH_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
GENUINE = DATA / "surveys" / "unwise"
PIXEL = 2.75  # arcsec


@pytest.fixture
def genuine(tmp_path: Path) -> Iterator[ShippedSurvey]:
    if not GENUINE.exists():
        pytest.skip(f"there is no {GENUINE}")
    copy_images(GENUINE, DirectoryTree(tmp_path))
    with shipped_survey("unwise", tmp_path) as shipped:
        yield shipped


@pytest.fixture
def made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[ShippedSurvey]:
    make_tile(tmp_path)
    with shipped_survey("unwise", tmp_path) as shipped:
        said = capsys.readouterr().out
        assert "unwise: 4 images, 8 companions, 5 ignored, 0 unmatched" in said
        assert f"not verified: {shipped.survey.verified.unverified}" in said
        yield shipped


def position(shipped: ShippedSurvey, x: float, y: float) -> tuple[float, float]:
    """The position of a pixel, from 0."""
    sky = WCS(fits.getheader(shipped.root / key(1))).pixel_to_world(x, y).icrs
    return float(sky.ra.deg), float(sky.dec.deg)


@pytest.mark.parametrize(("x", "y", "pixels"), [(4.5, 4.5, 6), (2.0, 7.0, 5), (0.0, 0.0, 3), (9.3, 1.1, 3)])
def test_crops_in_all_bands_are_astropys(genuine: ShippedSurvey, x: float, y: float, pixels: int) -> None:
    ra, dec = position(genuine, x, y)
    images = genuine.crops(f"ra,dec,size\n{ra!r},{dec!r},{pixels * PIXEL}\n", bands="all")
    assert len(images) == 4
    for band in BANDS:
        judge = Judge((genuine.root / key(band)).read_bytes())
        crop = images[f"0001_unwise_{TILE}_w{band}.fits"]
        assert judge.check(crop) == judge.expected_box(ra, dec, pixels * PIXEL)


def test_the_inverse_variance_is_cut_as_the_image_is(genuine: ShippedSurvey) -> None:
    ra, dec = position(genuine, 4.5, 4.5)
    (url,) = (row["ivar_url"] for row in genuine.sia(ra, dec) if row["sia_bp_id"] == "W1")
    cut = genuine.fetch(f"{url}?center={ra},{dec}&size=4pix&gzip=0")
    whole = fits.getdata(genuine.root / key(1, "invvar", "fits.gz"))
    np.testing.assert_array_equal(fits.getdata(io.BytesIO(cut)), whole[3:7, 3:7])


def test_searches_have_the_survey_s_columns_and_titles(made: ShippedSurvey) -> None:
    found = made.sia(*CENTER)
    assert sorted(found["sia_title"]) == [f"unWISE W{band} Coadd {OTHER}" for band in BANDS]
    assert set(found["sia_proj"]) == {"TAN"}
    assert {row["sia_bp_id"]: row["mjdmax"] for row in found} == {f"W{n}": 58800.0 + n for n in BANDS}
    assert {row["sia_bp_id"]: row["mjd_obs"] for row in found} == {f"W{n}": 57058.5 + n for n in BANDS}
    taken = "/sia2/query?COLLECTION=unwise&TIME=58803+59000&RESPONSEFORMAT=csv"
    observed = Table.read(made.client().get(taken).body.decode(), format="ascii.csv")
    assert (list(observed["t_min"]), list(observed["t_max"])) == ([55320.0, 55321.0], [58803.0, 58804.0])
    native = made.search(f"tile='{OTHER}'")
    assert list(native.colnames[:5]) == ["tile", "band", "naxis1", "naxis2", "crval1"]
    assert list(native["band"]) == [1, 2, 3, 4]
    assert set(native["ctype1"]) == {"RA---TAN"}


def test_a_crop_of_a_made_tile_is_astropys(made: ShippedSurvey) -> None:
    images = made.crops(f"ra,dec,size\n{CENTER[0]},{CENTER[1]},55\n", bands="W2")
    judge = Judge((made.root / key(2, tile=OTHER)).read_bytes())
    (crop,) = images.values()
    assert judge.check(crop) == judge.expected_box(*CENTER, 55)
