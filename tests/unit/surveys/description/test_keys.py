"""Keys by description: from identity to key and back; only what is written again the same is a key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.archive.generic.description import Facts, description
from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.keys import FieldValue, KeyLayout, StoredKey
from skybatch.surveys.description.reader import read_survey
from tests.support.survey.descriptions import plain_survey

TWOMASS = KeyLayout(packaged_survey())
RADIO = KeyLayout(plain_survey())
KEY = "twomass/full/full/001126n/s101/image/ji1010266.fits.gz"
FIELDS: dict[str, FieldValue] = {"date": "001126", "hem": "n", "scan": 101, "image": 266}


def test_a_key_says_its_image() -> None:
    expected = StoredKey("askyw", FIELDS, "j", "image", "fits.gz")
    assert TWOMASS.parse(KEY) == expected
    assert TWOMASS.parse(f"any/prefix/{KEY}") == expected
    assert TWOMASS.key(expected) == KEY


def test_each_product_has_its_endings() -> None:
    quicklook = TWOMASS.parse("twomass/full/full/001126n/s101/quicklook/ji1010266.fits.H")
    assert quicklook is not None
    assert quicklook.product == "quicklook"
    assert TWOMASS.parse("twomass/full/full/001126n/s101/image/ji1010266.fits.H") is None


@pytest.mark.parametrize(
    "key",
    [
        "twomass/full/full/001126n/s101/image/ji1020266.fits.gz",  # two scans
        "twomass/full/full/001126x/s101/image/ji1010266.fits.gz",
        "twomass/full/allsky/001126n/s101/image/ji1010266.fits.gz",
        "notwomass/full/full/001126n/s101/image/ji1010266.fits.gz",
        "twomass/full/full/001126n/s101/image/ji1010266",
        "twomass/full/full/٠٠١١٢٦n/s101/image/ji1010266.fits.gz",
        "",
    ],
)
def test_what_is_no_key_says_nothing(key: str) -> None:
    assert TWOMASS.parse(key) is None


def test_slices_must_be_those_of_the_field() -> None:
    right = RADIO.parse("radio/radio/images/10/10510+30456.fits")
    assert right == StoredKey("radio", {"field": "10510+30456"}, "l", "image", "fits")
    assert RADIO.parse("radio/radio/images/11/10510+30456.fits") is None


def test_keys_may_be_paths_whose_bands_headers_tell() -> None:
    facts = Facts("any", "any", {"r": "r", "g": "g"}, ["fits", "fits.gz", "FITS"])
    any_images = KeyLayout(read_survey(description(facts), "any.toml"))
    found = any_images.parse("a b/c.d/x.fits.gz")
    assert found == StoredKey("any", {"file": "a b/c.d/x"}, "", "image", "fits.gz")
    assert any_images.key(found) == "a b/c.d/x.fits.gz"
    assert any_images.parse("inventory/any/x.fits") is None
    assert any_images.parse("x.fit") is None


@given(
    st.sampled_from(["asky", "askyw", "sx", "sxw", "cal"]),
    st.from_regex(r"[0-9]{6}", fullmatch=True).filter(str.isascii),
    st.sampled_from("ns"),
    st.integers(0, 999),
    st.integers(0, 9999),
    st.sampled_from("jhk"),
    st.sampled_from(["fits.gz", "fits", "fit", "fit.gz", "fits.fz"]),
)
def test_keys_go_both_ways(
    dataset: str, date: str, hem: str, scan: int, image: int, band: str, form: str
) -> None:
    fields: dict[str, FieldValue] = {"date": date, "hem": hem, "scan": scan, "image": image}
    stored = StoredKey(dataset, fields, band, "image", form)
    assert TWOMASS.parse(TWOMASS.key(stored)) == stored
