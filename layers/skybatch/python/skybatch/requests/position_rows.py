"""The rows of a position table: each gives a position, or an object name to be resolved."""

from __future__ import annotations

from skybatch.requests import values
from skybatch.requests.table_columns import NAME_COLUMNS, POSITION_PAIRS, CellParser, missing_column
from skybatch.sky.coordinates import ICRS, Frame, Location, frame_named, location_from_cells, parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.validation import InvalidValue

NOT_AN_ANGLE = "must be decimal degrees or sexagesimal (hours for a right ascension without marks)"


def positions_or_names(cells: CellParser) -> list[SkyPosition | str | None]:
    """Return for each row its ICRS position or its object name; None for an invalid one, which is noted.

    Raises
    ------
    InvalidRequest
        The table has neither a pair of coordinate columns nor a column of names.
    """
    pair, names = position_columns(cells)
    found = [location_or_name(cells, index, pair, names) for index in range(len(cells.table))]
    positions = to_icrs([one if isinstance(one, Location) else None for one in found])
    return [one if isinstance(one, str) else position for one, position in zip(found, positions, strict=True)]


def position_columns(cells: CellParser) -> tuple[tuple[str, str] | None, list[str]]:
    """Return the pair of coordinate columns, if any, and the columns of names or whole coordinates."""
    names = [column for column in NAME_COLUMNS if cells.has(column)]
    for first, second in POSITION_PAIRS:
        if cells.has(first) and cells.has(second):
            return (first, second), names
    if cells.has("ra") and not names:
        raise missing_column(cells.table, "dec", "declination")
    if cells.has("dec") and not names:
        raise missing_column(cells.table, "ra", "right ascension")
    if not names:
        meaning = "right ascension; with dec, or instead objname, an object name"
        raise missing_column(cells.table, "ra", meaning)
    return None, names


def location_or_name(
    cells: CellParser, index: int, pair: tuple[str, str] | None, names: list[str]
) -> Location | str | None:
    """Return a row's location from its two angles, else from the first of ``names`` that is not null."""
    frame = frame_of_row(cells, index)
    if frame is None:
        return None
    first, second = (cells.text(column, index) for column in pair) if pair else (None, None)
    if pair and first is not None and second is not None:
        return location_from_pair(cells, index, pair, frame)
    for column in names:
        if cells.text(column, index) is not None:
            return cells.value(column, index, lambda text: parse_position_or_name(text, frame), None)
    if pair and first is not None and not values.NUMBER.fullmatch(first):
        return cells.value(pair[0], index, lambda text: parse_position_or_name(text, frame), None)
    empty = pair[1 if first is not None else 0] if pair else names[0]
    cells.add_error(empty, index, "", "must not be empty")
    return None


def frame_of_row(cells: CellParser, index: int) -> Frame | None:
    """Return the frame that ``csys`` and ``equinox`` name; ICRS without them, None if they name none."""
    csys, equinox = cells.text("csys", index), cells.text("equinox", index)
    named = cells.value("csys", index, lambda text: frame_named(text, None), None) if csys else ICRS
    if named is None or equinox is None:
        return named
    return cells.value("equinox", index, lambda text: frame_named(csys, text), None)


def location_from_pair(cells: CellParser, index: int, pair: tuple[str, str], frame: Frame) -> Location | None:
    """Return the location of a row's pair of cells; which of the two is invalid is noted."""
    first, second = (cells.text(column, index) or "" for column in pair)
    try:
        location = location_from_cells(first, second, frame)
    except InvalidValue:
        location = None
    if location is None:
        _add_errors_of_pair(cells, index, pair, frame)
    return location


def _add_errors_of_pair(cells: CellParser, index: int, pair: tuple[str, str], frame: Frame) -> None:
    """Note each of the two cells that is no angle by itself, or lies outside its range."""
    first, second = (cells.text(column, index) or "" for column in pair)
    for column, text, tried in ((pair[0], first, (first, "0")), (pair[1], second, ("0", second))):
        try:
            rule = None if location_from_cells(*tried, frame) else NOT_AN_ANGLE
        except InvalidValue as error:
            rule = str(error)
        if rule:
            cells.add_error(column, index, text, rule)


def parse_position_or_name(text: str, frame: Frame = ICRS) -> Location | str:
    """Return a whole coordinate as a location; any other text is an object name. Raises InvalidValue."""
    return parse_location(text, frame) or values.object_name(text)
