"""One text that points to the sky: a whole coordinate, a designation of the survey, or an object name."""

from __future__ import annotations

import re
import unicodedata

from skybatch.requests import values
from skybatch.sky.angles import ANGLE_CHARACTERS
from skybatch.sky.coordinates import ICRS, Frame, Location, parse_location
from skybatch.surveys.twomass.designations import bare_designation_position
from skybatch.validation import InvalidValue

NOT_AN_ANGLE = "must be decimal degrees or sexagesimal (hours for a right ascension without marks)"
NOT_A_COORDINATE = "must be a whole coordinate: right ascension and declination"
# What is left of a coordinate besides digits, so that a sign beyond ASCII in it is a slip and not a name.
_WORDS_OF_COORDINATES = re.compile(r"[0-9hdmsjbDJB\s.,;:+'\"()\[\]-]*")


def parse_position_or_name(text: str, frame: Frame = ICRS) -> Location | str:
    """Read a whole coordinate as a location; any other text is an object name.

    A designation of the survey without its prefix (``04215943+1932062``) is the position that it writes.

    Raises
    ------
    InvalidValue
        For a coordinate off the sky or with a character that none has, and for what is no name.
    """
    position = bare_designation_position(text)
    if position is not None:
        return Location(position.ra, position.dec)
    location = parse_location(text, frame)
    if location is not None:
        return location
    odd = odd_character(text)
    if odd is not None and not odd.isalpha() and _is_coordinate_but_for(text):
        raise InvalidValue(f"is no coordinate: {character_rule(odd)}")
    return values.object_name(text)


def parse_coordinate(text: str, frame: Frame = ICRS) -> Location:
    """Read a whole coordinate. Raises InvalidValue for any other text."""
    location = parse_position_or_name(text, frame)
    if isinstance(location, str):
        raise InvalidValue(NOT_A_COORDINATE)
    return location


def not_an_angle(text: str) -> str:
    """Return the rule that a text breaks which is no angle, naming a character that no angle has."""
    odd = odd_character(text)
    return NOT_AN_ANGLE if odd is None else f"{NOT_AN_ANGLE}; {character_rule(odd)}"


def odd_character(text: str) -> str | None:
    """Return the first character beyond ASCII that no angle has."""
    return next((c for c in text if not c.isascii() and c not in ANGLE_CHARACTERS), None)


def character_rule(character: str) -> str:
    """Return the sentence on a character that does not belong into a coordinate."""
    name = unicodedata.name(character, "a control character").lower()
    shown = character if character.isprintable() else " "
    return f"the character {shown} (U+{ord(character):04X}, {name}) belongs to no angle"


def _is_coordinate_but_for(text: str) -> bool:
    """Return whether a text is a coordinate apart from its characters beyond ASCII."""
    plain = "".join(c for c in text if c.isascii())
    return len(re.findall(r"[0-9]+", text)) > 1 and _WORDS_OF_COORDINATES.fullmatch(plain) is not None
