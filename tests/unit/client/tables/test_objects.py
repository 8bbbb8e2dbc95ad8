"""Tables that are objects of many packages; the server's own reader judges what is sent."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas  # type: ignore[import-untyped]
import polars
import pyarrow
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import ascii
from astropy.table import QTable, Table

from skybatch.client.tables.objects import object_columns
from skybatch.client.tables.upload import encode_table
from skybatch.errors import InvalidRequest
from skybatch.requests.model import Mode, Row, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.tables.readers.model import Bounds

RA, DEC, IDS = [10.5, 11.25], [-5.0, 6.5], ["a", "b"]
COLUMNS: dict[str, Any] = {"ra": RA, "dec": DEC, "id": IDS}
STRUCTURED = np.array(
    list(zip(RA, DEC, IDS, strict=True)), dtype=[("ra", float), ("dec", float), ("id", "U5")]
)
TABLES = {
    "mapping of lists": COLUMNS,
    "mapping of arrays": {name: np.array(values) for name, values in COLUMNS.items()},
    "mapping of quantities": {"ra": RA * u.deg, "dec": (DEC * u.deg).to("arcmin"), "id": IDS},
    "mapping with a SkyCoord": {"sky": SkyCoord(RA, DEC, unit="deg"), "id": IDS},
    "galactic l and b": {
        "l": SkyCoord(RA, DEC, unit="deg").galactic.l,
        "b": SkyCoord(RA, DEC, unit="deg").galactic.b,
        "id": IDS,
    },
    "rows": [dict(zip(COLUMNS, row, strict=True)) for row in zip(*COLUMNS.values(), strict=True)],
    "structured array": STRUCTURED,
    "record array": STRUCTURED.view(np.recarray),
    "masked structured array": np.ma.array(STRUCTURED),
    "polars": polars.DataFrame(COLUMNS),
    "pandas": pandas.DataFrame(COLUMNS),
    "pyarrow": pyarrow.table(COLUMNS),
    "astropy": QTable({"sky": SkyCoord(RA, DEC, unit="deg").fk5, "id": IDS}),
}


def rows_of(table: Any, **more: Any) -> tuple[Row, ...]:
    read = read_rows(
        encode_table(table, **more).body, Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 10**6)
    )
    assert read.errors == ()
    return read.rows


@pytest.mark.parametrize("name", TABLES)
def test_the_server_reads_what_the_object_holds(name: str) -> None:
    rows = rows_of(TABLES[name])
    places = [row.position for row in rows]
    assert [row.id for row in rows] == IDS
    for place, ra, dec in zip(places, RA, DEC, strict=True):
        assert place is not None
        assert [place.ra, place.dec] == pytest.approx([ra, dec], abs=1e-9)


def test_a_table_of_a_journal_is_read_from_its_file_and_its_object() -> None:
    file = io.StringIO()
    ascii.write(Table({"Name": ["x"], "sky": SkyCoord(["4h30m15s -5d30m36s"])}), file, format="mrt")
    table = ascii.read(file.getvalue(), format="mrt")
    assert {"RAh", "DE-", "DEm"} <= set(table.colnames)
    for given in (file.getvalue(), table, QTable(table)):
        (row,) = rows_of(given)
        assert row.position is not None
        assert [row.position.ra, row.position.dec] == pytest.approx([67.5625, -5.51])


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ([10, 20.5], [10.0, 20.5]),
        ([0.5, 1.0] * u.arcmin, [30.0, 60.0]),
        ([30 * u.arcsec, None], [30.0, None]),
        (np.array([5, 6]), [5.0, 6.0]),
    ],
)
@pytest.mark.parametrize("name", ["mapping of lists", "astropy", "polars"])
def test_every_row_has_its_size(name: str, size: Any, expected: list[float | None]) -> None:
    assert [row.size for row in rows_of(TABLES[name], size=size)] == expected


def test_the_motion_of_a_column_is_applied() -> None:
    from astropy.time import Time

    motion = [3.6, 3.6] * u.arcsec / u.yr
    sky = SkyCoord(RA, DEC, unit="deg", pm_ra_cosdec=0 * motion, pm_dec=motion, obstime=Time("J2010"))
    rows = rows_of({"sky": sky, "id": IDS}, epoch=2000.0)
    assert [row.position.dec for row in rows if row.position] == pytest.approx([-5.01, 6.49], abs=1e-6)


@pytest.mark.parametrize(
    ("table", "more"),
    [
        (COLUMNS, {"size": [1, 2, 3]}),
        ({**COLUMNS, "size": [1, 2]}, {"size": [1, 2]}),
        (COLUMNS, {"epoch": 2000.0}),
        ("a.csv", {"epoch": 2000.0}),
        ("ra,dec\n1,2\n", {"size": [1]}),
        ({"ra": [1, 2], "dec": [1]}, {}),
        ({"ra": 1.0, "dec": 2.0}, {}),
    ],
)
def test_what_does_not_go_together_is_refused(table: Any, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        encode_table(table, **more)


def test_what_is_no_object_is_left_to_the_files() -> None:
    assert object_columns("a.csv") is None
    assert object_columns(np.ones(3)) is None
