"""IPAC ASCII tables, in the strict form (IPAC Table Format Definition) and as people send them.

In the strict form the values of a data line lie between the bars of the header. Data folded by mail or web
pages are read too, where a line has exactly as many words as the table has columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

from skybatch.tables.readers.model import Bounds, Record, Rows, Select, Upload, collect, unreadable_table
from skybatch.tables.readers.text import lines_of
from skybatch.tables.readers.text_formats.bars import is_drawn
from skybatch.tables.readers.text_formats.ipac_layout import DataLine, Layout, read_layout
from skybatch.validation import ErrorCollector

_FIRST_CHARACTER = re.compile(r"\s*+([|\\])")


def is_ipac(text: str) -> bool:
    """Tell whether the first line is a comment, a keyword or a header between bars, unlike the data."""
    return _FIRST_CHARACTER.match(text) is not None and not is_drawn(text)


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    r"""Read the table. Lines end in ``\n``.

    Raises InvalidRequest where a header or the place of a value cannot be understood, TooLarge for too many
    rows.
    """
    layout = read_layout(lines_of(text, bounds), bounds)
    kinds = dict(select(layout.header))
    data = []
    for item in layout.data if kinds else ():
        bounds.check_rows(item.row, layout.header)
        data.append(item)
    words = [layout.spans[index] for index, kind in kinds.items() if kind.word]
    table = collect(Rows(layout.header, kinds, _records(data, layout, words)), bounds)
    cells = {index: _without(layout.nulls[index], column) for index, column in table.cells.items()}
    return Upload((replace(table, cells=cells),))


def strict_rows(layout: Layout, select: Select) -> Rows:
    """Return the rows of a table that keeps to its bars, as they come.

    Raises InvalidRequest, once the row is reached, for one that does not.
    """
    return Rows(layout.header, dict(select(layout.header)), _strict_records(layout))


def _strict_records(layout: Layout) -> Iterator[Record]:
    for item in layout.data:
        if not _keeps_to_bars(item.text, layout):
            column = _overrun_column(item.text, layout)
            raise unreadable_table("a value stands below a bar of the header", item.line, column=column)
        cells = [item.text[span].strip() for span in layout.spans]
        yield Record(
            ["" if cell == null else cell for cell, null in zip(cells, layout.nulls, strict=True)], item.line
        )


def _without(null: str, cells: Sequence[str | None]) -> Sequence[str | None]:
    return [None if text == null else text for text in cells] if null else cells


def _records(data: Sequence[DataLine], layout: Layout, words: Sequence[slice]) -> Iterator[Record]:
    """Split rows by the bars, or by words if some line does not keep to the bars.

    ``words`` are the spans of columns whose values never hold a blank.
    """
    if len(layout.spans) == 1:
        return (Record([item.text], item.line) for item in data)
    astray = [item for item in data if not _aligned(item.text, layout, words)]
    if astray:
        return iter(_by_words(data, astray, layout))
    return (Record([item.text[span] for span in layout.spans], item.line) for item in data)


def _aligned(text: str, layout: Layout, words: Sequence[slice]) -> bool:
    """Tell whether a line keeps to the bars and has one word at most in columns of single words."""
    return _keeps_to_bars(text, layout) and not any(" " in text[span].strip() for span in words)


def _keeps_to_bars(text: str, layout: Layout) -> bool:
    """Tell whether nothing of a line stands below a bar, before the first or behind the last."""
    bars = layout.bars
    if layout.end is not None and text[layout.end :].strip():
        return False
    under = itemgetter(*bars)(text.ljust(bars[-1] + 1))
    return not text[: bars[0]].strip() and set(under) == {" "}


def _by_words(data: Sequence[DataLine], astray: Sequence[DataLine], layout: Layout) -> list[Record]:
    """Split the rows of a table that is not aligned with its bars into words, one a column.

    Raises InvalidRequest naming line and column where the number of words disagrees: first for the lines
    that leave the bars, and only if those can all be read, for the others.
    """
    count = len(layout.spans)
    errors = ErrorCollector()
    for item in astray:
        if len(item.text.split(None, count)) != count:
            _refuse(errors, item, layout)
    errors.raise_if_any()
    off = {item.row for item in astray}
    records = []
    for item in data:
        words = item.text.split()
        if len(words) != count or (item.row not in off and not _agrees(item.text, words, layout)):
            _refuse(errors, item, layout)
        else:
            records.append(Record(words, item.line))
    errors.raise_if_any()
    return records


def _agrees(text: str, words: Sequence[str], layout: Layout) -> bool:
    """Tell whether the bars and the words say the same."""
    return all(text[span].strip() == word for span, word in zip(layout.spans, words, strict=True))


def _refuse(errors: ErrorCollector, item: DataLine, layout: Layout) -> None:
    """Name the line and the first column that its values overrun."""
    if not errors.full:
        rule = (
            "the values do not lie between the bars of the header, and split at blanks they are"
            f" {len(item.text.split())} for {len(layout.spans)} columns"
        )
        errors.add(_overrun_column(item.text, layout), item.text.strip(), rule, item.line, item.row)


def _overrun_column(text: str, layout: Layout) -> str:
    """Find the column at whose left bar a value stands, else the last."""
    for bar, name in zip(layout.bars, layout.header.names, strict=False):
        if text[bar : bar + 1].strip():
            return name
    return layout.header.names[-1]
