"""Where the rows of a position table point: to a position, or to an object whose name must be resolved."""

from __future__ import annotations

from skybatch.requests import values
from skybatch.requests.table_columns import PLACE_COLUMNS, POSITION_PAIRS, Cells, missing
from skybatch.sky.coordinates import ICRS, Frame, Location, frame_named, location_from_cells, parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.validation import InvalidValue

NOT_AN_ANGLE = "must be decimal degrees or sexagesimal (hours for a right ascension without marks)"


def place_rows(reading: Cells) -> list[SkyPosition | str | None]:
    """For each row its ICRS position or its object's name; None for a bad one, which is noted.

    Raises InvalidRequest for a table that has neither a pair of coordinate columns nor a column of names.
    """
    pair, places = place_columns(reading)
    found = [place_row(reading, index, pair, places) for index in range(len(reading.table))]
    skies = to_icrs([place if isinstance(place, Location) else None for place in found])
    return [place if isinstance(place, str) else sky for place, sky in zip(found, skies, strict=True)]


def place_columns(reading: Cells) -> tuple[tuple[str, str] | None, list[str]]:
    """The pair of coordinate columns, if any, and every column of names or whole coordinate strings."""
    places = [column for column in PLACE_COLUMNS if reading.has(column)]
    for first, second in POSITION_PAIRS:
        if reading.has(first) and reading.has(second):
            return (first, second), places
    if reading.has("ra") and not places:
        raise missing(reading.table, "dec", "declination")
    if reading.has("dec") and not places:
        raise missing(reading.table, "ra", "right ascension")
    if not places:
        raise missing(reading.table, "ra", "right ascension; with dec, or instead objname, an object name")
    return None, places


def place_row(
    reading: Cells, index: int, pair: tuple[str, str] | None, places: list[str]
) -> Location | str | None:
    """One row's location or name: its two angles, else the first of its names that is not null."""
    frame = row_frame(reading, index)
    if frame is None:
        return None
    first, second = (reading.text(column, index) for column in pair) if pair else (None, None)
    if pair and first is not None and second is not None:
        return two_angles(reading, index, pair, frame)
    for column in places:
        if reading.text(column, index) is not None:
            return reading.value(column, index, lambda text: anywhere(text, frame), None)
    if pair and first is not None and not values.NUMBER.fullmatch(first):
        return reading.value(pair[0], index, lambda text: anywhere(text, frame), None)
    empty = pair[1 if first is not None else 0] if pair else places[0]
    reading.note(empty, index, "", "must not be empty")
    return None


def row_frame(reading: Cells, index: int) -> Frame | None:
    """The frame that ``csys`` and ``equinox`` name; ICRS without them, None if they name none."""
    csys, equinox = reading.text("csys", index), reading.text("equinox", index)
    known = reading.value("csys", index, lambda text: frame_named(text, None), None) if csys else ICRS
    if known is None or equinox is None:
        return known
    return reading.value("equinox", index, lambda text: frame_named(csys, text), None)


def two_angles(reading: Cells, index: int, pair: tuple[str, str], frame: Frame) -> Location | None:
    """The location of a row's pair of cells; which of the two is bad is noted."""
    first, second = (reading.text(column, index) or "" for column in pair)
    try:
        place = location_from_cells(first, second, frame)
    except InvalidValue:
        place = None
    if place is None:
        note_bad_half(reading, index, pair, frame)
    return place


def note_bad_half(reading: Cells, index: int, pair: tuple[str, str], frame: Frame) -> None:
    """Note each of the two cells that is no angle by itself, or lies outside its range."""
    first, second = (reading.text(column, index) or "" for column in pair)
    for column, text, partner in ((pair[0], first, (None, "0")), (pair[1], second, ("0", None))):
        left, right = (text if half is None else half for half in partner)
        try:
            rule = None if location_from_cells(left, right, frame) else NOT_AN_ANGLE
        except InvalidValue as broken:
            rule = str(broken)
        if rule:
            reading.note(column, index, text, rule)


def anywhere(text: str, frame: Frame = ICRS) -> Location | str:
    """A whole coordinate string as a location; any other text is an object name. Raises InvalidValue."""
    return parse_location(text, frame) or values.object_name(text)
