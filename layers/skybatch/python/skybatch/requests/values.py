"""Parsers of one cell of a table, or of one field. Each raises InvalidValue with the broken rule."""

from __future__ import annotations

import math
import re
from datetime import date

from skybatch.fits.edge_mode import EdgeMode
from skybatch.sky.angles import plain_dashes
from skybatch.surveys.band_words import bands as bands
from skybatch.surveys.image_type import ImageType
from skybatch.validation import InvalidValue

MAX_ID_CHARACTERS = 15  # in tables and file names; longer ids are cut
MAX_GIVEN_ID_CHARACTERS = 200
MAX_NAME_CHARACTERS = 100
MAX_INT = 2**31 - 1  # IPAC tables' and the inventory's integers are 32 bits wide
MAX_SCAN = 999
MAX_FIRST_ROW = 9_999_999
MAX_SIZE = 648_000.0  # arcsec, half a turn
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
INTEGER = re.compile(r"([+-]?[0-9]{1,12})(?:\.0*)?")
ISO_DATE = re.compile(r"((?:19|20)[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
SIX_DIGITS = re.compile(r"[0-9]{6}")
TRUE_WORDS = frozenset({"y", "yes", "t", "true", "1", "on"})
FALSE_WORDS = frozenset({"n", "no", "f", "false", "0", "off"})
HEMISPHERES = {"n": "n", "north": "n", "s": "s", "south": "s"}
IMAGE_TYPES = {
    word: image_type for image_type in ImageType for word in (image_type.letter.lower(), str(image_type))
}


def number(text: str) -> float:
    """Parse a finite decimal number."""
    if not NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise InvalidValue("must be a decimal number")
    return float(text)


def integer(text: str) -> int | None:
    """Parse a whole number, also as 12. or 12.0; return None for anything else."""
    match = INTEGER.fullmatch(text)
    return int(match.group(1)) if match else None


def flag(text: str) -> bool:
    """Parse yes or no."""
    word = text.lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise InvalidValue("must be y or n")


def size(text: str, scale: float = 1.0) -> float | None:
    """Parse the crop's width and height in arcsec; None, no crop, for zero, a negative number or NaN.

    ``scale`` is the arcsec of one unit of the number.
    """
    if text.lower() == "nan":
        return None
    try:
        arcsec = number(text) * scale
    except InvalidValue:
        raise InvalidValue(
            "must be the width and height of the crop in arcseconds, a decimal number"
        ) from None
    if arcsec > MAX_SIZE:
        raise InvalidValue(f"must be at most {MAX_SIZE:.0f} arcseconds (180 degrees)")
    return arcsec if arcsec > 0 else None


def row_id(text: str) -> str:
    """Parse the user's identifier of a row."""
    if len(text) > MAX_GIVEN_ID_CHARACTERS:
        raise InvalidValue(f"an id has at most {MAX_GIVEN_ID_CHARACTERS} characters")
    if not text.isprintable():
        raise InvalidValue("an id holds printable characters only")
    return text


def coadd_key(text: str) -> int:
    """Parse the number of an image set."""
    key = integer(text)
    if key is None or not 1 <= key <= MAX_INT:
        raise InvalidValue(f"a coadd_key is a whole number from 1 to {MAX_INT}")
    return key


def xdate(text: str) -> str:
    """Parse an observation date yymmdd, which stays text."""
    rule = "a date is exactly six digits yymmdd (August 4, 2000 is 000804)"
    if not SIX_DIGITS.fullmatch(text):
        raise InvalidValue(rule)
    century = 1900 if int(text[:2]) >= 50 else 2000
    try:
        date(century + int(text[:2]), int(text[2:4]), int(text[4:]))
    except ValueError:
        raise InvalidValue(f"{rule}, and this is no day of the calendar") from None
    return text


def table_date(text: str) -> str:
    """Parse an observation date of a table: yymmdd, or an ISO date, which is read as one."""
    iso = ISO_DATE.fullmatch(text)
    return xdate(iso[1][2:] + iso[2] + iso[3] if iso else text)


def hemisphere(text: str) -> str:
    """Parse the observatory: n (Mt. Hopkins) or s (Cerro Tololo)."""
    try:
        return HEMISPHERES[text.lower()]
    except KeyError:
        raise InvalidValue("a hemisphere is n (north) or s (south)") from None


def scan(text: str) -> int:
    """Parse a nightly scan number."""
    value = integer(text)
    if value is None or not 1 <= value <= MAX_SCAN:
        raise InvalidValue(f"a scan is a whole number from 1 to {MAX_SCAN}")
    return value


def first_row(text: str) -> int:
    """Parse the number of a table's first row."""
    value = integer(text)
    if value is None or not 1 <= value <= MAX_FIRST_ROW:
        raise InvalidValue(f"must be a whole number from 1 to {MAX_FIRST_ROW}")
    return value


def image(text: str) -> int | None:
    """Parse an image number within a scan; None, all of the scan, for zero, a negative number or NaN."""
    if text.lower() == "nan":
        return None
    value = integer(text)
    if value is None or value > MAX_INT:
        raise InvalidValue("an image is a whole number; empty, null, zero or negative means all of the scan")
    return value if value > 0 else None


def row_number(text: str) -> int:
    """Parse the number of a row of an earlier request (``scntr``)."""
    value = integer(text)
    if value is None or not 1 <= value <= MAX_INT:
        raise InvalidValue("scntr is the number of a row, a whole number from 1 on")
    return value


def image_type(text: str) -> ImageType:
    """Parse the image type, as a word or as our tables' A and Q."""
    try:
        return IMAGE_TYPES[text.lower()]
    except KeyError:
        raise InvalidValue("an image type is atlas (A) or quicklook (Q)") from None


def choice(text: str, allowed: tuple[str, ...]) -> str:
    """Parse one of a few words, in any case."""
    for word in allowed:
        if text.lower() == word.lower():
            return word
    raise InvalidValue(f"must be one of {', '.join(allowed)}")


def edge_mode(text: str) -> EdgeMode:
    """Parse what becomes of a crop where its image ends."""
    return EdgeMode(choice(text, tuple(EdgeMode)))


def object_name(text: str) -> str:
    """Parse what is no coordinate and so must be an object name."""
    name = " ".join(plain_dashes(text).split())
    if not name or len(name) > MAX_NAME_CHARACTERS or not name.isprintable():
        raise InvalidValue(
            "is no coordinate, and an object name is printable, at most"
            f" {MAX_NAME_CHARACTERS} characters long"
        )
    return name
