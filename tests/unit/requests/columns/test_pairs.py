"""Pairs of columns that give positions, the one to prefer first."""

from __future__ import annotations

import pytest

from skybatch.requests.columns.pairs import coordinate_like, position_columns, stated_unit
from skybatch.requests.columns.spellings import EQUATORIAL_PAIRS, OTHER_FRAMES
from skybatch.tables.readers.model import Column
from tests.support.tables.uploaded_tables import header


@pytest.mark.parametrize("names", [*EQUATORIAL_PAIRS, *(pair for pair, _ in OTHER_FRAMES)])
def test_every_usual_pair_is_found_in_any_order_and_case(names: tuple[str, str]) -> None:
    for first, second in (names, (names[0].upper(), names[1].upper())):
        (pair,) = position_columns(header("x", second, first))
        assert pair.indices == (2, 1)


def test_a_pair_may_differ_by_right_ascension_and_declination_alone() -> None:
    for first, second in (("RA_PNT", "DEC_PNT"), ("objra", "objdec"), ("src_alpha_x", "src_delta_x")):
        assert position_columns(header(first, second))[0].indices == (0, 1)


def test_the_only_two_are_a_pair_and_more_are_none() -> None:
    assert position_columns(header("n", "RA", "DEC_J"))[0].indices == (1, 2)
    assert position_columns(header("ra_a", "ra_b", "dec_c")) == []


def test_ucds_of_the_main_position_come_before_names() -> None:
    main = (Column("x", ucd="pos.eq.ra;meta.main"), Column("y", ucd="pos.eq.dec;meta.main"))
    found = position_columns(header("RAJ2000", "DEJ2000", *main))
    assert [pair.indices for pair in found] == [(2, 3), (0, 1)]
    assert position_columns(header("ra", "dec", *main))[0].indices == (0, 1)


def test_a_column_with_a_unit_that_is_no_angle_is_no_position() -> None:
    assert position_columns(header(Column("vra", unit="km/s"), Column("vdec", unit="km/s"))) == []
    assert stated_unit(Column("ra", unit="-")) is None
    assert stated_unit(Column("ra (pc)")) == "pc"


def test_one_angle_may_stand_in_several_columns() -> None:
    (pair,) = position_columns(header("RAh", "RAm", "RAs", "DE-", "DEd", "DEm", "DEs"))
    assert (pair.longitude, pair.latitude) == ((0, 1, 2), (3, 4, 5, 6))


def test_columns_that_look_like_coordinates_are_found_where_they_are_not_used() -> None:
    columns = header("ra", "dec", "l", "b", "X_WORLD", "e_ra", "lon", "gmag", Column("q", ucd="pos.eq.ra"))
    assert coordinate_like(columns, (0, 1)) == [2, 3, 4, 6, 8]
