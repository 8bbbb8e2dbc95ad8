"""A table in parts: put together again they are the whole, by the server's own reader."""

from __future__ import annotations

import gzip
import io
from pathlib import Path
from typing import Any

import pytest
from astropy.coordinates import SkyCoord
from astropy.table import Table

from skybatch.client.tables.parts import table_parts
from skybatch.client.tables.upload import encode_table
from skybatch.requests.model import Mode, Row, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.tables.readers.model import Bounds

COUNT = 23
PLACES = [(10.5 + n / 8, -5.25 + n / 4) for n in range(COUNT)]
TABLE = Table(
    {
        "ra": [ra for ra, _ in PLACES],
        "dec": [dec for _, dec in PLACES],
        "id": [f"i{n}" for n in range(COUNT)],
    }
)
FORMS = ("ascii.csv", "ascii.ipac", "ascii.ecsv", "votable", "fits", "ascii.mrt")


def written(form: str) -> bytes:
    file = io.BytesIO() if form in ("votable", "fits") else io.StringIO()
    table = Table({"id": TABLE["id"], "sky": SkyCoord(TABLE["ra"], TABLE["dec"], unit="deg")})
    (table if form == "ascii.mrt" else TABLE).write(file, format=form)
    body = file.getvalue()
    return body if isinstance(body, bytes) else body.encode()


LINES = "".join(f"{ra},{dec}\n" for ra, dec in PLACES)
TABLES: dict[str, Any] = {
    **{form: written(form) for form in FORMS},
    "tab": written("ascii.tab"),
    "gzipped": gzip.compress(written("ascii.csv")),
    "without a heading": LINES.encode(),
    "comments and blanks": ("# mine\n\nra,dec\n" + LINES.replace("\n", "\n\n# x\n", 5)).encode(),
    "no line end at the end": ("ra,dec\n" + LINES).strip().encode(),
    "object": TABLE,
    "SkyCoord": SkyCoord(TABLE["ra"], TABLE["dec"], unit="deg"),
}


def rows_of(body: bytes) -> tuple[Row, ...]:
    read = read_rows(body, Mode.POSITIONS, RowDefaults(("j",)), Bounds(100, 100, 10**6))
    assert read.errors == ()
    return read.rows


@pytest.mark.parametrize("rows", [1, 7, 23, 24])
@pytest.mark.parametrize("name", TABLES)
def test_parts_put_together_are_the_whole(name: str, rows: int) -> None:
    whole = rows_of(encode_table(TABLES[name]).body)
    parts = table_parts(TABLES[name], rows)
    found = [row for part in parts for row in rows_of(part.body)]
    assert [(row.position, row.id) for row in found] == [(row.position, row.id) for row in whole]
    assert [part.first_row for part in parts] == list(range(1, COUNT + 1, rows))
    assert parts[-1].last_row == COUNT


def test_a_path_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TABLES["ascii.csv"])
    assert len(table_parts(tmp_path / "a.csv", 10)) == 3


def test_sizes_are_cut_with_their_rows() -> None:
    parts = table_parts(TABLE, 20, size=list(range(1, COUNT + 1)))
    assert [row.size for row in rows_of(parts[1].body)] == [21.0, 22.0, 23.0]
