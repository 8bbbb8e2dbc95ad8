"""A table as this service understands it: the rows of a response, and a table in the delivered formats.

That table, posted as a batch, is the same request as the upload it was made from: positions have all their
digits, and what a row took from the request's fields stands in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.model import Mode, Row
from skybatch.requests.row_readers import RowSource
from skybatch.requests.understood_table import UnderstoodTable
from skybatch.surveys.selection import selection
from skybatch.tables.model import Column, Table
from skybatch.tables.schemas.marker import TABLE_MARKER, TABLE_MARKER_VERSION
from skybatch.tables.schemas.understood import (
    ERROR,
    GIVEN_ID,
    SERVICE_COLUMNS,
    UNDERSTOOD_IMAGE_IDS,
    UNDERSTOOD_KEYS,
    UNDERSTOOD_POSITIONS,
    UNDERSTOOD_SCANS,
)
from skybatch.tables.writers.formats import Format

# The writers' formats of all answers but JSON.
TABLE_FORMATS: Mapping[str, Format] = {"ipac": "tbl", "votable": "xml", "csv": "csv"}
COLUMNS: Mapping[Mode, tuple[Column, ...]] = {
    Mode.POSITIONS: UNDERSTOOD_POSITIONS,
    Mode.IMAGE_IDS: UNDERSTOOD_IMAGE_IDS,
    Mode.COADD_KEYS: UNDERSTOOD_KEYS,
    Mode.SCANS: UNDERSTOOD_SCANS,
}
# Without these a row asks for nothing, and a batch refuses it.
_ESSENTIAL = ("ra", "dec", "name", "image_id", "coadd_key", "req_ra", "req_dec", "xdate")
_AS_THEY_ARE = ("hem", "scan", "image", "dataset")
_TITLE = "Table as understood"


def understood_rows(understood: UnderstoodTable) -> Iterator[dict[str, Any]]:
    """Yield the rows as JSON objects, in order."""
    pairs = zip(understood.rows.rows, understood.rows.sources, strict=True)
    for number, (row, source) in enumerate(pairs, 1):
        yield {
            "row": number,
            "line": row.line,
            "ra": row.position.ra if row.position else None,
            "dec": row.position.dec if row.position else None,
            "from": _source(source),
            "name": row.name,
            "id": row.id,
            "size": row.size,
            "best": row.best_only,
            "band": _bands(understood, row),
            **_present(row),
            **({"scntr": row.row_number or None} if understood.rows.from_service else {}),
        }


def _source(source: RowSource | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {"frame": source.frame, "unit": source.unit, "columns": list(source.columns)}


def _present(row: Row) -> dict[str, Any]:
    """Give the fields that only some modes or tables have, where they are set."""
    names = ("given_id", "image_id", "coadd_key", "date", "hem", "scan", "image", "dataset", "image_type")
    found = {name: value for name in names if (value := getattr(row, name)) is not None}
    return found if row.delivery_format is None else {**found, "form": row.delivery_format}


def _bands(understood: UnderstoodTable, row: Row) -> str:
    surveys = selection(row.dataset) if row.dataset else understood.surveys
    return surveys.bands_text(row.bands)


def understood_table(understood: UnderstoodTable, *, with_marker_column: bool = False) -> Table:
    """Make the table of the rows.

    A row with an error has the error and no position, key or date, so that no batch takes it for another.

    Parameters
    ----------
    understood
        The table as it was read.
    with_marker_column
        Whether a table of this service is marked by a column, for formats without keywords.

    Raises
    ------
    InvalidRequest
        There are more errors than were kept, so that rows with errors are not known as such.
    """
    rows, errors = understood.rows.rows, understood.rows.errors
    if not understood.all_errors_known:
        raise InvalidRequest(f"The table has {len(errors)} invalid values or more.", errors=errors)
    by_row = _sentences_by_row(errors)
    data = _data(understood)
    for name in _ESSENTIAL:
        data[name] = [None if i in by_row else value for i, value in enumerate(data[name], 1)]
    data["error"] = [by_row.get(i) for i in range(1, len(rows) + 1)]
    ours = understood.rows.from_service
    return Table(
        _columns(understood, with_errors=bool(errors), with_marker_column=with_marker_column),
        data,
        keywords={TABLE_MARKER: TABLE_MARKER_VERSION} if ours else {},
        title=_TITLE,
        notes=(*understood.notices, *(error.sentence() for error in errors)),
    )


def _sentences_by_row(errors: Sequence[CellError]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for error in errors:
        found.setdefault(error.row or 0, []).append(f"{error.column} {error.value!r}: {error.rule}")
    return {row: "; ".join(rules) for row, rules in found.items()}


def _columns(
    understood: UnderstoodTable, *, with_errors: bool, with_marker_column: bool
) -> tuple[Column, ...]:
    rows = understood.rows
    given = (GIVEN_ID,) if any(row.given_id for row in rows.rows) else ()
    marker = SERVICE_COLUMNS if with_marker_column else SERVICE_COLUMNS[:-1]
    service = marker if rows.from_service else ()
    return (*COLUMNS[understood.mode], *given, *service, *((ERROR,) if with_errors else ()))


def _data(understood: UnderstoodTable) -> dict[str, list[Any]]:
    rows = understood.rows.rows
    longitudes = [row.position.ra if row.position else None for row in rows]
    latitudes = [row.position.dec if row.position else None for row in rows]
    # A request's crop size would be taken again by rows that want whole images.
    whole = None if understood.default_size is None else 0.0
    data: dict[str, list[Any]] = {
        name: [getattr(row, name) for row in rows]
        for name in (
            "line",
            "name",
            "id",
            "given_id",
            "image_id",
            "coadd_key",
            "hem",
            "scan",
            "image",
            "dataset",
        )
    }
    return {
        **data,
        "row": list(range(1, len(rows) + 1)),
        "ra": longitudes,
        "dec": latitudes,
        "req_ra": longitudes,
        "req_dec": latitudes,
        "size": [whole if row.size is None else row.size for row in rows],
        "best": ["y" if row.best_only else "n" for row in rows],
        "band": [_bands(understood, row) for row in rows],
        "xdate": [row.date for row in rows],
        "scntr": [row.row_number or None for row in rows],
        "type": [row.image_type.letter if row.image_type else None for row in rows],
        "form": [row.delivery_format for row in rows],
        TABLE_MARKER: [TABLE_MARKER_VERSION] * len(rows),
    }
