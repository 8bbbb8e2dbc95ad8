"""Where the rows of a table point: to a position, or to an object whose name must be resolved."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from skybatch.requests import values
from skybatch.requests.position_columns import PositionColumns, position_columns
from skybatch.requests.table_cells import NAME_COLUMNS, TableCells
from skybatch.sky.coordinates import ICRS, Frame, Location, frame_named, location_from_cells, parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.sky.units import AngleUnit, angle_unit
from skybatch.surveys.twomass.designations import bare_designation_position
from skybatch.tables.readers.model import Header, unreadable_table
from skybatch.validation import InvalidValue

NOT_AN_ANGLE = "must be decimal degrees or sexagesimal (hours for a right ascension without marks)"
# Words that files have for systems, as `frame_named` takes them; ``eq_FK5`` and its kin are COOSYS'.
_SYSTEM_WORDS = {
    "eq_fk4": "fk4",
    "eq_fk5": "fk5",
    "ecl_fk4": "ecl",
    "ecl_fk5": "ecl",
    "j2000": "fk5",
    "b1950": "fk4",
}
_HOURS_SUSPECTED = 24.0


@dataclass(frozen=True)
class Target:
    """Where one row points, and how that was read.

    Attributes
    ----------
    position
        ICRS, None for a name or a bad row.
    name
        The object name to be resolved, None where there is a position.
    label
        The name that stands beside a position.
    frame, unit, columns
        The frame and unit of the coordinates in the file, and the names of their columns.
    """

    position: SkyPosition | None
    name: str | None
    label: str | None
    frame: Frame | None
    unit: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class _Read:
    where: Location | str | None
    frame: Frame | None = None
    unit: str | None = None
    columns: tuple[int, ...] = ()


class PositionReader:
    """Reads the targets of one table's rows.

    ``notices`` says what was guessed or left out. Raises InvalidRequest for a table that has neither
    coordinates nor names.
    """

    def __init__(self, cells: TableCells) -> None:
        self.cells = cells
        self.pairs = [
            pair for pair in position_columns(cells.header) if set(pair.indices) <= set(cells.table.cells)
        ]
        self.names = name_columns(cells.header)
        self.notices: list[str] = []
        self._used: Counter[PositionColumns] = Counter()
        if not self.pairs and not self.names:
            raise missing_position(cells.header)
        self._units = {pair: self._units_of(pair) for pair in self.pairs}

    def targets(self) -> list[Target]:
        """Return the target of every row; one that is bad is noted and has neither position nor name."""
        found = [self._row(index) for index in range(len(self.cells))]
        positions = to_icrs([each.where if isinstance(each.where, Location) else None for each in found])
        self._tell()
        return [
            Target(
                position,
                each.where if isinstance(each.where, str) else None,
                self._label(index)
                if position is not None and each.columns[:1] not in self._name_tuples()
                else None,
                each.frame,
                each.unit,
                tuple(self.cells.header.names[column] for column in each.columns),
            )
            for index, (each, position) in enumerate(zip(found, positions, strict=True))
        ]

    def _name_tuples(self) -> set[tuple[int, ...]]:
        return {(column,) for column in self.names}

    def _label(self, index: int) -> str | None:
        return next((text for column in self.names if (text := self.cells.at(column, index))), None)

    # Rows -------------------------------------------------------------------------------------------

    def _row(self, index: int) -> _Read:
        """One row: the first pair that is filled, else the first name, else what is missing is noted."""
        for pair in self.pairs:
            texts = self._texts(pair, index)
            if texts is not None:
                self._used[pair] += 1
                return self._angles(pair, index, *texts)
        for column in self.names:
            if self.cells.at(column, index) is not None:
                return self._anywhere(column, index)
        return self._half(index)

    def _texts(self, pair: PositionColumns, index: int) -> tuple[str, str] | None:
        """The two angles of a row as text, None where one is null."""
        longitude = _joined(self.cells, pair.longitude, index)
        latitude = _joined(self.cells, pair.latitude, index)
        return (longitude, latitude) if longitude is not None and latitude is not None else None

    def _angles(self, pair: PositionColumns, index: int, longitude: str, latitude: str) -> _Read:
        frame = self._frame(pair, index)
        if frame is None:
            return _Read(None)
        units = self._units[pair]
        where = None
        try:
            where = location_from_cells(longitude, latitude, frame, units)
        except InvalidValue:
            pass
        if where is None:
            self._note_bad_half(pair, index, frame, longitude, latitude)
        unit = self.cells.header.columns[pair.longitude[0]].unit
        return _Read(where, frame, unit, pair.indices)

    def _note_bad_half(
        self, pair: PositionColumns, index: int, frame: Frame, longitude: str, latitude: str
    ) -> None:
        """Note each of the two angles that is none by itself, or lies outside its range."""
        units = self._units[pair]
        halves = ((pair.longitude[0], longitude, longitude, "0"), (pair.latitude[0], latitude, "0", latitude))
        for column, text, first, second in halves:
            try:
                rule = None if location_from_cells(first, second, frame, units) else not_an_angle(text)
            except InvalidValue as broken:
                rule = str(broken)
            if rule:
                self.cells.note(column, index, text, rule)

    def _anywhere(self, column: int, index: int) -> _Read:
        frame = self._frame(None, index)
        if frame is None:
            return _Read(None)
        where = self.cells.value_at(column, index, lambda text: parse_position_or_name(text, frame), None)
        if isinstance(where, Location):
            return _Read(where, where.frame, None, (column,))
        return _Read(where, None, None, (column,))

    def _half(self, index: int) -> _Read:
        """A row without a whole position or a name; a whole coordinate may stand in the first column."""
        if self.pairs:
            pair = self.pairs[0]
            longitude = _joined(self.cells, pair.longitude, index)
            if longitude is not None and not values.NUMBER.fullmatch(longitude):
                return self._anywhere(pair.longitude[0], index)
            empty = pair.longitude[0] if longitude is None else pair.latitude[0]
        else:
            empty = self.names[0]
        self.cells.note(empty, index, "", "must not be empty")
        return _Read(None)

    # Frames and units -------------------------------------------------------------------------------

    def _frame(self, pair: PositionColumns | None, index: int) -> Frame | None:
        """The frame of a row: its own columns before the file's words, before ICRS; None if they name none."""
        csys, equinox = self.cells.text("csys", index), self.cells.text("equinox", index)
        if pair is not None and pair.system is not None:
            return frame_named(pair.system, None)
        if csys is None and equinox is None:
            return self._frame_of_file(pair)
        try:
            return frame_named(system_word(csys), equinox)
        except InvalidValue as broken:
            role = "csys" if csys is not None and _unknown(csys) else "equinox"
            self.cells.note(self.cells.roles[role], index, self.cells.text(role, index) or "", str(broken))
            return None

    def _frame_of_file(self, pair: PositionColumns | None) -> Frame:
        """The frame that the file says for a pair; raises InvalidRequest for words that name none."""
        column = self.cells.header.columns[pair.longitude[0]] if pair else None
        if pair is not None and pair.equinox is not None:
            return frame_named(None, pair.equinox)
        system, equinox = (column.system, column.equinox) if column else (None, None)
        if system is None and equinox is None:
            system, equinox = frame_keywords(self.cells.header)
        try:
            return frame_named(system_word(system), equinox) if system or equinox else ICRS
        except InvalidValue as broken:
            said = " ".join(part for part in (system, equinox) if part)
            raise unreadable_table(f"the frame {said[:60]!r} {broken}", self.cells.header.line) from None

    def _units_of(self, pair: PositionColumns) -> tuple[AngleUnit | None, AngleUnit | None]:
        """The units of a pair's columns; raises InvalidRequest for one that is no unit of angles."""
        if len(pair.indices) > 2:
            return (None, None)
        units = []
        for column in (self.cells.header.columns[index] for index in pair.indices):
            unit = angle_unit(column.unit) if column.unit else None
            if column.unit and unit is None:
                rule = f"the unit {column.unit[:40]!r} of {column.name} is no unit of angles that is known"
                raise unreadable_table(rule, self.cells.header.line, column=column.name, value=column.unit)
            units.append(unit)
        return (units[0], units[1])

    # Notices ----------------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Say which pairs were used, and which columns look like coordinates and were not."""
        names = self.cells.header.names
        for pair in self.pairs[1:]:
            shown = " and ".join(names[index] for index in (pair.longitude[0], pair.latitude[0]))
            if self._used[pair]:
                rows = f"{self._used[pair]} row{'s' if self._used[pair] > 1 else ''}"
                self.notices.append(f"The columns {shown} were used for {rows} without another position.")
            else:
                self.notices.append(f"The columns {shown} look like coordinates and were not used.")
        motions = [name for name in names if name.lower() in ("pmra", "pmdec", "pmde", "pm_ra", "pm_dec")]
        if motions and self.pairs:
            self.notices.append(f"Proper motion ({', '.join(motions)}) is not applied.")
        if self._looks_like_hours():
            name = names[self.pairs[0].longitude[0]]
            self.notices.append(
                f"All values of {name} lie between 0 and 24 and were read as degrees; if they are hours, say so"
                " with the unit h."
            )

    def _looks_like_hours(self) -> bool:
        """Whether several decimal right ascensions without a unit all lie in 0 to 24."""
        if not self.pairs or self._units[self.pairs[0]][0] is not None or self.pairs[0].system:
            return False
        texts = [text for text in self.cells.table.cells[self.pairs[0].longitude[0]] if text]
        numbers = [float(text) for text in texts if values.NUMBER.fullmatch(text)]
        return len(numbers) == len(texts) > 1 and all(0.0 <= number < _HOURS_SUSPECTED for number in numbers)


