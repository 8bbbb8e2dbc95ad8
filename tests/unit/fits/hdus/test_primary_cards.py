"""The header of an extension's image as that of a file of its own."""

from __future__ import annotations

import pytest

from skybatch.errors import SourceDamaged
from skybatch.fits.hdus.card_list import CardList
from skybatch.fits.hdus.primary_cards import primary_cards


def cards(*lines: str) -> CardList:
    return CardList("".join(line.ljust(80) for line in lines).encode())


def keywords(merged: bytes) -> list[str]:
    return [merged[at : at + 8].decode().strip() for at in range(0, len(merged), 80)]


IMAGE = ("XTENSION= 'IMAGE   '", "BITPIX  = 16", "NAXIS   = 2", "NAXIS1  = 30", "NAXIS2  = 40")
END = ("PCOUNT  = 0", "GCOUNT  = 1")
PRIMARY = cards(
    "SIMPLE  = T", "BITPIX  = 8", "NAXIS   = 0", "EXTEND  = T", "NEXTEND = 60", "FILTER  = 'r'",
    "OBJECT  = 'a&'", "CONTINUE  'b'", "COMMENT of the file", "HISTORY of the file", "BZERO   = 5",
    "CRVAL1  = 1.0", "PV1_0   = 9.0", "RADESYS = 'FK5'", "EQUINOX = 2000.0", "CHECKSUM= 'x'",
)  # fmt: skip
FIRST = ["SIMPLE", "BITPIX", "NAXIS", "NAXIS1", "NAXIS2"]


def test_a_primary_image_of_two_axes_stays_as_it_is() -> None:
    image = cards("SIMPLE  = T / as it was", *IMAGE[1:], "EXTEND  = T", "COMMENT x")
    assert primary_cards(image, None) == image.cards


def test_an_extension_without_inherit_has_its_own_cards() -> None:
    image = cards(*IMAGE, *END, "EXTNAME = 'SCI'", "BSCALE  = 2.0", "HISTORY own")
    merged = primary_cards(image, PRIMARY)
    assert keywords(merged) == [*FIRST, "EXTNAME", "BSCALE", "HISTORY"]
    assert merged.startswith(b"SIMPLE  =                    T")


def test_cards_of_the_primary_header_stand_before_those_of_an_extension_that_inherits() -> None:
    image = cards(*IMAGE, *END, "INHERIT = T", "OBJECT  = 'own'", "BUNIT   = 'adu'")
    merged = primary_cards(image, PRIMARY)
    assert keywords(merged) == [*FIRST, "FILTER", "CRVAL1", "PV1_0", "RADESYS", "EQUINOX", "OBJECT", "BUNIT"]
    assert b"'own'" in merged
    assert b"'a&'" not in merged


def test_long_texts_are_inherited_whole() -> None:
    merged = primary_cards(cards(*IMAGE, "INHERIT = T"), PRIMARY)
    assert b"CONTINUE  'b'" in merged


def test_coordinates_are_inherited_as_a_whole_or_not_at_all() -> None:
    image = cards(*IMAGE, "INHERIT = T", "CTYPE1  = 'RA---TAN'", "CRVAL2  = 4.0")
    assert keywords(primary_cards(image, PRIMARY))[5:] == [
        "FILTER", "OBJECT", "CONTINUE", "RADESYS", "EQUINOX", "CTYPE1", "CRVAL2",
    ]  # fmt: skip
    framed = cards(*IMAGE, "INHERIT = T", "CTYPE1  = 'RA---TAN'", "EQUINOX = 1950.0")
    assert keywords(primary_cards(framed, PRIMARY))[5:] == [
        "FILTER",
        "OBJECT",
        "CONTINUE",
        "CTYPE1",
        "EQUINOX",
    ]


def test_the_frame_is_the_primary_headers_where_an_extension_says_nothing_of_either() -> None:
    image = cards(*IMAGE, "CTYPE1  = 'RA---ZPN'")
    assert keywords(primary_cards(image, PRIMARY))[5:] == ["RADESYS", "EQUINOX", "CTYPE1"]
    for own in ("INHERIT = F", "RADESYS = 'ICRS'"):
        image = cards(*IMAGE, "CTYPE1  = 'RA---ZPN'", own)
        assert "EQUINOX" not in keywords(primary_cards(image, PRIMARY))


def test_axes_of_one_pixel_are_dropped() -> None:
    cube = cards("SIMPLE  = T", "BITPIX  = -32", "NAXIS   = 4", "NAXIS1  = 9", "NAXIS2  = 8", "NAXIS3  = 1",
                 "NAXIS4  = 1", "EXTEND  = T", "CTYPE3  = 'FREQ'")  # fmt: skip
    merged = primary_cards(cube, None)
    assert keywords(merged) == [*FIRST, "EXTEND", "CTYPE3"]
    assert CardList(merged).sides == (9, 8)


def test_an_image_without_its_mandatory_cards_is_damaged() -> None:
    with pytest.raises(SourceDamaged, match="no BITPIX"):
        primary_cards(cards(*(line for line in IMAGE if "BITPIX" not in line)), PRIMARY)
