"""pyvo finds, fetches and cuts by the protocols alone."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import numpy as np
import pytest
import pyvo
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from local.stack import Stack

pytestmark = pytest.mark.e2e

STAR = SkyCoord(314.30417, 77.595559, unit="deg")


def test_sia_of_the_archive(stack: Stack) -> None:
    found = pyvo.dal.SIAService(f"{stack.url}/ibe/sia/twomass/allsky/allsky?").search(pos=STAR, size=0.01)
    assert sorted(record.bandpass_id for record in found) == ["H", "J", "K"]
    record = next(record for record in found if record.bandpass_id == "K")
    assert record.format == "image/fits"
    with fits.open(record.acref, cache=False) as hdus:
        assert hdus[0].header["FILTER"].strip().lower() == "k"


def test_the_inventory_as_it_is_used_in_the_wild(stack: Stack) -> None:
    service = pyvo.dal.SIAService(f"{stack.url}/cgi-bin/2MASS/IM/nph-im_sia?type=at&ds=asky&")
    table = service.search(pos=STAR, size=0.1).to_table()
    chosen = table[(table["band"] == "K") & (table["format"] == "image/fits")]
    assert len(chosen) == 1
    for row in chosen:
        with fits.open(row["download"], cache=False) as hdus:
            assert hdus[0].data.shape == (1024, 512)
            assert WCS(hdus[0].header).pixel_to_world(255.5, 511.5).separation(STAR) < 0.2 * u.deg


def test_errors_of_sia_are_raised_with_their_reason(stack: Stack) -> None:
    for endpoint in ("/ibe/sia/twomass/allsky/allsky?", "/cgi-bin/2MASS/IM/nph-im_sia?"):
        with pytest.raises(pyvo.dal.DALQueryError, match=r"POS|location"):
            pyvo.dal.SIAService(stack.url + endpoint).create_query().execute()


@pytest.fixture(scope="module")
def observations(stack: Stack) -> Any:
    service = pyvo.dal.SIA2Service(f"{stack.url}/sia2")
    return service.search(pos=(STAR, 0.01 * u.deg), band=[(2.15e-6, 2.17e-6) * u.m])


def test_sia2_finds_one_band_in_obscore(observations: Any) -> None:
    table = observations.to_table()
    assert set(table["em_min"]) == {1.884e-06}
    assert set(table["dataproduct_type"]) == {"image"}
    asky = [row for row in observations if row["obs_collection"] == "twomass_allsky"]
    assert len(asky) == 1
    assert all(SkyCoord(row["s_ra"], row["s_dec"], unit="deg").separation(STAR).deg < 0.2 for row in asky)


def test_an_unknown_place_is_empty_and_a_bad_one_an_error(stack: Stack) -> None:
    service = pyvo.dal.SIA2Service(f"{stack.url}/sia2")
    assert len(service.search(pos=(SkyCoord(1, -88, unit="deg"), 0.01 * u.deg))) == 0
    with pytest.raises(pyvo.dal.DALQueryError, match="radius"):
        service.search(pos=(STAR, 80 * u.deg))


def test_capabilities_say_what_is_there(stack: Stack) -> None:
    service = pyvo.dal.SIA2Service(f"{stack.url}/sia2")
    assert service.query_ep == f"{stack.url}/sia2/query"


def test_soda_is_found_through_datalink_and_cuts(observations: Any) -> None:
    links = next(observations.iter_datalinks())
    assert {link.semantics for link in links} == {"#this", "#preview", "#cutout"}
    this = next(link for link in links if link.semantics == "#this")
    with fits.open(this.access_url, cache=False) as whole:
        parent = whole[0].data
    processor = links.get_first_proc()
    answer = processor.process(circle=(STAR.ra.deg, STAR.dec.deg, 0.005))
    cut = fits.open(BytesIO(answer.read()))[0]
    x, y = (int(v) for v in WCS(cut.header).world_to_pixel(STAR))
    assert 0 <= x < cut.data.shape[1]
    assert cut.data.shape[0] in (37, 38)  # 36 arcsec, and what of pixels they touch
    whole_x, whole_y = WCS(whole[0].header).world_to_pixel(STAR)
    own_x, own_y = WCS(cut.header).world_to_pixel(STAR)
    x0, y0 = round(float(whole_x - own_x)), round(float(whole_y - own_y))
    np.testing.assert_array_equal(cut.data, parent[y0 : y0 + cut.data.shape[0], x0 : x0 + cut.data.shape[1]])
    assert y <= cut.data.shape[0]


SIA1_ENDPOINTS = (
    "/ibe/sia/twomass/allsky/allsky?",
    "/cgi-bin/2MASS/IM/nph-im_sia?type=at&FORMAT=image/fits&",
)


@pytest.mark.parametrize("endpoint", SIA1_ENDPOINTS)
def test_records_of_sia1_have_date_instrument_and_size(stack: Stack, endpoint: str) -> None:
    record = pyvo.dal.SIAService(stack.url + endpoint).search(pos=STAR, size=0.001)[0]
    assert record.dateobs.to_value("iso", "date") == "2000-06-14"
    assert record.instr == "2MASS camera"
    with fits.open(record.acref, cache=False) as hdus:
        assert 0 < record.filesize < hdus[0].data.nbytes


@pytest.mark.parametrize("endpoint", SIA1_ENDPOINTS)
def test_datalink_and_soda_are_found_through_sia1(stack: Stack, endpoint: str) -> None:
    found = pyvo.dal.SIAService(stack.url + endpoint).search(pos=STAR, size=0.001)
    links = found[0].getdatalink()
    assert {link.semantics for link in links} == {"#this", "#preview", "#cutout"}
    cut = fits.open(BytesIO(found[0].processed(circle=(STAR.ra.deg, STAR.dec.deg, 0.005)).read()))[0]
    assert cut.data.shape[0] in (37, 38)


@pytest.mark.parametrize("base", ["/sia2", "/SIA"])
def test_sia2_is_found_by_its_capabilities(stack: Stack, base: str) -> None:
    service = pyvo.dal.SIA2Service(stack.url + base)
    assert len(service.search(pos=(STAR, 0.01 * u.deg), collection="twomass_allsky")) == 3


def test_resolving_powers_are_compared(stack: Stack) -> None:
    service = pyvo.dal.SIA2Service(f"{stack.url}/SIA")
    near = {"pos": (STAR, 0.01 * u.deg), "collection": "twomass_allsky"}
    assert [
        row["energy_bandpassname"] for row in service.search(**near, spectral_resolving_power=(3.6, 3.7))
    ] == ["J"]
