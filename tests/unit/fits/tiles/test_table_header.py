"""Headers of compressed images: the image's cards come back as cfitsio and astropy give them."""

from __future__ import annotations

import io

import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.header import read_cards
from skybatch.fits.readers import FITS_MAGIC, PlainReader
from skybatch.fits.tiles.table_header import Values, check_compression, image_header, table_values
from tests.support.images import fits_oracle
from tests.support.images.fits_files import make_image
from tests.support.images.tiled_images import IMAGE, TILED

GOOD: Values = {"ZIMAGE": True, "ZCMPTYPE": "GZIP_2", "ZBITPIX": -32, "ZNAXIS": 2}


def table_cards(stored: bytes) -> bytes:
    reader = PlainReader(stored)
    read_cards(reader, FITS_MAGIC)
    return read_cards(reader, b"XTENSION")


def astropys(image: bytes) -> bytes:
    """The table's cards as astropy writes them, lossless."""
    stored = io.BytesIO()
    hdu = fits_oracle.opened(image)
    settings = {"compression_type": "GZIP_2", "quantize_level": 0}
    fits.HDUList([fits.PrimaryHDU(), fits.CompImageHDU(hdu.data, hdu.header, **settings)]).writeto(stored)
    return table_cards(stored.getvalue())


def test_every_card_of_our_own_files_comes_back() -> None:
    assert image_header(table_cards(TILED.content)).cards == b"".join(fits_oracle.cards(IMAGE))


def test_of_astropys_files_the_image_has_the_cards_that_it_had() -> None:
    image = make_image(nx=60, ny=50, cards={"EXTEND": None})
    header = image_header(astropys(image))
    expected = fits_oracle.opened(image).header
    assert {keyword: header.get(keyword) for keyword in set(expected) - {"COMMENT"}} == {
        keyword: expected[keyword] for keyword in set(expected) - {"COMMENT"}
    }
    assert b"COMPRESSED_IMAGE" not in header.cards


def test_the_tables_own_values_are_those_astropy_reads() -> None:
    cards = table_cards(TILED.content)
    expected = fits.Header.fromstring(cards)
    values = table_values(cards)
    assert {"ZTILE1", "ZCMPTYPE", "TFORM1", "PCOUNT"} <= set(values)
    assert values == {keyword: expected[keyword] for keyword in values}
    assert "CRVAL1" not in values


@pytest.mark.parametrize("keyword", [b"ZBITPIX ", b"ZNAXIS  ", b"ZNAXIS1 ", b"ZNAXIS2 "])
def test_a_mandatory_card_that_is_absent_is_damage(keyword: bytes) -> None:
    with pytest.raises(SourceDamaged):
        image_header(table_cards(TILED.content).replace(keyword, b"ABSENT  "))


def test_simple_is_true_where_it_is_not_said() -> None:
    cards = table_cards(TILED.content)
    unsaid = cards.replace(b"ZSIMPLE ", b"HISTORY ")
    assert image_header(unsaid).get("SIMPLE") is True


def test_the_compression_asked_for_passes() -> None:
    check_compression(dict(GOOD), "GZIP_2", -32)


@pytest.mark.parametrize(
    "change",
    [
        {"ZIMAGE": None},
        {"ZCMPTYPE": "RICE_1"},
        {"ZBITPIX": 32},
        {"ZNAXIS": 3},
        {"ZSCALE": 1.5},
        {"TTYPE2": "ZSCALE"},
    ],
)
def test_other_compressions_are_unsupported(change: Values) -> None:
    with pytest.raises(SourceUnsupported):
        check_compression({**GOOD, **change}, "GZIP_2", -32)
