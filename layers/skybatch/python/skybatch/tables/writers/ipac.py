"""IPAC ASCII tables, in the strict form that every reader of them takes.

Follows the IPAC table format: keyword and comment lines, four header lines (names, types, units, nulls)
between bars, then lines of fixed width in which a value lies between the bars of its column. ASCII
throughout (other characters of text are escaped), no tabs, names of at most 16 characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from skybatch.tables.model import Column, Table
from skybatch.tables.text_escapes import to_ascii
from skybatch.tables.writers.cells import cells, map_where, one_line

NULL = "null"
NAME_WIDTH = 16
# A fixed-width column is as wide in every row as its longest cell: pages typed into one cell must not be
# multiplied by 100,000 rows. VOTable and CSV carry the text whole.
TEXT_WIDTH = 1000
# Readers keep buffers of fixed size for keyword and comment lines.
LINE_WIDTH = 500


def chunks(table: Table, rows: int) -> Iterator[bytes]:
    """Yield the table in pieces of ``rows`` rows, in two passes: the first finds the widths."""
    spans = [slice(start, start + rows) for start in range(0, len(table), rows)]
    widths = [_width(table, column, spans) for column in table.columns]
    yield _head(table, widths)
    line = " " + " ".join(f"%{width}s" for width in widths) + " \n"
    for span in spans:
        by_row = zip(*(_texts(table, column, span) for column in table.columns), strict=True)
        yield "".join([line % row for row in by_row]).encode("ascii")


def _texts(table: Table, column: Column, span: slice) -> list[str]:
    texts = cells(column, table.values(column, span), NULL)
    if not column.is_text:
        return texts
    return map_where(lambda joined: not joined.isascii() or "\\" in joined, to_ascii, _cut(texts))


def _ascii(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii")


def _cut(texts: list[str]) -> list[str]:
    if max(map(len, texts), default=0) <= TEXT_WIDTH:
        return texts
    return [text if len(text) <= TEXT_WIDTH else text[: TEXT_WIDTH - 3] + "..." for text in texts]


def _width(table: Table, column: Column, spans: Iterable[slice]) -> int:
    longest = max((max(map(len, _texts(table, column, span))) for span in spans), default=0)
    return max(longest, *map(len, _heading(column)))


def _heading(column: Column) -> tuple[str, str, str, str]:
    """Name, type, unit and null value. The format has no arrays: those are text."""
    return column.name, "char" if column.is_array else column.datatype, column.unit, NULL


def _head(table: Table, widths: list[int]) -> bytes:
    titles = [f"\\ {table.title}"] if table.title else []
    keywords = [f"\\{name} = {_quoted(value)}" for name, value in table.keywords.items()]
    notes = [f"\\ {note}" for note in [*table.notes, *([table.overflow] if table.overflow else [])]]
    lines = [_ascii(one_line(line))[:LINE_WIDTH] for line in [*titles, *keywords, *notes]]
    headings = zip(*map(_heading, table.columns), strict=True)
    bars = ["|" + "|".join(map(str.rjust, heading, widths)) + "|" for heading in headings]
    return "".join(f"{line}\n" for line in [*lines, *bars]).encode("ascii")


def _quoted(value: str) -> str:
    # The format has two quotes and no way to escape either.
    short = value[: LINE_WIDTH - NAME_WIDTH * 2]
    return f"'{short}'" if "'" not in short else '"' + short.replace('"', "'") + '"'
