"""Headers of IPAC tables: keywords, names, types, units and nulls."""

from __future__ import annotations

import io

import pytest
from astropy import units
from astropy.table import QTable

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.text_formats.ipac_layout import read_layout
from tests.support.tables.table_reading import BOUNDS


def test_what_astropy_writes_is_laid_out() -> None:
    text = io.StringIO()
    table = QTable({"ra": [1.5] * units.rad, "id": ["a"]})
    table.meta["keywords"] = {"EQUINOX": {"value": "B1950"}, "other": {"value": 1}}
    table.write(text, format="ascii.ipac")
    layout = read_layout(text.getvalue().splitlines(), BOUNDS)
    assert [(column.name, column.unit, column.datatype) for column in layout.header.columns] == [
        ("ra", "rad", "double"),
        ("id", None, "char"),
    ]
    assert layout.header.keywords == {"equinox": "B1950"}
    assert layout.nulls == ("null", "null")
    (item,) = layout.data
    assert [item.text[span].strip() for span in layout.spans] == ["1.5", "a"]
    assert item.row == 1


def test_a_last_column_without_a_bar_has_no_end() -> None:
    layout = read_layout(["|ra|note", "  1 anything that follows"], BOUNDS)
    assert layout.end is None
    assert layout.spans[-1] == slice(4, None)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (["\\ comment", " 1 2"], 2),
        (["|a|"] * 5, 5),
        (["|"], 1),
        (["|" + "a|" * 1000], 1),
    ],
)
def test_what_is_no_header_is_refused_with_its_line(lines: list[str], line: int) -> None:
    with pytest.raises(InvalidRequest) as caught:
        read_layout(lines, BOUNDS)
    assert caught.value.errors[0].line == line
