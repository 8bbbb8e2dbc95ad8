"""Centres and cells: what is a coordinate, what is a name, and characters that neither has."""

from __future__ import annotations

import pytest

from skybatch.requests.position_text import parse_position_or_name
from skybatch.sky.coordinates import Location
from skybatch.sky.frames import to_icrs
from skybatch.validation import InvalidValue
from tests.support.tables.table_cases import M, T, assert_at, points, read, refused

NAMES = [
    *("1H 0323+342", "1H 0707-495", "1H 0053+604", "1H 0030+045", "1H0323+342", "2A 0311-227", "4U 1700-37"),
    *("1E 0657-56", "H 0323+342", "3A 1239-599", "2S 0142+61", "7C 1415+25", "2E 0054.4-7237", "1M 0003-55"),
    *("1RXS J012345.6+123456", "5C 3.175", "1H1720-02", "NGC 2000", "HD 1950", "HD 209458", "Alpha Cen"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_that_begin_like_coordinates_are_names(name: str) -> None:
    assert points(read(f"name\n{name}\n").rows) == [name]
    assert points(read(f'objname\tid\n"{name}"\t7\n').rows) == [name]


CENTRES = [
    *("314.58363588, 31.97305857, gal", "204.2538, -29.8654, J2000", "204.2538 -29.8654 2000"),
    *("[204.2538, -29.8654]", "(204.2538, -29.8654)", "{204.2538 -29.8654}", "<204.2538, -29.8654>"),
    *("RA=204.2538 Dec=-29.8654", "RA: 13:37:00.912 DEC: -29:51:55.44", "ra 204.2538 dec -29.8654"),
    *("RA, Dec = 204.2538, -29.8654", "(RA, Dec) = (204.2538, -29.8654)", "RA/Dec: 204.2538 -29.8654"),
    *("R.A. 13:37:00.912 Decl. -29:51:55.44", "α=13h37m00.912s δ=−29°51′55.44″", "204.2538;-29.8654"),
    *("204.2538 -29.8654 (J2000)", "204.2538, -29.8654, equinox 2000", "204.2538 -29.8654 equinox=J2000"),
    *("204,2538 -29,8654", "204.2538/-29.8654", '"204.2538 -29.8654"', "coordinates: 204.2538 -29.8654"),
    *("l=314.58363588 b=31.97305857", "glon = 314.58363588, glat = 31.97305857", "-155.7462 -29.8654"),
    *("-10:22:59.088 -29:51:55.44", "-10h22m59.088s -29d51m55.44s", "J133700.912-295155.44"),
]


@pytest.mark.parametrize("text", CENTRES)
def test_commas_brackets_labels_and_years_are_coordinates(text: str) -> None:
    place = parse_position_or_name(text)
    assert isinstance(place, Location)
    (sky,) = to_icrs([place])
    assert sky is not None
    assert (sky.ra, sky.dec) == pytest.approx(M, abs=2e-5)


@pytest.mark.parametrize(
    ("ra", "turned"),
    [("-155.7462", 204.2538), ("-359.5", 0.5), ("360", 0.0), ("-0.5", 359.5), ("359.5", 359.5)],
)
def test_right_ascensions_reach_one_turn_either_way(ra: str, turned: float) -> None:
    assert_at(f"ra,dec\n{ra},-29.8654\n", (turned, -29.8654))
    assert_at(f"name\n{ra} -29.8654\n", (turned, -29.8654))
    (row,) = read(f"coadd_key,req_ra,req_dec,size\n5,{ra},-29.8654,9\n", "coadd_keys").rows
    assert row.position is not None
    assert row.position.ra == pytest.approx(turned)


@pytest.mark.parametrize("ra", ["-360", "360.5", "-1000", "1e9", "25:00:00", "-24:00:00"])
def test_right_ascensions_beyond_are_refused_by_name(ra: str) -> None:
    (error,) = refused(f"ra,dec\n{ra},-29.8654\n")
    assert (error.column, error.value) == ("ra", ra)


@pytest.mark.parametrize("minus", ["-", *"−–—‐‑‒⁻﹣－"])
def test_every_minus_is_one(minus: str) -> None:
    assert_at(f"ra,dec\n204.2538,{minus}29.8654\n", M)
    assert_at(f"name\n204.2538 {minus}29.8654\n", M)
    assert points(read(f"name\n2MASS J13370091{minus}2951567\n").rows) == ["2MASS J13370091-2951567"]


@pytest.mark.parametrize(
    "text", ["13ʰ37ᵐ00.912ˢ,-29°51′55.44″", "13ʰ37ᵐ00ˢ.912,−29º51’55.44”", "13h37m00.912s,-29d51'55.44''"]
)
def test_raised_and_typographic_marks_are_read(text: str) -> None:
    assert_at(f"ra;dec\n{text.replace(',', ';')}\n", M)


@pytest.mark.parametrize(
    ("character", "code"), [("⸺", "U+2E3A"), ("\u202d", "U+202D"), ("٢", "U+0662"), ("≈", "U+2248")]
)
def test_another_character_is_named_with_its_code_point(character: str, code: str) -> None:
    (error,) = refused(f"ra,dec\n204.2538,{character}29.8654\n")
    assert (error.column, code in error.rule) == ("dec", True)
    with pytest.raises(InvalidValue, match=rf"U\+{code[2:]}"):
        parse_position_or_name(f"204.2538 {character}29.8654")


def test_bare_designations_are_positions_and_whole_ones_names() -> None:
    assert_at("name\n04215943+1932062\nJ04215943+1932062\n", T, T)
    assert points(read("name\n2MASS J04215943+1932062\n").rows) == ["2MASS J04215943+1932062"]
