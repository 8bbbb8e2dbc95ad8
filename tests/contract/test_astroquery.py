"""astroquery's client of the archive, told another host."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from astropy.coordinates import SkyCoord
from astropy.io import votable

from local.stack import Stack

pytestmark = pytest.mark.e2e

STAR = SkyCoord(314.30417, 77.595559, unit="deg")


@pytest.fixture
def ibe(stack: Stack, tmp_path: Path) -> Any:
    from astroquery.ipac.irsa.ibe import IbeClass

    client = IbeClass()
    client.cache_location = tmp_path
    client.URL = f"{stack.url}/ibe/"
    client.MISSION, client.DATASET, client.TABLE = "twomass", "allsky", "allsky"
    return client


def test_listings(ibe: Any, stack: Stack) -> None:
    assert ibe.list_missions(cache=False) == ["twomass"]
    held = sorted(path.name for path in (stack.archive / "twomass").iterdir())
    assert sorted(ibe.list_datasets(cache=False)) == held
    assert ibe.list_tables(cache=False) == ["allsky"]


def test_columns(ibe: Any) -> None:
    columns = ibe.get_columns()
    assert list(columns["name"][:6]) == ["ordate", "hemisphere", "scanno", "coaddno", "filter", "fname"]
    assert dict(zip(columns["name"], columns["unit"], strict=True))["ra"] == "deg"


def test_a_region(ibe: Any) -> None:
    table = ibe.query_region(
        coordinate=STAR, width="0.1d", height="0.1d", columns=["fname", "filter", "magzp"]
    )
    assert table.colnames == ["fname", "filter", "magzp"]
    assert sorted(table["filter"]) == ["h", "j", "k"]


def test_a_condition_and_the_most_centred(ibe: Any) -> None:
    found = ibe.query_region(coordinate=STAR, where="filter = 'h' AND magzp BETWEEN 10 AND 30")
    assert list(found["filter"]) == ["h"]
    assert len(ibe.query_region(coordinate=STAR, most_centered=True)) == 3
    assert len(ibe.query_region(where=f"coadd_key = {found['coadd_key'][0]}")) == 3


def test_a_bad_condition_is_a_bad_request(ibe: Any) -> None:
    import requests

    with pytest.raises(requests.HTTPError, match="400"):
        ibe.query_region(where="system('ls')")


def test_a_region_by_sia(ibe: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from astroquery.utils import commons

    def parse(content: str) -> Any:
        """Like the client's own, which in 0.4.11 hands text to a reader of bytes and so fails."""
        return votable.parse(BytesIO(content.encode()), verify="ignore")

    monkeypatch.setattr(commons, "parse_votable", parse)
    table = ibe.query_region_sia(coordinate=STAR, width="0.01d", intersect="COVERS")
    assert len(table) > 0
    assert all("/ibe/data/twomass/allsky/allsky/" in url for url in table["sia_url"])