def name_columns(header: Header) -> list[int]:
    """Find every column of names or whole coordinates, the one to prefer first."""
    lower = [name.lower() for name in header.names]
    return [lower.index(name) for name in NAME_COLUMNS if name in lower]


def frame_keywords(header: Header) -> tuple[str | None, str | None]:
    """Return the system and the equinox that a table's keywords say for all positions."""
    keywords = header.keywords
    system = keywords.get("radesys") or keywords.get("radecsys") or keywords.get("csys")
    equinox = keywords.get("equinox")
    if system is None and (coosys := keywords.get("coosys", "").split()):
        system, equinox = coosys[0], coosys[1] if len(coosys) > 1 else equinox
    return system or None, equinox or None


def system_word(text: str | None) -> str | None:
    """Return a file's word for a system as `frame_named` takes it."""
    return None if text is None else _SYSTEM_WORDS.get(text.strip().lower(), text.strip())


def _unknown(csys: str) -> bool:
    try:
        frame_named(system_word(csys), None)
    except InvalidValue:
        return True
    return False


def _joined(cells: TableCells, columns: Sequence[int], index: int) -> str | None:
    """The text of an angle; one in several columns has its parts and its sign joined."""
    if len(columns) == 1:
        return cells.at(columns[0], index)
    texts = [cells.at(column, index) for column in columns]
    parts = [text for text in texts if text is not None and re.fullmatch(r"[0-9.]+", text)]
    sign = "-" if cells.table.cells and any(_is_minus(cells, column, index) for column in columns) else ""
    return sign + " ".join(parts) if len(parts) >= 2 else None


