"""The frame and the units that a file says for its columns of coordinates."""

from __future__ import annotations

from skybatch.requests.columns.pairs import PositionColumns, stated_unit
from skybatch.sky.coordinates import ICRS, Frame, Units, frame_named
from skybatch.sky.units import angle_unit
from skybatch.tables.readers.model import Column, Header, unreadable_table
from skybatch.validation import InvalidValue

# Words that files have for systems, as `frame_named` takes them; ``eq_FK5`` and its kin are COOSYS'.
_SYSTEM_WORDS = {
    "eq_fk4": "fk4",
    "eq_fk5": "fk5",
    "ecl_fk4": "ecl",
    "ecl_fk5": "ecl",
    "j2000": "fk5",
    "b1950": "fk4",
    "icrf": "icrs",
    "icrf2": "icrs",
    "icrf3": "icrs",
    "super_galactic": "sgal",
    "galactic_ii": "gal",
}
_MODERN_NAMES = ("2000", "icrs")


def frame_of_file(header: Header, pair: PositionColumns | None) -> Frame:
    """Return the frame that a file says for a pair of columns, or for coordinates in one column; else ICRS.

    Raises InvalidRequest for words that name no frame.
    """
    column = header.columns[pair.longitude[0]] if pair else None
    if pair is not None and pair.system is not None:
        return frame_named(pair.system, None)
    if pair is not None and pair.equinox is not None:
        return frame_named(None, pair.equinox)
    system, equinox = _said(header, column)
    try:
        return frame_named(system_word(system), equinox) if system or equinox else ICRS
    except InvalidValue as broken:
        said = " ".join(part for part in (system, equinox) if part)
        raise unreadable_table(f"the frame {said[:60]!r} {broken}", header.line) from None


def _said(header: Header, column: Column | None) -> tuple[str | None, str | None]:
    """Return the system and equinox of a column, or those of its table where its name says no other."""
    if column is not None and (column.system is not None or column.equinox is not None):
        return column.system, column.equinox
    if column is not None and any(word in column.name.lower() for word in _MODERN_NAMES):
        return None, None
    return frame_keywords(header)


def frame_keywords(header: Header) -> tuple[str | None, str | None]:
    """Return the system and the equinox that a table's keywords say for all positions."""
    keywords = header.keywords
    system = keywords.get("radesys") or keywords.get("radecsys") or keywords.get("csys")
    equinox = keywords.get("equinox")
    if system is None and (coosys := keywords.get("coosys", "").split()):
        system, equinox = coosys[0], coosys[1] if len(coosys) > 1 else equinox
    return system or None, equinox or None


def row_frame(csys: str | None, equinox: str | None) -> Frame:
    """Return the frame that a row's own columns name. Raises InvalidValue."""
    return frame_named(system_word(csys), equinox)


def is_system(csys: str) -> bool:
    """Return whether a word names a coordinate system."""
    try:
        frame_named(system_word(csys), None)
    except InvalidValue:
        return False
    return True


def system_word(text: str | None) -> str | None:
    """Return a file's word for a system as `frame_named` takes it."""
    return None if text is None else _SYSTEM_WORDS.get(text.strip().lower(), text.strip())


def units_of(header: Header, pair: PositionColumns) -> Units:
    """Return the units of a pair's columns; raises InvalidRequest for one that is no unit of angles."""
    if len(pair.indices) > 2:
        return (None, None)
    units = []
    for column in (header.columns[index] for index in pair.indices):
        said = stated_unit(column)
        unit = angle_unit(said) if said else None
        if said and unit is None:
            rule = f"the unit {said[:40]!r} of {column.name} is no unit of angles that is known"
            raise unreadable_table(rule, header.line, column=column.name, value=said)
        units.append(unit)
    return (units[0], units[1])
