"""Lists whose first line is data: pairs of numbers, sexagesimal positions, or one name a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from skybatch.tables.readers.model import Column, Record, cell_text, unreadable_table

_NUMBER = re.compile(r"[+−–-]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eEdD][+-]?[0-9]{1,3})?")
_ANGLE = re.compile(
    r"[+−–-]?[0-9]{1,3}(?:[\s:hd°ʰ][0-9]{1,2}(?:[\s:m′'ᵐ][0-9]{1,2}(?:[.,][0-9]*)?[s″\"ˢ]?)?)[m′'s″\"]?"
)
_SEXAGESIMAL_WORDS = 6


def is_number_row(values: Sequence[str]) -> bool:
    """Tell whether every cell that holds something is a number or a sexagesimal angle, and one does."""
    cells = [text for value in values if (text := cell_text(value))]
    return bool(cells) and all(_NUMBER.fullmatch(cell) or _ANGLE.fullmatch(cell) for cell in cells)


def without_header(
    ahead: Sequence[Record], records: Iterator[Record]
) -> tuple[tuple[Column, ...], Iterator[Record], str]:
    """Name the columns of a list without a header: the columns, its rows, and a notice of what was assumed.

    ``ahead`` is the list's beginning, which ``records`` gives too. Raises InvalidRequest for what is neither
    numbers nor one text a line.
    """
    first = ahead[0].values
    if is_number_row(first) and len(first) == 1:
        raise unreadable_table(
            "the first line must name the columns; one column of numbers is no position", ahead[0].line
        )
    if is_number_row(first) and _in_words(ahead):
        columns = (Column("ra"), Column("dec"), *_numbered(3, len(first) - 4))
        return (
            columns,
            _joined(records),
            (
                "There is no line of column names: the first six numbers of each line were read as right ascension"
                " in hours, minutes and seconds and declination in degrees, minutes and seconds."
            ),
        )
    if is_number_row(first):
        columns = (Column("ra"), Column("dec"), *_numbered(3, len(first)))
        return (
            columns,
            records,
            (
                "There is no line of column names: the first two columns were read as right ascension and declination."
            ),
        )
    if len(first) == 1:
        return (
            (Column("name"),),
            records,
            ("There is no line of column names: each line was read as an object name or a whole coordinate."),
        )
    raise unreadable_table("the first line must name the columns", ahead[0].line)


def _numbered(start: int, stop: int) -> tuple[Column, ...]:
    return tuple(Column(f"column {number}") for number in range(start, stop + 1))


def _in_words(ahead: Sequence[Record]) -> bool:
    """Whether each line begins with six numbers that are hours, minutes, seconds, degrees, minutes, seconds."""
    return all(_six_numbers(record.values) for record in ahead)


def _six_numbers(values: Sequence[str]) -> bool:
    if len(values) < _SEXAGESIMAL_WORDS:
        return False
    whole = all(re.fullmatch(r"[+−–-]?[0-9]{1,3}", values[index].strip()) for index in (0, 1, 3, 4))
    if not whole or not _NUMBER.fullmatch(values[2].strip()) or not _NUMBER.fullmatch(values[5].strip()):
        return False
    numbers = [
        abs(float(re.sub(r"[−–]", "-", values[index].strip()).replace(",", "."))) for index in range(6)
    ]
    limits = (24, 60, 60.0001, 91, 60, 60.0001)
    return all(number < limit for number, limit in zip(numbers, limits, strict=True))


def _joined(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        words = [value.strip() for value in record.values]
        yield Record([" ".join(words[:3]), " ".join(words[3:6]), *words[6:]], record.line, record.gap)
