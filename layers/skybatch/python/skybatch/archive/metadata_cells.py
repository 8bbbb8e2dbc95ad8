"""Cells of an operator's metadata table as values; an invalid one is refused with line, column and rule."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from skybatch.errors import CellError, InvalidRequest


class InvalidCell(Exception):
    """One value that breaks its rule."""

    def __init__(self, error: CellError) -> None:
        super().__init__(error.sentence())
        self.error = error


@dataclass(frozen=True)
class MetadataRow:
    """One row of a table file. Where several column names are given, the first that the table has counts.

    The methods raise InvalidCell for a value that is empty or invalid, InvalidRequest where the table lacks
    the column altogether.
    """

    path: Path
    line: int | None
    cells: Mapping[str, str | None]

    def invalid(self, column: str, value: str, rule: str) -> InvalidCell:
        """Return the error for a value of this row."""
        return InvalidCell(CellError(column=column, value=value, rule=rule, line=self.line))

    def has_column(self, *columns: str) -> bool:
        """Return whether the table has one of these columns, empty in this line or not."""
        return any(column in self.cells for column in columns)

    def has_value(self, column: str) -> bool:
        """Return whether the table has a column and this line a value there."""
        return self.cells.get(column) is not None

    def text(self, *columns: str) -> str:
        """Return the text of a cell."""
        column = self._column(columns)
        value = self.cells[column]
        if value is None:
            raise self.invalid(column, "", "must not be empty")
        return value

    def choice(self, allowed: dict[str, str], *columns: str) -> str:
        """Return what one of the allowed words, in any case, stands for."""
        word = self.text(*columns)
        if word.lower() not in allowed:
            raise self.invalid(self._column(columns), word, f"must be one of {', '.join(allowed)}")
        return allowed[word.lower()]

    def date(self, *columns: str) -> str:
        """Return a day as six digits yymmdd."""
        word = self.text(*columns)
        # A table written with numbers has lost the leading zero of 2000 to 2009.
        digits = word.zfill(6)
        try:
            datetime.strptime(digits, "%y%m%d")
        except ValueError:
            raise self.invalid(self._column(columns), word, "must be a date yymmdd") from None
        return digits

    def integer(self, minimum: int, maximum: int, *columns: str) -> int:
        """Return a whole number within bounds."""
        word = self.text(*columns)
        if not word.isascii() or not word.lstrip("+-").isdigit() or not minimum <= int(word) <= maximum:
            raise self.invalid(
                self._column(columns), word, f"must be a whole number from {minimum} to {maximum}"
            )
        return int(word)

    def number(self, minimum: float, maximum: float, *columns: str) -> float:
        """Return a number within bounds."""
        return self._within(self._column(columns), self.text(*columns), minimum, maximum)

    def pair(
        self, stem: str, minimum: float, maximum: float, default: tuple[float, float] | None = None
    ) -> tuple[float, float]:
        """Return two numbers of one cell, or of columns ``stem1`` and ``stem2``; else the default."""
        if stem in self.cells:
            words = self.text(stem).replace(",", " ").split()
            if len(words) != 2:
                raise self.invalid(stem, self.text(stem), "must be two numbers")
            first, second = (self._within(stem, word, minimum, maximum) for word in words)
            return first, second
        if default is not None and f"{stem}1" not in self.cells:
            return default
        return self.number(minimum, maximum, f"{stem}1"), self.number(minimum, maximum, f"{stem}2")

    def number_or_nan(self, column: str) -> float:
        """Return a number, NaN where the table has none."""
        return self.number(-1e30, 1e30, column) if self.has_value(column) else math.nan

    def _within(self, column: str, word: str, minimum: float, maximum: float) -> float:
        try:
            number = float(word)
        except ValueError:
            number = math.nan
        if not minimum <= number <= maximum:
            raise self.invalid(column, word, f"must be a number from {minimum:g} to {maximum:g}")
        return number

    def _column(self, columns: tuple[str, ...]) -> str:
        for column in columns:
            if column in self.cells:
                return column
        raise InvalidRequest(f"{self.path}: no column {' or '.join(columns)}")
