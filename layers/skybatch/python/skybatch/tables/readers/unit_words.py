"""Words that stand in rows of units and of types, and column names that carry a unit or an equinox."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skybatch.tables.readers.model import Bounds, Column

MOST_UNIT_CHARACTERS = 60
MOST_NAME_CHARACTERS = 200


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Whole words, lower case, that are no product of units.
UNITS = _words(
    """
    d dd ddeg hrs hourangle hms dms h:m:s d:m:s hh:mm:ss dd:mm:ss "h:m:s" "d:m:s" sexagesimal
    abmag vegamag mag(ab) e- dimensionless unitless % \' " \'\' ° º ′ ″
    """
)
# Units that products and powers are made of (VOUnits, CDS, FITS), lower case, without prefixes.
BASE_UNITS = _words(
    """
    deg degree degrees rad radian radians h hr hour hours arcmin arcminute amin arcsec arcsecond asec as
    min sec s m micron angstrom a aa pc ly lyr au mag mags jy ph photon photons ct count counts adu dn
    electron electrons pix pixel pixels year years yr yrs day days mjd jd bjd hjd k kelvin ev hz erg w j v g
    t n pa solmass solrad sollum sun msun rsun lsun dex db beam bin chan sr l bit byte lm cd mol c ohm
    """
)
PREFIXES = ("", *_words("m k u µ μ n c d g p f t micro milli kilo mega giga"))
TYPES = _words(
    """
    char c text str string varchar unicode unicodechar double float float32 float64 f4 f8 d r real single
    int int8 int16 int32 int64 i2 i4 i8 i short long longlong integer bigint smallint byte ubyte unsignedbyte
    bool boolean b l logical date datetime timestamp number numeric
    """
)
_FACTOR = re.compile(r"1|10[+-]?[0-9]*|0")
_EXPONENT = re.compile(r"[*^][*^+-]*[0-9]+")
_POWER = re.compile(r"[+-]?[0-9](?:/[0-9])?$")
_LEADING_FACTOR = re.compile(r"(?:1|10[+-]?[0-9]+|[0-9]+)(?=[a-z])")
_BETWEEN = re.compile(r"[\s*/.^()\[\]x×·]+")
_EQUINOX = re.compile(r"[JB][12][0-9]{3}(?:\.[0-9]+)?|ICRS|FK[45]", re.IGNORECASE)

_SIMBAD_FRAME = re.compile(r"(ICRS|FK[45]|Gal),[JB][0-9.]+/[JB]?[0-9.]+")


def is_unit(word: str) -> bool:
    """Tell whether a cell's text names a unit: ``deg``, ``mas/yr``, ``km s-1``, ``10-3mJy``."""
    text = word.strip().lower()
    if text in UNITS:
        return True
    if not text or len(text) > MOST_UNIT_CHARACTERS:
        return False
    parts = [part for part in _BETWEEN.split(_EXPONENT.sub("", text)) if part]
    while parts and (_FACTOR.fullmatch(parts[0]) or parts[0] == "log"):
        parts.pop(0)
    return bool(parts) and all(map(_is_power_of_unit, parts))


def _is_power_of_unit(part: str) -> bool:
    """Tell whether a part of a product is a unit, with a prefix, a factor or a power at most."""
    word = _POWER.sub("", _LEADING_FACTOR.sub("", part))
    return any(word.startswith(prefix) and word[len(prefix) :] in BASE_UNITS for prefix in PREFIXES)


def is_type(word: str) -> bool:
    """Tell whether a cell's text names a data type, with a length in brackets or without."""
    text = word.strip().lower()
    if text.endswith(")") and text.count("(") == 1:
        text, _, length = text[:-1].partition("(")
        return text in TYPES and length.replace(",", "").isdecimal()
    return text in TYPES


def can_be_names(words: Sequence[str], bounds: Bounds) -> bool:
    """Tell whether words are few and short enough to name columns."""
    return 0 < len(words) <= bounds.columns and max(map(len, words)) <= MOST_NAME_CHARACTERS


def named_column(text: str, **known: str | None) -> Column:
    """Make the column that a name writes: ``RA (deg)`` carries its unit, ``RA (J2000)`` its equinox.

    What goes beyond `MOST_NAME_CHARACTERS` is cut.
    """
    name = text.strip().strip("\"'").strip()[:MOST_NAME_CHARACTERS]
    bare, bracketed = _in_brackets(name)
    if not bracketed:
        return Column(name, **known)
    if _EQUINOX.fullmatch(bracketed):
        said = bracketed.upper()
        frame = {"equinox": said} if said[0] in "JB" else {"system": said}
        return Column(bare, **{**known, **frame})
    if simbad := _SIMBAD_FRAME.fullmatch(bracketed):
        return Column(bare, **{**known, "system": simbad[1]})
    if is_unit(bracketed):
        return Column(bare, **{**known, "unit": bracketed})
    return Column(name, **known)


def _in_brackets(name: str) -> tuple[str, str]:
    """Split a name that ends in brackets into what stands before and inside them."""
    opening = {")": "(", "]": "["}.get(name[-1:])
    if opening is None:
        return name, ""
    before, _, inside = name[:-1].rpartition(opening)
    bare = before.rstrip(" \t_")
    return (bare, inside.strip()) if bare else (name, "")
