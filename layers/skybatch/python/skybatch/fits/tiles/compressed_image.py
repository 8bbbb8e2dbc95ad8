"""Images in tiles of any lossless integer compression or quantized floats, read by the tiles that are wanted.

RICE_1, GZIP_1, GZIP_2 and NOCOMPRESS (FITS standard 4.0, sections 10.1 to 10.4), with the columns that such
tables may have: streams, scale, zero and blank value of each tile, and tiles that were not quantized.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.cards import told
from skybatch.fits.header import Header
from skybatch.fits.readers import Reader
from skybatch.fits.tiles.quantization import Dither, dither_of
from skybatch.fits.tiles.table_header import table_values
from skybatch.fits.tiles.tile_table import (
    TYPE_BYTES,
    TableColumn,
    TileTable,
    columns_of,
    count_of,
    heap_gap,
    heap_size,
    no_streams,
    read_rows,
    tile_shape_of,
)

COMPRESSIONS = ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS")
STREAMS = ("COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA")
_VALUES = ("ZSCALE", "ZZERO", "ZBLANK")
_DESCRIPTORS = {"P": ">u4", "Q": ">u8"}
_NUMBERS = {"B": ">u1", "I": ">i2", "J": ">i4", "K": ">i8", "E": ">f4", "D": ">f8"}


@dataclass(frozen=True)
class CompressedImage:
    """A compressed image up to its heap.

    ``rows`` is the table, a row for each tile, with the columns of `STREAMS` (length and offset), and of
    scale, zero and blank value, as far as it has them. ``units`` are the bytes of an element of each stream.
    """

    table: TileTable
    rows: NDArray[np.void]
    units: Mapping[str, int]

    @property
    def header(self) -> Header:
        """The image's header, as if it were stored plain."""
        return self.table.header

    @property
    def compression(self) -> str:
        """How tiles are compressed."""
        return str(self.table.values["ZCMPTYPE"]).strip()

    @cached_property
    def dither(self) -> Dither | None:
        """How floats were quantized, None where pixels are as they were."""
        names = {*(self.rows.dtype.names or ()), *self.table.values}
        if self.header.bitpix > 0 or "ZSCALE" not in names:
            return None
        return dither_of(self.table.values.get("ZQUANTIZ"))

    @cached_property
    def dither_start(self) -> int:
        """ZDITHER0: the number by which the random numbers of the first tile are chosen."""
        return count_of(self.table.values, "ZDITHER0") if "ZDITHER0" in self.table.values else 0

    def stream(self, tile: int) -> tuple[str, int, int]:
        """Return the column that holds a tile, and where its bytes lie in the file: start and length.

        Raises SourceDamaged where no column has it.
        """
        for name in STREAMS:
            if name in self.units:
                length, offset = (int(each) for each in self.rows[name][tile])
                if length:
                    return name, self.table.heap_offset + offset, length * self.units[name]
        raise SourceDamaged(f"tile {tile} has no bytes")

    def number(self, name: str, tile: int) -> float | None:
        """Return scale, zero or blank value of a tile; None where there is none."""
        if name in (self.rows.dtype.names or ()):
            return float(self.rows[name][tile])
        value = self.table.values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return float(value)


def read_compressed_image(
    header: Header, cards: bytes, reader: Reader, table_offset: int, size: int
) -> CompressedImage:
    """Read the table of a compressed image, which begins at ``table_offset`` in a file of ``size`` bytes.

    ``header`` is the image's, ``cards`` those of its table; the reader is at the table, and left at its end.

    Raises SourceUnsupported for a compression that is not read, SourceDamaged for a broken table.
    """
    values = table_values(cards)
    compression = values.get("ZCMPTYPE")
    if str(compression).strip() not in COMPRESSIONS:
        raise SourceUnsupported(
            f"a compressed image whose ZCMPTYPE is {told(compression)}; read are {', '.join(COMPRESSIONS)}"
        )
    columns = list(columns_of(values))
    used = _used(columns)
    units = {name: TYPE_BYTES.get(used[name].element, 1) for name in STREAMS if name in used}
    if STREAMS[0] not in units:
        raise no_streams()
    data = read_rows(values, reader, columns[-1].end)
    rows = np.frombuffer(data, _layout(used, count_of(values, "NAXIS1")), count_of(values, "NAXIS2"))
    table = TileTable(
        header, tile_shape_of(values, header), table_offset, table_offset + heap_gap(values), (), values
    )
    image = CompressedImage(table, rows, units)
    _check(image, size)
    return image


def _used(columns: Iterable[TableColumn]) -> dict[str, TableColumn]:
    """Return the columns of streams and values by their names in capitals; of equal ones the first."""
    used: dict[str, TableColumn] = {}
    for column in columns:
        name = column.name.strip().upper()
        kinds = _DESCRIPTORS if name in STREAMS else _NUMBERS if name in _VALUES else {}
        if column.kind in kinds and column.repeat == 1:
            used.setdefault(name, column)
    return used


def _layout(columns: Mapping[str, TableColumn], width: int) -> np.dtype[np.void]:
    """Return the layout of a row of ``width`` bytes as far as it is used."""
    return np.dtype(
        {
            "names": list(columns),
            "formats": [_format(column.kind) for column in columns.values()],
            "offsets": [column.offset for column in columns.values()],
            "itemsize": width,
        }
    )


def _format(kind: str) -> Any:
    return (_DESCRIPTORS[kind], (2,)) if kind in _DESCRIPTORS else _NUMBERS[kind]


def _check(image: CompressedImage, size: int) -> None:
    """Check that the tiles make the image, and that their streams lie in the heap and the file."""
    table, rows = image.table, image.rows
    table.check_count(len(rows))
    declared = heap_size(table.values)
    room = size - table.heap_offset if declared is None else min(declared, size - table.heap_offset)
    for name, unit in image.units.items():
        lengths, offsets = rows[name][:, 0].astype(np.float64), rows[name][:, 1].astype(np.float64)
        if len(rows) and (offsets + lengths * unit)[lengths > 0].max(initial=0) > room:
            raise SourceDamaged("a tile lies beyond the heap of its table, or beyond the file")
