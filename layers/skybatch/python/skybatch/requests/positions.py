"""Where the rows of a table point: to a position, or to an object whose name must be resolved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from skybatch.requests import values
from skybatch.requests.columns.cells import TableCells
from skybatch.requests.columns.frames import frame_of_file, is_system, row_frame, units_of
from skybatch.requests.columns.pairs import PositionColumns, position_columns
from skybatch.requests.columns.roles import NAME_COLUMNS, coordinate_columns, name_columns
from skybatch.requests.columns.spellings import EQUATORIAL_PAIRS
from skybatch.requests.position_text import not_an_angle, parse_coordinate, parse_position_or_name
from skybatch.sky.coordinates import Frame, Location, Units, location_from_cells, parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.tables.readers.model import Header, unreadable_table
from skybatch.validation import InvalidValue

_PAIRS_SHOWN = 12
MOST_BESSELIAN_EQUINOXES = 100  # each is converted by itself
MOST_FRAMES = 2500


@dataclass(frozen=True)
class Target:
    """Where one row points, and how that was read.

    Attributes
    ----------
    position
        ICRS, None for a name or an invalid row.
    name
        The object name to be resolved, None where there is a position.
    label
        The name that stands beside a position.
    frame, unit, columns
        The frame and unit of the coordinates in the file, and the names of their columns.
    """

    position: SkyPosition | None
    name: str | None = None
    label: str | None = None
    frame: Frame | None = None
    unit: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Cells:
    """What the cells of one row write, the columns they stand in, and the pair, if it is one."""

    where: Location | str | None = None
    columns: tuple[int, ...] = ()
    pair: PositionColumns | None = None


class PositionReader:
    """Reads the targets of one table's rows.

    ``used`` gives for each pair of columns the rows that were read from it. Raises InvalidRequest for a table
    that has neither coordinates nor names, or whose frame or unit is unknown.
    """

    def __init__(self, cells: TableCells) -> None:
        header, kept = cells.header, set(cells.table.cells)
        self.cells = cells
        self.pairs = [pair for pair in position_columns(header) if set(pair.indices) <= kept]
        self.names = [column for column in name_columns(header) if column in kept]
        self.coordinates = [c for c in coordinate_columns(header) if c in kept and _are_coordinates(cells, c)]
        if not self.pairs and not self.names and not self.coordinates:
            raise missing_position(header)
        self.units = {pair: units_of(header, pair) for pair in self.pairs}
        self._frames: dict[PositionColumns | None, Frame] = {}
        self._row_frames: dict[tuple[str | None, str | None], Frame] = {}
        self.used: dict[tuple[int, ...], int] = {}

    def targets(self) -> list[Target]:
        """Return the target of every row; one that is invalid is noted and has neither position nor name."""
        read = [self._row(index) for index in range(len(self.cells))]
        _check_equinoxes(read, self.cells.header)
        positions = to_icrs([row.where if isinstance(row.where, Location) else None for row in read])
        return [
            self._target(index, row, position)
            for index, (row, position) in enumerate(zip(read, positions, strict=True))
        ]

    def _target(self, index: int, row: _Cells, position: SkyPosition | None) -> Target:
        columns = self.cells.header.columns
        names = tuple(columns[column].name for column in row.columns)
        if not isinstance(row.where, Location):
            return Target(None, row.where, columns=names)
        unit = columns[row.pair.longitude[0]].unit if row.pair else None
        label = None if row.columns[0] in self.names else self._label(index)
        return Target(position, None, label, row.where.frame, unit, names)

    def _label(self, index: int) -> str | None:
        return next((text for column in self.names if (text := self.cells.at(column, index))), None)

    def _row(self, index: int) -> _Cells:
        """Read one row: the first pair that is filled, else the first text; what is missing is noted."""
        for pair in self.pairs:
            texts = self._texts(pair, index)
            if texts is not None:
                self.used[pair.indices] = self.used.get(pair.indices, 0) + 1
                return self._angles(pair, index, *texts)
        for column in (*self.coordinates, *self.names):
            if self.cells.at(column, index) is not None:
                return self._text(column, index)
        return self._incomplete(index)

    def _texts(self, pair: PositionColumns, index: int) -> tuple[str, str] | None:
        """Return the two angles of a row as text, None where one is null."""
        longitude = _joined(self.cells, pair.longitude, index)
        latitude = _joined(self.cells, pair.latitude, index)
        return (longitude, latitude) if longitude is not None and latitude is not None else None

    def _angles(self, pair: PositionColumns, index: int, longitude: str, latitude: str) -> _Cells:
        """Read two angles; each that is none, or lies outside its range, is noted by itself."""
        frame, units = self._frame(pair, index), self.units[pair]
        if frame is None:
            return _Cells()
        where = _location(longitude, latitude, frame, units)
        if isinstance(where, Location):
            return _Cells(where, pair.indices, pair)
        halves = ((pair.longitude[0], longitude, longitude, "0"), (pair.latitude[0], latitude, "0", latitude))
        for column, text, first, second in halves:
            rule = _location(first, second, frame, units)
            if not isinstance(rule, Location):
                self.cells.note(column, index, text, rule or not_an_angle(text))
        return _Cells()

    def _text(self, column: int, index: int) -> _Cells:
        """Read one cell that holds a whole coordinate or a name."""
        frame = self._frame(None, index)
        if frame is None:
            return _Cells()
        read: Callable[[str, Frame], Location | str]
        read = parse_coordinate if column in self.coordinates else parse_position_or_name
        where = self.cells.value_at(column, index, lambda text: read(text, frame), None)
        return _Cells(where, (column,) if where is not None else ())

    def _incomplete(self, index: int) -> _Cells:
        """Note what a row lacks; a whole coordinate or a name may stand in its first column."""
        if not self.pairs:
            self.cells.note((*self.coordinates, *self.names)[0], index, "", "must not be empty")
            return _Cells()
        pair = self.pairs[0]
        longitude = _joined(self.cells, pair.longitude, index)
        if longitude is not None and not values.NUMBER.fullmatch(longitude):
            return self._text(pair.longitude[0], index)
        empty = pair.longitude[0] if longitude is None else pair.latitude[0]
        self.cells.note(empty, index, "", "must not be empty")
        return _Cells()

    def _frame(self, pair: PositionColumns | None, index: int) -> Frame | None:
        """Return the frame of a row: by its own columns, else the file's; None if they name none."""
        csys, equinox = self.cells.text("csys", index), self.cells.text("equinox", index)
        if (csys is None and equinox is None) or (pair is not None and pair.system is not None):
            if pair not in self._frames:
                self._frames[pair] = frame_of_file(self.cells.header, pair)
            return self._frames[pair]
        try:
            return self._row_frame(csys, equinox)
        except InvalidValue as broken:
            role = "csys" if csys is not None and not is_system(csys) else "equinox"
            self.cells.note(self.cells.roles[role], index, self.cells.text(role, index) or "", str(broken))
            return None

    def _row_frame(self, csys: str | None, equinox: str | None) -> Frame:
        """Return the frame that a row's own columns name.

        Raises InvalidValue for what is none, InvalidRequest where there are too many.
        """
        said = (csys, equinox)
        if said not in self._row_frames:
            if len(self._row_frames) >= MOST_FRAMES:
                raise _too_many(self.cells.header, MOST_FRAMES, "frames")
            self._row_frames[said] = row_frame(csys, equinox)
        return self._row_frames[said]


