"""Words that stand in rows of units and of types, and names of columns that carry a unit or an equinox."""

from __future__ import annotations

import re

from skybatch.tables.readers.model import Column

UNITS = frozenset(
    [
        "deg",
        "degree",
        "degrees",
        "d",
        "dd",
        "ddeg",
        "rad",
        "radian",
        "radians",
        "h",
        "hr",
        "hrs",
        "hour",
        "hours",
        "hourangle",
        "arcmin",
        "arcminute",
        "amin",
        "arcsec",
        "arcsecond",
        "asec",
        "as",
        "mas",
        "uas",
        "microarcsec",
        "min",
        "sec",
        "s",
        "ms",
        "m",
        "cm",
        "mm",
        "um",
        "µm",
        "micron",
        "nm",
        "angstrom",
        "a",
        "km",
        "pc",
        "kpc",
        "mpc",
        "ly",
        "au",
        "mag",
        "mags",
        "abmag",
        "vegamag",
        "mag(ab)",
        "jy",
        "mjy",
        "ujy",
        "µjy",
        "njy",
        "ph",
        "ct",
        "count",
        "counts",
        "adu",
        "dn",
        "electron",
        "e-",
        "pix",
        "pixel",
        "pixels",
        "year",
        "years",
        "yr",
        "yrs",
        "day",
        "days",
        "mjd",
        "jd",
        "bjd",
        "hjd",
        "k",
        "kelvin",
        "ev",
        "kev",
        "mev",
        "hz",
        "khz",
        "mhz",
        "ghz",
        "erg",
        "w",
        "solmass",
        "solrad",
        "sollum",
        "msun",
        "rsun",
        "lsun",
        "dex",
        "dimensionless",
        "unitless",
        "none",
        "char",
        "string",
        "hms",
        "dms",
        "h:m:s",
        "d:m:s",
        "hh:mm:ss",
        "dd:mm:ss",
        '"h:m:s"',
        '"d:m:s"',
        "sexagesimal",
        "°",
        "′",
        "″",
        "'",
        '"',
        "%",
    ]
)
TYPES = frozenset(
    [
        "char",
        "c",
        "text",
        "str",
        "string",
        "varchar",
        "unicode",
        "unicodechar",
        "double",
        "float",
        "float32",
        "float64",
        "f4",
        "f8",
        "d",
        "r",
        "real",
        "single",
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "i2",
        "i4",
        "i8",
        "i",
        "short",
        "long",
        "longlong",
        "integer",
        "bigint",
        "smallint",
        "byte",
        "ubyte",
        "unsignedbyte",
        "bool",
        "boolean",
        "b",
        "l",
        "logical",
        "date",
        "datetime",
        "timestamp",
        "number",
        "numeric",
        "null",
    ]
)
# Compound units: a factor, products, quotients and powers of words, as ``mas/yr``, ``km s-1``, ``10-3mJy``.
_COMPOUND = re.compile(
    r"[\[(]?(?:10[\^*]*[+-]?[0-9]+[ *.x]*)?[A-Za-z°µμ%]+(?:[ */.^-]*[A-Za-z0-9°µμ+-]+){1,6}[\])]?"
)
_BRACKETED = re.compile(r"(.*\S)\s*[\[(]\s*([^\[\]()]+?)\s*[\])]")
_EQUINOX = re.compile(r"[JB][12][0-9]{3}(?:\.[0-9]+)?|ICRS|FK[45]", re.IGNORECASE)


def is_unit(word: str) -> bool:
    """Tell whether a cell's text names a unit."""
    text = word.strip()
    if text.lower() in UNITS:
        return True
    parts = re.split(r"[\s*/.^]+", text.strip("[]()").lower())
    known = [part for part in parts if re.sub(r"[+-]?[0-9]+$", "", part) in UNITS]
    return len(parts) > 1 and bool(known) and _COMPOUND.fullmatch(text) is not None


def is_type(word: str) -> bool:
    """Tell whether a cell's text names a data type."""
    return re.sub(r"\([0-9,]*\)$", "", word.strip().lower()) in TYPES


def named_column(text: str, **known: str | None) -> Column:
    """Make the column that a header's text names: ``RA (deg)`` carries its unit, ``RA (J2000)`` its equinox."""
    name = text.strip().strip("\"'").strip()
    bracketed = _BRACKETED.fullmatch(name)
    if bracketed and _EQUINOX.fullmatch(bracketed[2]):
        said = bracketed[2].upper()
        frame = {"equinox": said} if said[0] in "JB" else {"system": said}
        return Column(bracketed[1], **{**known, **frame})
    if bracketed and is_unit(bracketed[2]):
        return Column(bracketed[1], **{**known, "unit": bracketed[2]})
    return Column(name, **known)
