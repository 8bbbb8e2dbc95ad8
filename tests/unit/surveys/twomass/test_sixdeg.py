"""The 2MASS mosaics of six degrees by their packaged description: crops of 21,600 x 21,600 pixels."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.surveys.known import default_survey
from tests.support.batches.in_process_service import Service
from tests.support.survey.shipped.shipped_survey import ShippedSurvey, shipped_survey
from tests.support.survey.shipped.sixdeg import CENTER, PIXELS, SEQNUM, SIDE, SQUARES, key, make_mosaics


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedSurvey]:
    root = tmp_path_factory.mktemp("sixdeg")
    make_mosaics(root)
    with shipped_survey("2mass-sixdeg", root) as shipped:
        yield shipped


@pytest.mark.parametrize("square", SQUARES)
def test_crops_are_astropys(made: ShippedSurvey, square: tuple[int, int]) -> None:
    path, (x, y) = made.root / key("j"), square
    wcs = WCS(fits.getheader(path))
    sky = wcs.pixel_to_world(x + SIDE / 2 - 0.5, y + SIDE / 2 - 0.5).icrs
    table = f"ra,dec,size\n{sky.ra.deg:.12f},{sky.dec.deg:.12f},{SIDE + 20}\n"
    images = made.crops(table, bands="J,H")
    assert sorted(images) == [f"0001_2mass_mosaic_{band}01381.fits" for band in "hj"]
    x0, x1 = max(x - 10, 0), min(x + SIDE + 10, PIXELS)
    y0, y1 = max(y - 10, 0), min(y + SIDE + 10, PIXELS)
    for band in "jh":
        crop = fits.open(io.BytesIO(images[f"0001_2mass_mosaic_{band}01381.fits"]))[0]
        with fits.open(made.root / key(band)) as parent:
            np.testing.assert_array_equal(crop.data, parent[0].section[y0:y1, x0:x1])
        corners = np.array([[0, 0], [x1 - x0 - 1, y1 - y0 - 1]])
        here = WCS(crop.header).all_pix2world(corners, 0)
        there = wcs.all_pix2world(corners + np.array([x0, y0]), 0)
        np.testing.assert_allclose(here, there, rtol=0, atol=1e-6 / 3600)
    assert np.count_nonzero(crop.data) == SIDE * SIDE


def test_a_whole_mosaic_is_refused_by_name(made: ShippedSurvey) -> None:
    service = Service(made)  # type: ignore[arg-type]
    accepted = service.submit(mode="image_ids", survey="2mass-sixdeg", table=f"seqnum,band\n{SEQNUM},J\n")
    status = service.run(accepted)
    assert (status.images.retrieved, status.images.failed) == (0, 1)
    assert [reason.code for reason in status.reasons] == ["source_unsupported"]


def test_searches_have_the_archive_s_columns(made: ShippedSurvey) -> None:
    found = made.sia(*CENTER)
    assert sorted(found["sia_title"]) == ["2MASS Mosaic h01381", "2MASS Mosaic j01381"]
    own = found.colnames[found.colnames.index("sia_cd") + 1 :]
    assert own[:6] == ["sia_equinox", "sia_bp_id", "sia_bp_ref", "sia_bp_lo", "sia_bp_hi", "seqnum"]
    assert set(found["seqnum"]) == {SEQNUM}
    native = made.search("filter='j'")
    assert (native["naxis1"][0], native["crota2"][0]) == (PIXELS, 0.3)


def test_they_stand_beside_the_atlas_images(made: ShippedSurvey) -> None:
    assert default_survey().mission.name == made.survey.mission.name
    table = made.client().get("/sia2/query?COLLECTION=twomass_sixdeg&RESPONSEFORMAT=csv").body.decode()
    assert table.count("ivo://skybatch/2mass-sixdeg?twomass/mosaic/sixdeg/") == 2
