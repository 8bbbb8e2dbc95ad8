"""The archive's tutorial on a service of 2MASS and AllWISE: as it stands, and with names substituted."""

from __future__ import annotations

import re
from typing import Any

import astropy.units as u
import httpx
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.table import Table
from astropy.wcs import WCS

from local.stack import Stack
from tests.support.batches.stacks import StartStack

pytestmark = pytest.mark.e2e

RA, DEC = 314.30417, 77.595559
# Mission, data set and table; what titles are searched for; bands; pixels of a cutout of an arcminute.
TUTORIALS = {
    "2mass": ("twomass/allsky/allsky", r"\bH[-\s]?Band\b", ["H", "J", "K"], 60),
    "allwise": ("wise/allwise/p3am_cdd", r"\bW1 Coadd\b", ["W1", "W2", "W3", "W4"], 44),
}


@pytest.fixture(scope="module")
def both(start_stack: StartStack) -> Stack:
    return start_stack(surveys=("2mass", "allwise"), few=True)


@pytest.mark.parametrize("survey", TUTORIALS)
def test_the_tutorials_cells(both: Stack, survey: str) -> None:
    path, wanted, bands, pixels = TUTORIALS[survey]
    url = f"{both.url}/ibe/sia/{path}?POS={RA},{DEC}&SIZE=0.01,0.01&RESPONSEFORMAT=CSV"
    images: Any = Table.read(url, format="ascii.csv")
    assert sorted(set(images["sia_bp_id"])) == bands
    titles = images["sia_title"].astype(str)
    chosen = images[[bool(re.search(wanted, title, flags=re.IGNORECASE)) for title in titles]]
    with fits.open(chosen[0]["sia_url"], cache=False) as hdulist:
        hdulist.info()
        wcs, position = WCS(hdulist[0].header), SkyCoord(ra=RA, dec=DEC, unit="deg")
        cutout = Cutout2D(hdulist[0].data, position=position, size=1 * u.arcmin, wcs=wcs)
    assert cutout.data.shape == (pixels, pixels)
    assert cutout.data.max() > 3 * abs(float(cutout.data.mean()))


@pytest.mark.parametrize("survey", ["2mass-asky", "allwise"])
def test_the_coverage_of_each_survey_is_served(both: Stack, survey: str) -> None:
    from mocpy import MOC

    listed = {each["id"]: each for each in httpx.get(f"{both.url}/surveys").json()["surveys"]}
    answer = httpx.get(listed[survey]["coverage"]["json"], follow_redirects=True)
    assert answer.headers["content-type"] == "application/json"
    moc = MOC.from_json(answer.json())
    assert moc.contains_skycoords(SkyCoord(RA, DEC, unit="deg"))
    drawing = httpx.get(listed[survey]["coverage"]["svg"], follow_redirects=True)
    assert drawing.headers["content-type"].startswith("image/svg+xml")


def test_one_query_of_sia2_finds_images_of_both(both: Stack) -> None:
    query = {"POS": f"CIRCLE {RA} {DEC} 0.001", "RESPONSEFORMAT": "csv"}
    found = Table.read(httpx.get(f"{both.url}/sia2/query", params=query).text, format="ascii.csv")
    assert set(found["obs_collection"]) == {"twomass_allsky", "wise_allwise"}
    assert set(found["survey"]) == {"2mass-asky", "allwise"}
