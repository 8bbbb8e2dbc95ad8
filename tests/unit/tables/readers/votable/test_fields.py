"""Columns of a VOTable refer to the coordinate systems of their document."""

from __future__ import annotations

import pytest

from skybatch.tables.readers.model import Column
from tests.support.tables.table_reading import table_of

RA, DEC = (f'<FIELD ID="{name}" name="{name}" datatype="double"{{}}/>' for name in ("ra", "dec"))
FK4 = '<COOSYS ID="a" system="eq_FK4" equinox="B1950" epoch="J2015.5"/>'
ICRS = '<COOSYS ID="b" system="ICRS"/>'


def columns(head: str, reference: str = "", inside: str = "") -> tuple[Column, ...]:
    fields = RA.format(reference) + DEC.format(reference)
    row = "<DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD></TR></TABLEDATA></DATA>"
    table = f"<TABLE>{inside}{fields}{row}</TABLE>"
    return table_of(f"<VOTABLE><RESOURCE>{head}{table}</RESOURCE></VOTABLE>").header.columns


def test_attributes_are_those_of_the_element() -> None:
    (column, _) = columns("", ' unit="rad" ucd="pos.eq.ra"')
    assert column == Column("ra", "rad", "pos.eq.ra", "double")


@pytest.mark.parametrize(
    ("head", "reference", "system"),
    [
        (FK4, "", "eq_FK4"),
        (FK4 + FK4, "", "eq_FK4"),
        (FK4 + ICRS, "", None),
        (FK4 + ICRS, ' ref="a"', "eq_FK4"),
        (FK4 + ICRS, ' ref="b"', "ICRS"),
        (FK4 + ICRS, ' ref="nowhere"', None),
        ("", "", None),
    ],
)
def test_a_column_has_the_system_it_refers_to_or_the_only_one(
    head: str, reference: str, system: str | None
) -> None:
    assert [column.system for column in columns(head, reference)] == [system, system]


def test_an_epoch_is_no_equinox() -> None:
    assert columns(FK4)[0].equinox == "B1950"
    assert columns(ICRS.replace("/>", ' epoch="2015.5"/>'))[0].equinox is None


def test_a_group_refers_its_columns_to_a_system() -> None:
    group = '<GROUP ref="a"><FIELDref ref="ra"/></GROUP>'
    assert [column.system for column in columns(FK4 + ICRS, inside=group)] == ["eq_FK4", None]


def test_a_group_of_stc_names_the_system() -> None:
    group = (
        '<GROUP utype="stc:CatalogEntryLocation">'
        '<PARAM name="CoordFrame" utype="stc:AstroCoordSystem.SpaceFrame.CoordRefFrame" value="FK4"/>'
        '<PARAM name="Equinox" utype="stc:AstroCoordSystem.SpaceFrame.CoordRefFrame.Equinox" value="B1950"/>'
        '<FIELDref ref="ra"/><FIELDref ref="dec"/></GROUP>'
    )
    assert [(column.system, column.equinox) for column in columns("", inside=group)] == [("FK4", "B1950")] * 2
