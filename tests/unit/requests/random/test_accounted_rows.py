"""Rows sent are rows accounted: each is a row of the request, or the request is refused and names it.

Held for every format that astropy writes, and for those that people draw, type and export.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skybatch.errors import InvalidRequest
from tests.support.tables.request_tables import parsed_upload
from tests.unit.requests.random.test_round_trips import FORMS, table_of

Cells = tuple[str, str]
Writer = Callable[[Sequence[Cells]], str]
GOOD: Cells = ("65.497627", "19.53507")
# Three dashes, which also mark a missing value, may be a ruler where a table is drawn or has names above.
MISSING = ("", "null", "nan", "--")
WRONG = ("x", "95.5.5", "12:61:00", "1e999", "~29", "north")
NAMES: Cells = ("ra", "dec")


def separated(mark: str, *below: Cells) -> Writer:
    """Writes cells with a mark between them; ``below`` are lines under the names."""

    def write(rows: Sequence[Cells]) -> str:
        return "".join(f"{first}{mark}{second}\n" for first, second in (NAMES, *below, *rows))

    return write


def tabs(*below: Cells) -> Writer:
    """Writes cells with tabs; a line of tabs alone is a blank line, so that nothing is empty."""
    write = separated("\t", *below)
    return lambda rows: write([(first or "null", second or "null") for first, second in rows])


def bars(ruler: str) -> Writer:
    """Draws a table with bars, and a ruler under the names."""

    def draw(rows: Sequence[Cells]) -> str:
        lines = [f"| {first:12} | {second:12} |\n" for first, second in (NAMES, *rows)]
        return "".join([lines[0], ruler, *lines[1:]])

    return draw


def ipac(rows: Sequence[Cells]) -> str:
    """Writes an IPAC table, its cells below the names."""
    heads = (NAMES, ("char", "char"), ("deg", "deg"), ("null", "null"))
    head = "".join(f"|{first:>14}|{second:>14}|\n" for first, second in heads)
    return head + "".join(f" {first or 'null':>14} {second or 'null':>14} \n" for first, second in rows)


def votable(rows: Sequence[Cells]) -> str:
    """Writes a VOTable whose cells are text."""
    fields = "".join(f'<FIELD name="{name}" datatype="char" arraysize="*"/>' for name in NAMES)
    cells = "".join("<TR>" + "".join(f"<TD>{cell}</TD>" for cell in row) + "</TR>" for row in rows)
    table = f"<TABLE>{fields}<DATA><TABLEDATA>{cells}</TABLEDATA></DATA></TABLE>"
    return f"<VOTABLE><RESOURCE>{table}</RESOURCE></VOTABLE>"


csv = separated(",")
WRITTEN: dict[str, Writer] = {
    "CSV": csv,
    "semicolons": separated(";"),
    "tabs": tabs(),
    "bars inside": separated("|"),
    "tabs with units": tabs(("deg", "deg")),
    "types and units": separated(",", ("double", "double"), ("deg", "deg")),
    "VizieR": tabs(("deg", "deg"), ("-----", "-----")),
    "drawn": bars(""),
    "drawn with a ruler": bars("+--------------+--------------+\n"),
    "Markdown": bars("|--------------|--------------|\n"),
    "IPAC": ipac,
    "VOTable": votable,
    "header twice": lambda rows: csv(rows[:1]) + csv(rows[1:]),
    "two tables": lambda rows: csv(rows[:1]) + "\n# the second\n" + csv(rows[1:]),
}
cells = st.sampled_from([*MISSING, *WRONG, GOOD[0], "-29.8654", "10:30:00"])
rows_of_cells = st.lists(st.tuples(cells, cells) | st.just(GOOD), min_size=1, max_size=6)
fewer = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def refused_rows(upload: bytes, sent: int) -> list[int | None]:
    """The rows that a refusal names; none where all the rows sent are rows of the request."""
    try:
        request = parsed_upload("positions", upload)
    except InvalidRequest as refused:
        return list(dict.fromkeys(error.row for error in refused.errors)) or [None]
    assert [row.row_number for row in request.rows] == list(range(1, sent + 1)), upload
    assert all(row.position or row.name for row in request.rows), upload
    return []


@pytest.mark.parametrize("form", WRITTEN)
@fewer
@given(rows=rows_of_cells)
@pytest.mark.no_cover
def test_rows_that_people_write_are_all_accounted_for(form: str, rows: list[Cells]) -> None:
    sent = [GOOD, *rows]
    bad: list[int | None] = [n for n, row in enumerate(sent, 1) if refused_rows(csv([GOOD, row]).encode(), 2)]
    assert refused_rows(WRITTEN[form](sent).encode(), len(sent)) == bad


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(missing=st.lists(st.booleans(), min_size=1, max_size=6))
def test_missing_positions_are_named_in_every_format_of_astropy(form: str, missing: list[bool]) -> None:
    records = [
        {"ra": None if gone else 65.5, "dec": None if gone else 19.5, "id": f"row{number}"}
        for number, gone in enumerate([*missing, False])
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        upload = FORMS[form](table_of(records))
    expected: list[int | None] = [number for number, gone in enumerate(missing, 1) if gone]
    assert refused_rows(upload, len(records)) == expected
