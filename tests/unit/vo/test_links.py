"""Addresses of images name what they lead to."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from skybatch.inventory.inventory import Inventory
from skybatch.surveys.image_id import ScanImageId
from skybatch.vo.links import fits_url, image_url, page_url
from skybatch.vo.search_images import ATLAS, QUICKLOOK, find_images


@pytest.mark.parametrize(("kind", "image_type", "suffix"), [(ATLAS, None, ""), (QUICKLOOK, ["ql"], "_ql")])
def test_the_parts_of_an_image_are_parameters(
    small_inventory: Inventory, kind: str, image_type: list[str] | None, suffix: str
) -> None:
    found = find_images(small_inventory, np.array([7]), 3, bands=("h",), kinds=(kind,))
    image, details = found.image_id(0), found.details
    assert isinstance(image, ScanImageId)
    url = fits_url("https://x", found, 0)
    file = parse_qs(urlsplit(url).query, keep_blank_values=True)
    assert file["dh"] == [f"{image.date}{image.hem}"]
    assert (file["ds"], file["name"]) == (["asky"], [f"{image.stem}{suffix}.fits"])
    assert url.split("=")[-1] == file["name"][0]
    assert file["scan"] == [f"{image.scan:03d}"]
    assert file.get("type") == image_type
    page = parse_qs(urlsplit(page_url("https://x", found, 0)).query)
    assert (page["key"], page["band"]) == ([str(details.coadd_key[0])], ["H"])
    assert page.get("type") == image_type


def test_a_key_is_the_path_below_the_data() -> None:
    assert image_url("https://x", "twomass/a/b.fits") == "https://x/ibe/data/twomass/a/b.fits"
