"""Frames and units that files say for their columns; what names none is refused by name."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.requests.columns.frames import frame_of_file, is_system, row_frame, units_of
from skybatch.requests.columns.pairs import position_columns
from skybatch.sky.coordinates import ICRS, Frame
from skybatch.tables.readers.model import Column, Header
from tests.support.tables.uploaded_tables import header


def frame(columns: Header) -> Frame:
    return frame_of_file(columns, position_columns(columns)[0])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (header("ra", "dec"), ICRS),
        (header("ra", "dec", keywords={"equinox": "B1950"}), Frame("fk4", "B1950.0")),
        (header("ra", "dec", keywords={"radesys": "FK5", "equinox": "2000.0"}), Frame("fk5", "J2000.0")),
        (header("ra", "dec", keywords={"coosys": "eq_FK4 B1950"}), Frame("fk4", "B1950.0")),
        (header("raj2000", "dej2000", keywords={"equinox": "B1950"}), ICRS),
        (header("rab1950", "deb1950"), Frame("fk4", "B1950.0")),
        (header("glon", "glat", keywords={"equinox": "J2000"}), Frame("galactic")),
        (header(Column("ra", system="ICRS"), "dec", keywords={"equinox": "B1950"}), ICRS),
        (header(Column("ra", system="eq_FK5", equinox="J2000"), "dec"), Frame("fk5", "J2000.0")),
    ],
)
def test_a_frame_is_what_the_names_the_column_or_the_table_say(columns: Header, expected: Frame) -> None:
    assert frame(columns) == expected


def test_words_that_name_no_frame_are_refused_by_name() -> None:
    with pytest.raises(InvalidRequest, match="geo_app"):
        frame(header(Column("ra", system="geo_app"), "dec"))
    assert (is_system("eq_FK4"), is_system("martian")) == (True, False)
    assert row_frame("gal", None) == Frame("galactic")


def test_units_are_those_of_the_columns() -> None:
    columns = header(Column("ra", unit="h"), Column("dec", unit="deg"))
    hours, degrees = units_of(columns, position_columns(columns)[0])
    assert hours is not None
    assert degrees is not None
    assert (hours.degrees, degrees.degrees) == (15.0, 1.0)
    unknown = header(Column("ra", unit="pix"), Column("dec", unit="pix"))
    with pytest.raises(InvalidRequest, match="pix"):
        units_of(unknown, position_columns(unknown)[0])