def _is_minus(cells: TableCells, column: int, index: int) -> bool:
    text = cells.at(column, index)
    return text is not None and text.strip() in ("-", "−")


def parse_position_or_name(text: str, frame: Frame = ICRS) -> Location | str:
    """Read a whole coordinate as a location; any other text is an object name. Raises InvalidValue.

    A designation of the survey without its prefix (``04215943+1932062``) is the position that it writes.
    """
    position = bare_designation_position(text)
    if position is not None:
        return Location(position.ra, position.dec)
    return parse_location(text, frame) or values.object_name(text)


def not_an_angle(text: str) -> str:
    """Return the rule that a text breaks which is no angle, naming a character that no angle has."""
    odd = next((c for c in text if not c.isascii() and c not in "°º′″’”ʰᵐˢ−–—‐‑‒﹣－\u00a0"), None)
    if odd is None:
        return NOT_AN_ANGLE
    return f"{NOT_AN_ANGLE}; the character {odd!r} (U+{ord(odd):04X}) belongs to no angle"


def missing_position(header: Header) -> Exception:
    """Make the error for a table that has neither coordinates nor names, with the names that are read."""
    from skybatch.requests.position_columns import EQUATORIAL_PAIRS

    have = ", ".join(name[:40] for name in header.names[:20]) or "none"
    more = ", ..." if len(header.names) > 20 else ""
    known = ", ".join(" and ".join(pair) for pair in EQUATORIAL_PAIRS[:12])
    rule = (
        f"no columns of positions or names were found; this {header.kind} has the columns {have}{more}."
        f" Positions are read from {known} and other pairs that differ as ra and dec do, galactic ones from"
        f" glon and glat or l and b, object names from {', '.join(NAME_COLUMNS)}"
    )
    return unreadable_table(rule, header.line, column="ra")
