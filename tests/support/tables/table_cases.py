"""Short ways to read small uploads, for tests of what people's files mean."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.model import Request, Row
from tests.support.tables.request_tables import LIMITS, parsed_upload

T = (65.497627, 19.53507)
"""A position of the sample sky, which is in two J images, degrees."""
M = (204.2538, -29.8654)
"""Another, in three."""
T_RADIANS = (1.1431492433931358, 0.34095129110756867)
T_HOURS = (4.36650847, 19.53507)
T_GALACTIC = (176.229743, -20.886863)
M_B1950 = (203.54867800, -29.61082991)
DEGREES = 2e-5  # of the digits that files have, and between FK5 and ICRS


def read(table: str | bytes, mode: str = "positions", **fields: object) -> Request:
    """The request of a table posted as a file."""
    return parsed_upload(mode, table.encode() if isinstance(table, str) else table, LIMITS, **fields)


def points(rows: Sequence[Row]) -> list[tuple[float, float] | str | None]:
    """Where rows point: a position, or a name."""
    return [(row.position.ra, row.position.dec) if row.position else row.name for row in rows]


def assert_at(table: str | bytes, *expected: tuple[float, float], **fields: object) -> Request:
    """Check the positions of a table's rows; the request."""
    request = read(table, "positions", **fields)
    assert [row.position is not None for row in request.rows] == [True] * len(expected), request.rows
    for row, (ra, dec) in zip(request.rows, expected, strict=True):
        assert row.position is not None
        assert (row.position.ra, row.position.dec) == pytest.approx((ra, dec), abs=DEGREES)
    return request


def refused(table: str | bytes, mode: str = "positions", **fields: object) -> list[CellError]:
    """The errors of a table that is refused."""
    with pytest.raises(InvalidRequest) as caught:
        read(table, mode, **fields)
    return list(caught.value.errors)


def told(request: Request, *words: str) -> bool:
    """Whether one notice names all of some words."""
    return any(all(word in notice for word in words) for notice in request.notices)


def votable(fields: str, *rows: Sequence[object], before: str = "") -> str:
    """A VOTable of TABLEDATA; ``before`` stands before the resource."""
    cells = "".join("<TR>" + "".join(f"<TD>{cell}</TD>" for cell in row) + "</TR>" for row in rows)
    return (
        f'<?xml version="1.0"?><VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">{before}'
        f"<RESOURCE><TABLE>{fields}<DATA><TABLEDATA>{cells}</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"
    )


def field(name: str, attributes: str = "") -> str:
    """A FIELD of numbers."""
    return f'<FIELD name="{name}" datatype="double" {attributes}/>'


def fits_table(columns: dict[str, tuple[float, ...]], **keywords: object) -> bytes:
    """A FITS binary table by astropy; keywords such as ``TUNIT1`` go into its header."""
    import io

    from astropy.io import fits

    table = fits.BinTableHDU.from_columns(
        [fits.Column(name=name, format="D", array=list(values)) for name, values in columns.items()]
    )
    table.header.update(keywords)
    written = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), table]).writeto(written)
    return written.getvalue()