def _too_many(header: Header, most: int, which: str) -> Exception:
    rule = f"there are more than {most} different {which}; please convert the positions to one"
    return unreadable_table(rule, header.line, column="equinox")


def _check_equinoxes(rows: Sequence[_Cells], header: Header) -> None:
    """Raise InvalidRequest for too many equinoxes of FK4, each of which is converted by itself."""
    frames = {row.where.frame for row in rows if isinstance(row.where, Location)}
    if sum(frame.system == "fk4" for frame in frames) > MOST_BESSELIAN_EQUINOXES:
        raise _too_many(header, MOST_BESSELIAN_EQUINOXES, "equinoxes before 1984")


def _location(first: str, second: str, frame: Frame, units: Units) -> Location | str | None:
    """Return the location of two angles, the rule that they break, or None where one is no angle."""
    try:
        return location_from_cells(first, second, frame, units)
    except InvalidValue as broken:
        return str(broken)


def _are_coordinates(cells: TableCells, column: int) -> bool:
    """Return whether the first cell of a column that holds something is a whole coordinate."""
    text = next((text for text in cells.table.cells[column] if text is not None), None)
    try:
        return text is not None and parse_location(text) is not None
    except InvalidValue:
        return True


def _joined(cells: TableCells, columns: Sequence[int], index: int) -> str | None:
    """Return the text of an angle; one in several columns has its parts and its sign joined."""
    if len(columns) == 1:
        return cells.at(columns[0], index)
    texts = [text.strip() for column in columns if (text := cells.at(column, index)) is not None]
    parts = [text.lstrip("+-") for text in texts if re.fullmatch(r"[+-]?[0-9.]+", text)]
    minus = any(text in ("-", "−") or re.fullmatch(r"-[0-9.]+", text) for text in texts)
    return ("-" if minus else "") + " ".join(parts) if len(parts) >= 2 else None


def missing_position(header: Header) -> Exception:
    """Return the error for a table that has neither coordinates nor names, with the names that are read."""
    have = ", ".join(name[:40] for name in header.names[:20]) or "none"
    more = ", ..." if len(header.names) > 20 else ""
    known = ", ".join(" and ".join(pair) for pair in EQUATORIAL_PAIRS[:_PAIRS_SHOWN])
    rule = (
        f"no columns of positions or names were found; this {header.kind} has the columns {have}{more}."
        f" Positions are read from {known} and other pairs that differ as ra and dec do, galactic ones from"
        f" glon and glat or l and b, object names from {', '.join(NAME_COLUMNS)}"
    )
    return unreadable_table(rule, header.line, column="ra")
