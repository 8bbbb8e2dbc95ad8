"""The size column of a table: in the unit that the file says, or ignored where it is none of a crop."""

from __future__ import annotations

from collections.abc import Callable

from skybatch.requests import values
from skybatch.requests.columns.cells import TableCells
from skybatch.sky.units import ARCSEC_PER_DEGREE, angle_unit

# Columns of tables that describe files, whose ``size`` is the file's in bytes.
_OF_FILES = frozenset(
    {"naxis1", "naxis2", "fname", "hdu", "filename", "file_name", "file", "path", "url", "access_url"}
)
_MOST_BYTES = 1e15
_FITS_BLOCK = 2880  # bytes: what a FITS file has at least, and no crop of an image of this survey in arcsec


class SizeReader:
    """Reads the crop sizes of a table's rows, in arcsec; None for a whole image.

    ``default`` holds where the table has no size column or the cell is null; in tables of this service,
    which say for each image how it is delivered, it never does.
    """

    def __init__(self, cells: TableCells, default: float | None) -> None:
        self.cells = cells
        self.default = None if cells.header.marked else default
        self.notices: list[str] = []
        self._parse = self._parser()

    def size(self, index: int) -> float | None:
        """Return the size of a row."""
        if self._parse is None or self.cells.text("size", index) is None:
            return self.default
        return self.cells.value("size", index, self._parse, None)

    @property
    def used(self) -> bool:
        """Whether the table has a size column that is read."""
        return self._parse is not None

    def _parser(self) -> Callable[[str], float | None] | None:
        """Return what parses the cells, None where there is no column or it is ignored."""
        column = self.cells.roles.get("size")
        if column is None:
            return None
        unit = self.cells.header.columns[column].unit
        known = angle_unit(unit) if unit else None
        why = self._why_no_crop(column) if unit is None else f"its unit {unit[:40]} is none of angles"
        if known is None and why:
            self.notices.append(f"The column {self.cells.header.names[column]} was ignored: {why}.")
            return None
        scale = known.degrees * ARCSEC_PER_DEGREE if known else 1.0
        return lambda text: values.size(text, scale)

    def _why_no_crop(self, column: int) -> str:
        """Return why a column without a unit holds no sizes of crops, empty where it does."""
        of_files = len({name.lower() for name in self.cells.header.names} & _OF_FILES)
        texts = [text for text in self.cells.table.cells[column] if text and values.NUMBER.fullmatch(text)]
        least = min(map(float, texts), default=0.0)
        whole = all(values.integer(text) is not None for text in texts)
        if of_files >= 2 or (of_files == 1 and whole and least >= _FITS_BLOCK):
            return "beside columns of files it is the size of a file"
        if values.MAX_SIZE < least < _MOST_BYTES:
            return f"its values are above {values.MAX_SIZE:.0f} arcseconds"
        return ""
