"""The rules of a description's columns, tables and what headers give them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skybatch.surveys.description.constants import is_constant
from skybatch.surveys.description.metadata import Column, TimeRule
from skybatch.surveys.description.survey import Survey

Broken = Iterator[tuple[str, str]]
GROUPS = frozenset(
    {
        *("link", "asked_by", "asked_by_text", "file_name", "file_name_native", "title", "type", "kind"),
        *("band", "place", "place_html", "sia_place", "corners", "naxis", "crota2", "wcs", "pixflags"),
        *("requested", "delivery", "edge", "form", "row", "htm", "sia", "wave", "bandpass"),
        *("set", "image_id"),
    }
)
_WAVES = frozenset({"ref", "low", "high"})
_GEOMETRY = frozenset(
    {
        *("ctype1", "ctype2", "crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2"),
        "equinox",
    }
)
_TEXTS = ("geometry:ctype1", "geometry:ctype2")
_KEYWORD = re.compile(r"[A-Z0-9_-]{1,8}")
_UCD = re.compile(r"[A-Za-z0-9._:;-]*")
_FORMAT = re.compile(r"(%[0-9]*(\.[0-9]+)?[defg])?")


def broken_column_rules(survey: Survey) -> Broken:
    """Yield (key, rule) for every rule of columns that a survey breaks."""
    for name, column in survey.columns.items():
        yield from _column(f"columns.{name}", column, survey)
    yield from _units(survey)
    yield from _tables(survey)
    yield from _header(survey)
    yield from _numbers_by_band(survey)
    yield from _time(survey)


def _column(key: str, column: Column, survey: Survey) -> Broken:
    if bool(column.of) == bool(column.like):
        yield key, "must say either of (where its values come from) or like (another column)"
    if column.like and column.like not in survey.columns:
        yield f"{key}.like", f"{column.like!r} is no column"
    if column.of and not _is_source(column.of, survey):
        yield (
            f"{key}.of",
            f"{column.of!r} must be set, band, field:NAME, band:native, product:NAME, geometry:NAME,"
            " const:TEXT, time:middle, cloud or row:NAME, with a name that this description has",
        )
    yield from _type(key, column)
    if column.of and not column.doc:
        yield f"{key}.doc", "is missing"
    if not _UCD.fullmatch(column.ucd):
        yield f"{key}.ucd", f"{column.ucd!r} is no UCD"
    if not _FORMAT.fullmatch(column.format):
        yield f"{key}.format", f"{column.format!r} must be a printf form of a number, such as %.4f"


def _type(key: str, column: Column) -> Broken:
    """Check that a column can hold what its source gives."""
    kind, _, what = column.of.partition(":")
    if (kind in ("product", "cloud") or column.of in _TEXTS) and column.type != "char":
        yield f"{key}.type", f"must be char: {column.of} is text"
    if kind == "geometry" and column.of not in _TEXTS and column.type != "double":
        yield f"{key}.type", f"must be double: {column.of} is a number"
    if kind == "time" and column.type != "double":
        yield f"{key}.type", f"must be double: {column.of} is a number"
    if kind == "const" and not is_constant(what, column.type):
        yield f"{key}.of", f"{what!r} is no {column.type}"


def _is_source(of: str, survey: Survey) -> bool:
    kind, colon, name = of.partition(":")
    if not colon:
        return kind in ("set", "band", "cloud")
    names = {
        "field": set(survey.fields),
        "row": set(survey.fields),
        "product": set(survey.product),
        "geometry": _GEOMETRY,
        "band": {"native"},
        "const": {name},
        "time": {"middle"} if survey.obscore.time else set(),
    }
    return name in names.get(kind, ())


def _units(survey: Survey) -> Broken:
    """Check units by the VOUnit standard, read by astropy; only where there are any, for it loads slowly."""
    units = {name: column.unit for name, column in survey.columns.items() if column.unit}
    if not units:
        return
    from astropy.units import Unit

    for name, unit in units.items():
        try:
            Unit(unit, format="vounit", parse_strict="raise")
        except ValueError:
            yield f"columns.{name}.unit", f"{unit!r} is no unit of the VOUnit standard"


def _tables(survey: Survey) -> Broken:
    for kind in ("core", "ipac", "votable", "html", "rows", "sia", "search"):
        for n, name in enumerate(getattr(survey.tables, kind)):
            if name.startswith("@"):
                yield from _group(f"tables.{kind}[{n}]", name)
            elif name not in survey.columns:
                yield f"tables.{kind}[{n}]", f"{name!r} is no column of columns"


def _group(key: str, name: str) -> Broken:
    group, _, which = name[1:].partition(":")
    if group not in GROUPS or (which and not set(which.split(",")) <= _WAVES):
        known = ", ".join(f"@{each}" for each in sorted(GROUPS))
        yield key, f"{name!r} is no group of columns; known are {known}"


def _header(survey: Survey) -> Broken:
    for name, keyword in survey.header.values.items():
        if name not in survey.columns or survey.columns[name].of not in ("set", "band"):
            yield f"header.values.{name}", "must be a column of set or band"
        if not _KEYWORD.fullmatch(keyword):
            yield f"header.values.{name}", f"{keyword!r} must be a FITS keyword"
    if survey.header.band_keyword and not _KEYWORD.fullmatch(survey.header.band_keyword):
        yield "header.band_keyword", "must be a FITS keyword of at most eight upper-case characters"
    for n, projection in enumerate(survey.header.wcs):
        if not re.fullmatch(r"[A-Z0-9-]{3}(-SIP)?", projection):
            yield f"header.wcs[{n}]", "must be a projection such as SIN, TAN or TAN-SIP"


def _numbers_by_band(survey: Survey) -> Broken:
    for what in ("exposure", "resolution"):
        given = getattr(survey.obscore, what)
        for band in given if isinstance(given, dict) else ():
            if band not in survey.bands:
                yield f"obscore.{what}.{band}", f"{band!r} is no band"


def _columns_of_time(time: TimeRule, survey: Survey) -> Broken:
    if sum(map(bool, (time.day, time.start, time.middle))) != 1:
        yield "obscore.time", "must have one of day, start and middle"
    if time.end and not time.start:
        yield "obscore.time.end", "needs start"
    if time.day and time.day not in {*survey.columns, *survey.fields}:
        yield "obscore.time.day", f"{time.day!r} is neither a column nor a field"
    for what in ("start", "middle", "end", "seconds"):
        name = getattr(time, what)
        column = survey.columns.get(name)
        if name and (column is None or column.of not in ("set", "band") or column.type != "double"):
            yield f"obscore.time.{what}", f"{name!r} is no column of set or band of type double"


def _time(survey: Survey) -> Broken:
    time = survey.obscore.time
    if time is not None:
        yield from _columns_of_time(time, survey)
