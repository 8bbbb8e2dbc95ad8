"""Lists whose first line is data: pairs of numbers, sexagesimal positions, or one name a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from skybatch.tables.readers.model import Column, Record, cell_text, unreadable_table

MOST_CHARACTERS = 60  # of a number or an angle
_NUMBER = re.compile(r"[+−–-]?(?:[0-9]++(?:[.,][0-9]*+)?|[.,][0-9]++)(?:[eEdD][+-]?[0-9]{1,3})?")
_ANGLE = re.compile(
    r"[+−–-]?[0-9]{1,3}(?:[\s:hd°ʰ][0-9]{1,2}(?:[\s:m′'ᵐ][0-9]{1,2}(?:[.,][0-9]*)?[s″\"ˢ]?)?)[m′'s″\"]?"
)
_SEXAGESIMAL_WORDS = 6
_WHOLE = re.compile(r"[+−–-]?[0-9]{1,3}")
_SECONDS = re.compile(r"[0-9]{1,2}(?:[.,][0-9]{0,20})?")
_PARTS = (_WHOLE, _WHOLE, _SECONDS, _WHOLE, _WHOLE, _SECONDS)
_LIMITS = (24, 60, 60.0001, 91, 60, 60.0001)
_NO_NAMES = "There is no line of column names"
_NAMES = f"{_NO_NAMES}: each line was read as an object name or a whole coordinate."
_PAIRS = f"{_NO_NAMES}: the first two columns were read as right ascension and declination."
_SIX_NUMBERS = (
    f"{_NO_NAMES}: the first six numbers of each line were read as right ascension in hours, minutes and"
    " seconds and declination in degrees, minutes and seconds."
)


def is_number_row(values: Sequence[str]) -> bool:
    """Tell whether every cell that holds something is a number or a sexagesimal angle, and one does."""
    cells = [text for value in values if (text := cell_text(value, number=True))]
    return bool(cells) and all(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    if len(cell) > MOST_CHARACTERS:
        return False
    return _NUMBER.fullmatch(cell) is not None or _ANGLE.fullmatch(cell) is not None


def without_header(
    ahead: Sequence[Record], records: Iterator[Record]
) -> tuple[tuple[Column, ...], Iterator[Record], str]:
    """Name the columns of a list without a header: its columns, its rows, and a notice of what was assumed.

    ``ahead`` is the list's beginning, which ``records`` has too. Raises InvalidRequest for what is neither
    numbers nor one text a line.
    """
    first = ahead[0].values
    if not is_number_row(first):
        if len(first) > 1:
            raise unreadable_table("the first line must name the columns", ahead[0].line)
        return (Column("name"),), records, _NAMES
    if len(first) == 1:
        rule = "the first line must name the columns; one column of numbers is no position"
        raise unreadable_table(rule, ahead[0].line)
    if all(_six_numbers(record.values) for record in ahead):
        return (Column("ra"), Column("dec"), *_numbered(3, len(first) - 4)), _joined(records), _SIX_NUMBERS
    return (Column("ra"), Column("dec"), *_numbered(3, len(first))), records, _PAIRS


def _numbered(start: int, stop: int) -> tuple[Column, ...]:
    return tuple(Column(f"column {number}") for number in range(start, stop + 1))


def _six_numbers(values: Sequence[str]) -> bool:
    """Tell whether a row begins with hours, minutes, seconds, degrees, minutes and seconds."""
    if len(values) < _SEXAGESIMAL_WORDS:
        return False
    words = [value.strip() for value in values[:_SEXAGESIMAL_WORDS]]
    if not all(form.fullmatch(word) for form, word in zip(_PARTS, words, strict=True)):
        return False
    numbers = [float(word.lstrip("+-−–").replace(",", ".")) for word in words]
    return all(number < limit for number, limit in zip(numbers, _LIMITS, strict=True))


def _joined(records: Iterable[Record]) -> Iterator[Record]:
    for record in records:
        words = [value.strip() for value in record.values]
        yield Record([" ".join(words[:3]), " ".join(words[3:6]), *words[6:]], record.line, record.gap)
