"""Programs that take ``nph-im_sia`` apart as text, or build addresses from its rows: HostPhot and its kin.

Their calls in our own words. They name their archive's host in a pattern; ours stands in its place.
"""

from __future__ import annotations

import gzip
import io
import re
import urllib.request
from typing import Any
from urllib.parse import urlencode

import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.io.votable import parse_single_table
from astropy.nddata import Cutout2D
from astropy.wcs import WCS

from local.stack import Stack
from tests.contract.addresses import DEC, INVENTORY, RA

pytestmark = pytest.mark.e2e

STAR = SkyCoord(RA, DEC, unit="deg")


def text_of(stack: Stack, **parameters: object) -> str:
    """What they get, with the host that they look for."""
    query = urlencode({"POS": f"{RA},{DEC}", "SIZE": 0.01, **parameters})
    with urllib.request.urlopen(f"{stack.url}{INVENTORY}?{query}") as answer:
        return str(answer.read().decode("utf-8"))


def opened(url: str) -> Any:
    return fits.open(url, cache=False)


@pytest.mark.parametrize("band", ["J", "H", "K"])
@pytest.mark.parametrize("more", [{}, {"FORMAT": "image/fits"}], ids=["both types", "images alone"])
def test_pieces_after_cdata_are_images_of_the_band(stack: Stack, band: str, more: dict[str, str]) -> None:
    for piece in text_of(stack, **more).split("<TD><![CDATA["):
        url = piece.split("]]>")[0]
        if re.match(rf"{re.escape(stack.url)}.*{band.lower()}i.*fits", url):
            with opened(url) as hdus:
                assert STAR.contained_by(WCS(hdus[0].header))
                cut = Cutout2D(hdus[0].data, STAR, 60, wcs=WCS(hdus[0].header))
            assert cut.data.shape == (60, 60)
            return
    pytest.fail("no image of the band was found")


def test_words_that_end_in_fits_are_addresses(stack: Stack) -> None:
    text = text_of(stack, band="A", ds="asky", INTERSECT="CENTER")
    urls = [f"{url}.fits" for url in re.findall(r"(https?://\S+)\.fits", text)]
    assert len(urls) == len(set(urls)) > 2
    for url in urls:
        with urllib.request.urlopen(url) as answer:
            assert gzip.decompress(answer.read()).startswith(b"SIMPLE  =")


def test_the_file_name_of_a_row_leads_to_a_cutout(stack: Stack) -> None:
    document = io.BytesIO(text_of(stack, FORMAT="image/fits", type="at").encode())
    for row in parse_single_table(document, verify="ignore").array:
        name = str(row["download"]).split("=")[-1]
        folder = f"{row['date']}{row['hem']}/s{int(row['scan']):03d}/image"
        base = f"{stack.url}/ibe/data/twomass/allsky/allsky/{folder}/{name}.gz"
        with opened(f"{base}?center={RA},{DEC}&size=0.01degree&gzip=0") as hdus:
            assert min(hdus[0].data.shape) >= 30
