"""The size column of a table: in the unit that the file says, or ignored where it is none of a crop."""

from __future__ import annotations

from collections.abc import Callable

from skybatch.requests import values
from skybatch.requests.table_cells import TableCells
from skybatch.sky.units import ARCSEC_PER_DEGREE, angle_unit

# Columns of tables that describe files, whose ``size`` is the file's in bytes.
_OF_FILES = frozenset({"naxis1", "naxis2", "fname", "hdu", "filename", "file_name"})


class SizeReader:
    """Reads the crop sizes of a table's rows, in arcsec; None for a whole image.

    ``default`` holds where the table has no size column or the cell is null.
    """

    def __init__(self, cells: TableCells, default: float | None) -> None:
        self.cells = cells
        self.default = None if cells.header.marked else default
        self.notices: list[str] = []
        self._read = self._reader()

    def size(self, index: int) -> float | None:
        """Return the size of a row."""
        if self._read is None or self.cells.text("size", index) is None:
            return self.default
        return self.cells.value("size", index, self._read, None)

    def _reader(self) -> Callable[[str], float | None] | None:
        """What reads the cells, None where the column is ignored."""
        column = self.cells.roles.get("size")
        if column is None:
            return None
        unit = self.cells.header.columns[column].unit
        if unit is None:
            why = self._why_no_crop(column)
            if why:
                self.notices.append(f"The column {self.cells.header.names[column]} was ignored: {why}.")
            return None if why else values.size
        known = angle_unit(unit)
        if known is None:
            self.notices.append(
                f"The column {self.cells.header.names[column]} was ignored: its unit {unit[:40]} is none of angles."
            )
            return None
        scale = known.degrees * ARCSEC_PER_DEGREE
        return lambda text: values.size(text, scale)

    def _why_no_crop(self, column: int) -> str:
        names = {name.lower() for name in self.cells.header.names}
        if len(names & _OF_FILES) >= 2:
            return "beside columns of files it is the size of a file"
        numbers = [
            float(text) for text in self.cells.table.cells[column] if text and values.NUMBER.fullmatch(text)
        ]
        if numbers and min(numbers) > values.MAX_SIZE:
            return f"its values are above {values.MAX_SIZE:.0f} arcseconds"
        return ""
