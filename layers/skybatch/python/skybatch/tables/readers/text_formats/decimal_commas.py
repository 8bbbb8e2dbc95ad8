"""Decimal commas, where a comma separates no cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from skybatch.tables.readers.model import CellKind, Record

_WITH_COMMA = re.compile(r"[+\-\u2212]?[0-9][0-9:hmd° ]{0,20},[0-9]+s?\"?")


class DecimalCommas:
    """Reads decimal commas of numeric cells as points, and counts them."""

    def __init__(self, possible: bool) -> None:
        self._possible = possible
        self._count = 0

    def as_points(self, records: Iterator[Record], kinds: Mapping[int, CellKind]) -> Iterator[Record]:
        """Yield the rows with decimal points in the columns of numbers."""
        numeric = [index for index, kind in kinds.items() if kind.numeric]
        if not self._possible or not numeric:
            yield from records
            return
        for record in records:
            if any("," in record.values[index] for index in numeric):
                values = list(record.values)
                for index in numeric:
                    values[index] = self._as_point(values[index])
                yield Record(values, record.line, record.gap)
            else:
                yield record

    def _as_point(self, cell: str) -> str:
        if "," not in cell or not _WITH_COMMA.fullmatch(cell.strip()):
            return cell
        self._count += 1
        return cell.replace(",", ".")

    def notices(self) -> list[str]:
        """Say how many decimal commas were read."""
        return [f"Decimal commas were read as points in {self._count} cells."] if self._count else []

    def width_rule(self, count: int, width: int) -> str:
        """Say what is wrong with a row of ``count`` cells under ``width`` columns."""
        rule = f"this row has {count} values for {width} columns"
        if not self._possible and count > width:
            return f"{rule}; where commas separate the values, numbers take a decimal point"
        return rule
