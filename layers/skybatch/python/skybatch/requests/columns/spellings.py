"""The usual names of columns of coordinates, lower case; error texts and help pages list them from here."""

from __future__ import annotations

import re

# In order of preference. Beside them counts any pair of columns whose names differ only by one of RA_WORDS
# in the first and one of DEC_WORDS in the second.
EQUATORIAL_PAIRS = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("_raj2000", "_dej2000"),
    ("_raj2000", "_decj2000"),
    ("ra_j2000", "dec_j2000"),
    ("ra_j2000", "de_j2000"),
    ("ra_icrs", "de_icrs"),
    ("ra_icrs", "dec_icrs"),
    ("_ra.icrs", "_de.icrs"),
    ("s_ra", "s_dec"),
    ("radeg", "dedeg"),
    ("ra_deg", "dec_deg"),
    ("alpha", "delta"),
    ("alpha_j2000", "delta_j2000"),
    ("_ra", "_de"),
    ("ra_d", "dec_d"),
    ("clon", "clat"),
    ("ra_hms", "dec_dms"),
    ("rahms", "dedms"),
    ("rahms", "decdms"),
    ("ra_h", "dec_d"),
    ("ra_hours", "dec_deg"),
    ("ra_hours", "dec_degrees"),
)
OTHER_FRAMES = (
    (("glon", "glat"), "galactic"),
    (("_glon", "_glat"), "galactic"),
    (("gal_lon", "gal_lat"), "galactic"),
    (("gal_l", "gal_b"), "galactic"),
    (("lii", "bii"), "galactic"),
    (("elon", "elat"), "ecliptic"),
    (("ecl_lon", "ecl_lat"), "ecliptic"),
    (("lambda", "beta"), "ecliptic"),
    (("sgl", "sgb"), "supergalactic"),
    (("sglon", "sglat"), "supergalactic"),
)
# Galactic too, but only as they are here: capitals are luminosities and magnitudes.
LOWER_CASE_GALACTIC = ("l", "b")
# Positions of a frame that only the file can say.
FRAMELESS_PAIRS = (("lon", "lat"), ("longitude", "latitude"))
UCD_PAIRS = (
    (("pos.eq.ra", "pos.eq.dec"), None),
    (("pos_eq_ra", "pos_eq_dec"), None),
    (("pos.galactic.lon", "pos.galactic.lat"), "galactic"),
    (("pos.ecliptic.lon", "pos.ecliptic.lat"), "ecliptic"),
    (("pos.supergalactic.lon", "pos.supergalactic.lat"), "supergalactic"),
)
# Columns of the CDS byte-by-byte description, one part of an angle each.
SPLIT_RIGHT_ASCENSION = ("rah", "ram", "ras")
SPLIT_DECLINATION = ("de-", "ded", "dem", "des")
RA_WORDS = ("right_ascension", "rightascension", "right ascension", "alpha", "ra")
DEC_WORDS = ("declination", "decl", "delta", "dec", "de")

# What stands beside coordinates and is none: errors, motions, offsets, correlations.
NOT_A_POSITION = re.compile(
    r"(^|_)(e|sd|u|q|n|f|r|l|std|pm|mu|cov|unc|cos)_|(^|_)(std|pm|cov|unc)(_|$)|pmra|pmde|proper|err|sig|stdev"
    r"|stddev|rms|corr|prec|offset|_off|cosdec|vel|rate|diff|sep|^d_?(ra|dec?)(?![a-z])|^del(ta)?_?(ra|de)"
)
# One column of a right ascension or declination, whatever stands behind the word.
_ENDING = r"(?:[ _.].*|(?:[jb]?(?:1950|2000)|icrs|fk[45]|deg|degrees|hms|dms|hours?|[01]|mean|rad)*)"
RA_ALONE = re.compile(rf"(?:.*[ _.])?(?:right[ _]?ascension|alpha|ra){_ENDING}")
DEC_ALONE = re.compile(rf"(?:.*[ _.])?(?:declination|delta|decl?|de){_ENDING}")
LOOKS_LIKE_A_COORDINATE = re.compile(
    r"(?:.*[ _.])?(?:lon|lat|long|longitude|latitude|glon|glat|elon|elat|[xy]_?world|pos|coords?)(?:[ _.].*)?"
)
# Units that names carry at their end, where the file says none: in brackets, behind a slash, or as a word.
_BRACKET = re.compile(r"\s*(?:[\[(]([^\[\]()]*)[\])]|/\s*([a-z\"':]+))\s*$")
_FRAME_WORDS = re.compile(r".*(?:1950|2000|icr[sf]|fk[45]|equ).*")
_UNIT_WORDS = {
    **dict.fromkeys(("rad", "radian", "radians"), "rad"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "hour"),
    **{word: word for word in ("arcmin", "arcsec", "mas")},
}
_UNIT_ENDING = re.compile(rf"(?:.*[ _.,]({'|'.join(_UNIT_WORDS)})|(?:ra|alpha|decl?|de|delta)_?(rad))")
_GREEK = str.maketrans({"α": "alpha", "δ": "delta"})


def plain_name(name: str) -> str:
    """Return a name in lower case, without dots of abbreviations and without a unit in brackets."""
    plain = _BRACKET.sub("", name.lower().translate(_GREEK)) or name.lower()
    return plain.replace("r.a.", "ra").replace("r.a", "ra").rstrip(". ")


def unit_of_name(name: str) -> str | None:
    """Return the unit that a name ends in (``ra_rad``, ``ra [pc]``), None for degrees or none at all."""
    lower = name.lower()
    if bracket := _BRACKET.search(lower):
        said = (bracket[1] or bracket[2] or "").strip()
        return said if said and not _FRAME_WORDS.fullmatch(said) else None
    ending = _UNIT_ENDING.fullmatch(lower)
    return _UNIT_WORDS[ending[1] or ending[2]] if ending else None
