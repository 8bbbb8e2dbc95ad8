"""Cells of a metadata table as values: checked, or refused with line, column and the rule they break."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skybatch.errors import CellError, InvalidRequest
from skybatch.tables.readers.stream import Cells


class BadCell(Exception):
    """One impossible value."""

    def __init__(self, error: CellError) -> None:
        super().__init__(error.sentence())
        self.error = error


@dataclass(frozen=True)
class Line:
    """One row of a table file. Where several column names are given, the first that the table has counts.

    The methods raise BadCell for a value that is empty or impossible, InvalidRequest where the table lacks
    the column altogether.
    """

    path: Path
    number: int
    cells: Cells

    def bad(self, column: str, value: str, rule: str) -> BadCell:
        """The error for a value of this line."""
        return BadCell(CellError(column=column, value=value, rule=rule, line=self.number))

    def lists(self, *columns: str) -> bool:
        """Whether the table has one of these columns, empty in this line or not."""
        return any(column in self.cells for column in columns)

    def has(self, column: str) -> bool:
        """Whether the table has a column and this line a value there."""
        return self.cells.get(column) is not None

    def text(self, *columns: str) -> str:
        """The text of a cell."""
        column = self._column(columns)
        value = self.cells[column]
        if value is None:
            raise self.bad(column, "", "must not be empty")
        return value

    def choice(self, allowed: dict[str, str], *columns: str) -> str:
        """What one of the allowed words, in any case, stands for."""
        word = self.text(*columns)
        if word.lower() not in allowed:
            raise self.bad(self._column(columns), word, f"must be one of {', '.join(allowed)}")
        return allowed[word.lower()]

    def date(self, *columns: str) -> str:
        """A day as six digits yymmdd."""
        word = self.text(*columns)
        # A table written with numbers has lost the leading zero of 2000 to 2009.
        digits = word.zfill(6)
        try:
            datetime.strptime(digits, "%y%m%d")
        except ValueError:
            raise self.bad(self._column(columns), word, "must be a date yymmdd") from None
        return digits

    def integer(self, least: int, most: int, *columns: str) -> int:
        """A whole number within bounds."""
        word = self.text(*columns)
        if not word.isascii() or not word.lstrip("+-").isdigit() or not least <= int(word) <= most:
            raise self.bad(self._column(columns), word, f"must be a whole number from {least} to {most}")
        return int(word)

    def value(self, least: float, most: float, *columns: str) -> float:
        """A number within bounds."""
        return self._within(self._column(columns), self.text(*columns), least, most)

    def pair(
        self, stem: str, least: float, most: float, default: tuple[float, float] | None = None
    ) -> tuple[float, float]:
        """Two numbers of one cell, or of columns ``stem1`` and ``stem2``; the default where neither is."""
        if stem in self.cells:
            words = self.text(stem).replace(",", " ").split()
            if len(words) != 2:
                raise self.bad(stem, self.text(stem), "must be two numbers")
            return self._within(stem, words[0], least, most), self._within(stem, words[1], least, most)
        if default is not None and f"{stem}1" not in self.cells:
            return default
        return self.value(least, most, f"{stem}1"), self.value(least, most, f"{stem}2")

    def number_or_nan(self, column: str) -> float:
        """A number, NaN where the table has none."""
        return self.value(-1e30, 1e30, column) if self.has(column) else math.nan

    def _within(self, column: str, word: str, least: float, most: float) -> float:
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not least <= number <= most:
            raise self.bad(column, word, f"must be a number from {least:g} to {most:g}")
        return number

    def _column(self, columns: tuple[str, ...]) -> str:
        for column in columns:
            if column in self.cells:
                return column
        raise InvalidRequest(f"{self.path}: no column {' or '.join(columns)}")
