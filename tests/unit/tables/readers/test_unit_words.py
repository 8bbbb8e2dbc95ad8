"""Units and types are told from other words, and column names give up their units and equinoxes."""

from __future__ import annotations

import pytest
from astropy import units

from skybatch.tables.readers.model import Column
from skybatch.tables.readers.unit_words import is_type, is_unit, named_column


@pytest.mark.parametrize(
    "unit", ["deg", "rad", "hourangle", "arcsec", "mas / yr", "km / s", "mag", "Jy", "erg / (s cm2)"]
)
@pytest.mark.parametrize("form", ["generic", "vounit", "fits", "cds"])
def test_what_astropy_writes_as_a_unit_is_one(unit: str, form: str) -> None:
    try:
        text = units.Unit(unit).to_string(form)
    except ValueError:
        pytest.skip(f"{form} has no {unit}")
    assert is_unit(text)


@pytest.mark.parametrize(
    "text", ['"h:m:s"', "°", "10-3mJy", "mW.m-2", "[Sun]", "log(cm.s**-2)", "10**-17 erg/s", "DEG"]
)
def test_units_of_other_writers_are_known(text: str) -> None:
    assert is_unit(text)


@pytest.mark.parametrize(
    "text",
    ["M 31", "3C 273", "m 5", "NGC 1", "J2000", "ra", "id", "12", "--", "null", "none", "", "x" * 100_000],
)
def test_names_numbers_and_nulls_are_no_units(text: str) -> None:
    assert not is_unit(text)


def test_types_are_known_with_their_lengths() -> None:
    assert all(map(is_type, ["char", "VARCHAR(20)", "double", "numeric(9,6)", "F8", "int"]))
    assert not any(map(is_type, ["M31", "char(", "(9)", "null", "1.5", ""]))


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("RA (deg)", Column("RA", unit="deg")),
        ("ra [h]", Column("ra", unit="h")),
        ("ra_[deg]", Column("ra", unit="deg")),
        ('"DEC"', Column("DEC")),
        ("RA (J2000)", Column("RA", equinox="J2000")),
        ("RA(B1950)", Column("RA", equinox="B1950")),
        ("RA (ICRS)", Column("RA", system="ICRS")),
        ("coord1 (ICRS,J2000/2000)", Column("coord1", system="ICRS")),
        ("flux (total)", Column("flux (total)")),
        ("(deg)", Column("(deg)")),
        ("", Column("")),
    ],
)
def test_a_name_gives_up_its_unit_or_equinox(text: str, column: Column) -> None:
    assert named_column(text) == column


def test_what_the_file_says_elsewhere_is_kept() -> None:
    assert named_column("ra (deg)", ucd="pos.eq.ra") == Column("ra", "deg", "pos.eq.ra")
