"""The synthetic archive holds its images under the archive's keys, and its inventory lists them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from local.synthetic.archive import Written, identity, inventory_of
from local.synthetic.pixels import Exposure
from local.synthetic.scans import image_sets
from skybatch.surveys.image_id import atlas_key, parse_key
from skybatch.surveys.twomass.bands import BANDS

SETS = [images for images in image_sets(few=True) if images.scan.dataset == "asky"]


def test_every_image_has_a_key_of_its_own() -> None:
    exposures = [Exposure(images, band) for images in image_sets(few=False) for band in BANDS]
    keys = {atlas_key(identity(exposure)) for exposure in exposures}
    assert len(keys) == len(exposures)
    assert {parse_key(key)[0] for key in keys} == {identity(exposure) for exposure in exposures}


def test_the_inventory_lists_geometry_and_sizes() -> None:
    sizes = {
        Exposure(images, band): Written(1000 + number, 10 + number)
        for number, images in enumerate(SETS)
        for band in BANDS
    }
    columns = inventory_of(SETS, sizes)
    for number, images in enumerate(SETS):
        exposure = Exposure(images, "k")
        assert columns.image_id(number, "k") == identity(exposure)
        assert (columns.crval1[number], columns.crval2[number]) == (images.crval1, images.crval2)
        assert columns.bytes["k"][number] == 1000 + number
        assert columns.quicklook_bytes["k"][number] == 10 + number
        assert columns.magzp["k"][number] == pytest.approx(exposure.magzp)
    assert replace(identity(Exposure(SETS[0], "j")), band="k") == identity(Exposure(SETS[0], "k"))
