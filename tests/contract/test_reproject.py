"""Fields fetched through the image inventory are mosaicked by reproject."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import pyvo
from astropy.coordinates import SkyCoord
from astropy.io import fits

from local.stack import Stack

pytestmark = pytest.mark.e2e
FIELD = SkyCoord(65.497627, 19.535070, unit="deg")


def test_a_mosaic_of_what_covers_a_field(stack: Stack) -> None:
    from reproject import reproject_interp
    from reproject.mosaicking import find_optimal_celestial_wcs, reproject_and_coadd

    service = pyvo.dal.SIAService(f"{stack.url}/cgi-bin/2MASS/IM/nph-im_sia?type=at&ds=asky&band=J&")
    table = service.search(pos=FIELD, size=0.05, format="image/fits").to_table()
    assert len(table) >= 2
    hdus = [fits.open(row["download"], cache=False)[0] for row in table]
    wcs, shape = find_optimal_celestial_wcs(hdus, resolution=8 * 0.000277778 * _degrees())
    mosaic, footprint = reproject_and_coadd(
        hdus, wcs, shape_out=shape, reproject_function=reproject_interp, match_background=True
    )
    x, y = (round(float(v)) for v in wcs.world_to_pixel(FIELD))
    assert footprint[y, x] > 0
    assert np.isfinite(mosaic[footprint > 0]).all()


def _degrees() -> Any:
    from astropy import units

    return units.deg
