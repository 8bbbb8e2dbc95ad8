"""The archive's image search tutorial, cell by cell, against us: only the base address is another.

The viewer's cell is left out; the plot is drawn off screen.
"""

from __future__ import annotations

import re
from typing import Any

import astropy.units as u
import matplotlib
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.table import Table
from astropy.wcs import WCS

from local.stack import Stack

matplotlib.use("Agg")
pytestmark = pytest.mark.e2e

RA, DEC = 314.30417, 77.595559


@pytest.fixture(scope="module")
def images(stack: Stack) -> Any:
    """Sections 2 and 3: the search, read by astropy from its address."""
    base = f"{stack.url}/ibe/sia/twomass/allsky/allsky"
    return Table.read(f"{base}?POS={RA},{DEC}&SIZE=0.01,0.01&RESPONSEFORMAT=CSV", format="ascii.csv")


@pytest.fixture(scope="module")
def hdulist(images: Any) -> Any:
    """Section 4: the first H-band image, opened by its address."""
    titles = images["sia_title"].astype(str)
    h_band = images[[bool(re.search(r"\bH[-\s]?Band\b", title, flags=re.IGNORECASE)) for title in titles]]
    assert len(h_band) == 1
    return fits.open(h_band[0]["sia_url"], cache=False)


def test_the_star_is_on_images_in_all_bands(images: Any) -> None:
    assert images.colnames[:4] == ["sia_title", "sia_url", "sia_naxes", "sia_fmt"]
    assert sorted(images["sia_bp_id"]) == ["H", "J", "K"]


def test_the_image_is_what_its_row_says(images: Any, hdulist: Any) -> None:
    hdulist.info()
    row = next(row for row in images if row["sia_bp_id"] == "H")
    header = hdulist[0].header
    assert (header["NAXIS1"], header["NAXIS2"]) == tuple(map(int, row["sia_naxis"].split()))
    assert header["CRVAL1"] == pytest.approx(row["sia_ra"], abs=1e-6)


def test_a_cutout_of_it_is_drawn(hdulist: Any) -> None:
    import matplotlib.pyplot as plt

    position = SkyCoord(ra=RA, dec=DEC, unit="deg")
    wcs = WCS(hdulist[0].header)
    cutout = Cutout2D(hdulist[0].data, position=position, size=1 * u.arcmin, wcs=wcs)
    plt.figure()
    plt.imshow(cutout.data, origin="lower")
    plt.colorbar()
    plt.close("all")
    assert cutout.data.shape == (60, 60)
    assert cutout.data.max() > 3 * abs(float(cutout.data.mean()))
