"""One row of a metadata table by the description of its survey: identity, pixel grid and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from skybatch.archive.metadata_cells import MetadataRow
from skybatch.errors import InvalidRequest, SourceUnsupported
from skybatch.fits.cards import Value
from skybatch.fits.celestial_wcs import PROJECTIONS, CelestialWcs, decompose
from skybatch.fits.wcs_terms import Terms
from skybatch.surveys.description.images import Field
from skybatch.surveys.description.keys import FieldValue, StoredKey
from skybatch.surveys.description.metadata import Column
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import key_layout

CORNERS = tuple(f"{axis}{corner}" for corner in range(1, 5) for axis in ("ra", "dec"))
_MATRIX = ("cd1_1", "cd1_2", "cd2_1", "cd2_2")
# SIP polynomials, Shupe et al. 2005, as FITS keywords name them in lower case.
_SIP_TERMS = tuple(f"{axis}_{p}_{q}" for axis in "ab" for p in range(10) for q in range(10 - p))
_LIMITS = {"int": 2**31 - 1, "long": 2**63 - 1}


def columns_read(survey: Survey) -> frozenset[str]:
    """Return every column of a metadata table that is read, in lower case."""
    geometry = survey.imports.geometry
    stems = [*geometry.naxis, *geometry.crpix, *geometry.cdelt, *geometry.crval]
    names = {f"{stem}{axis}" for stem in stems for axis in ("", "1", "2")}
    names |= {*geometry.center, *geometry.crota2, *CORNERS, *survey.imports.band, *survey.imports.when}
    names |= {name for field in survey.set.fields for name in field_columns(survey, field)}
    names |= {column.name or name for name, column in own_columns(survey).items()}
    names |= {*survey.imports.key, *_MATRIX, *_SIP_TERMS}
    return frozenset(name.lower() for name in (*names, "ctype1", "dataset"))


def own_columns(survey: Survey) -> Mapping[str, Column]:
    """Return the columns of a survey that are stored, which a metadata table may hold."""
    return {name: column for name, column in survey.columns.items() if column.of in ("set", "band")}


def field_columns(survey: Survey, field: str) -> tuple[str, ...]:
    """Return the columns of metadata tables that may hold a field."""
    return survey.fields[field].imported or (field,)


def is_image(row: MetadataRow, survey: Survey) -> bool:
    """Tell whether a row is that of an image that batches deliver; tables may have others too."""
    conditions = survey.imports.when.items()
    return all(
        not row.has_value(column) or row.text(column).lower() == value.lower() for column, value in conditions
    )


def key_of(row: MetadataRow, survey: Survey) -> StoredKey | None:
    """Return what the key of an image says, where the table has it. Raises InvalidCell."""
    column = next((name for name in survey.imports.key if row.has_value(name)), None)
    if column is None:
        return None
    layout, text = key_layout(survey.id), row.text(column).lstrip("/")
    below = (layout.parse(layout.prefix(dataset) + text) for dataset in survey.datasets)
    key = layout.parse(text) or next((each for each in below if each is not None), None)
    if key is None or survey.product[key.product].role != "image":
        raise row.invalid(column, text, "must be the key of an image by the description")
    return key


def fields_of(row: MetadataRow, survey: Survey) -> dict[str, FieldValue]:
    """Return the fields that name the image set. Raises InvalidCell."""
    return {name: _field(row, survey.fields[name], field_columns(survey, name)) for name in survey.set.fields}


def _field(row: MetadataRow, field: Field, columns: tuple[str, ...]) -> FieldValue:
    if field.check == "yymmdd":
        return row.date(*columns)
    if field.type == "int":
        return row.integer(field.min or 0, field.max if field.max is not None else 2**31 - 1, *columns)
    text = row.text(*columns)
    text = field.words.get(text.lower(), text)
    if not re.fullmatch(field.pattern, text, re.ASCII):
        raise row.invalid(columns[0], text, f"must be {field.match}")
    return text


def band_of(row: MetadataRow, survey: Survey) -> str:
    """Return the band of a row, by any of its spellings. Raises InvalidCell."""
    spellings = {
        str(spelling).lower(): band.id
        for band in survey.band
        for spelling in (band.label, band.show, band.token, *band.words, band.native, band.id)
    }
    return row.choice(spellings, *survey.imports.band)


def missing_of_grid(row: MetadataRow, survey: Survey) -> str:
    """Return what a table lacks to place an image, its columns in words; empty where it lacks nothing."""
    geometry = survey.imports.geometry
    centers = list(pairwise(geometry.center))[::2]
    told = {
        f"{geometry.naxis[0]}1": _has_pair(row, geometry.naxis),
        f"{geometry.crval[0]}1": _has_pair(row, geometry.crval)
        or any(row.has_column(ra) and row.has_column(dec) for ra, dec in centers),
        f"{geometry.cdelt[0]}1": _has_pair(row, geometry.cdelt)
        or geometry.cdelt_default is not None
        or all(map(row.has_value, _MATRIX)),
        "coefficients of its SIP polynomials": not _is_distorted(row, survey) or bool(_sip(row)),
    }
    return ", ".join(name for name, is_told in told.items() if not is_told)


def _has_pair(row: MetadataRow, stems: tuple[str, ...]) -> bool:
    return any(row.has_column(f"{stem}1") or _has_two(row, stem) for stem in stems)


def _has_two(row: MetadataRow, column: str) -> bool:
    """Tell whether a cell has two numbers; NAXIS alone is the number of axes."""
    return row.has_value(column) and len(row.text(column).replace(",", " ").split()) == 2


def grid_of(row: MetadataRow, survey: Survey) -> tuple[CelestialWcs, int, int]:
    """Return coordinates, columns and rows of an image. Raises InvalidCell."""
    geometry = survey.imports.geometry
    naxis1, naxis2 = map(int, _pair(row, geometry.naxis, 1, 1_000_000))
    crpix1, crpix2 = _pair(row, geometry.crpix, -1e9, 1e9, ((naxis1 + 1) / 2, (naxis2 + 1) / 2))
    crval1, crval2 = _reference(row, survey)
    if not (0.0 <= crval1 <= 360.0 and -90.0 <= crval2 <= 90.0):
        raise row.invalid(geometry.crval[0], f"{crval1} {crval2}", "must be a position in degrees")
    projection, frame = _projection(row, survey), survey.header.frame
    terms = _sip(row) if _is_distorted(row, survey) else ()
    place = (projection, frame, crpix1, crpix2, crval1 % 360.0, crval2)
    return CelestialWcs(*place, *_matrix(row, survey), terms), naxis1, naxis2


def _matrix(row: MetadataRow, survey: Survey) -> tuple[float, float, float, float]:
    """Return CDELT1, CDELT2, CROTA2 and skew, degrees: of the CD matrix, where the table has one."""
    geometry = survey.imports.geometry
    if all(map(row.has_value, _MATRIX)):
        given = [row.number(-10.0, 10.0, name) for name in _MATRIX]
        try:
            return decompose(*given)
        except SourceUnsupported as error:
            raise row.invalid(_MATRIX[0], str(given[0]), error.detail) from None
    cdelt1, cdelt2 = _pair(row, geometry.cdelt, -10.0, 10.0, geometry.cdelt_default)
    if cdelt1 == 0.0 or cdelt2 == 0.0:
        raise row.invalid(geometry.cdelt[0], "0", "must not be 0")
    crota2 = row.number(-360.0, 360.0, *geometry.crota2) if row.has_column(*geometry.crota2) else 0.0
    return cdelt1, cdelt2, crota2, 0.0


def _sip(row: MetadataRow) -> Terms:
    return tuple((name.upper(), row.number(-1e9, 1e9, name)) for name in _SIP_TERMS if row.has_value(name))


def _is_distorted(row: MetadataRow, survey: Survey) -> bool:
    """Tell whether an image has SIP polynomials: by CTYPE1, else by the description."""
    codes = [row.text("ctype1").upper()] if row.has_value("ctype1") else list(survey.header.wcs)
    return bool(codes) and all(code.endswith("-SIP") for code in codes)


def _pair(
    row: MetadataRow,
    stems: tuple[str, ...],
    least: float,
    most: float,
    default: tuple[float, float] | None = None,
) -> tuple[float, float]:
    stem = next((each for each in stems if row.has_column(each, f"{each}1")), stems[0])
    # A table of FITS keywords has NAXIS, the number of axes, beside NAXIS1 and NAXIS2.
    if row.has_column(f"{stem}1"):
        return row.number(least, most, f"{stem}1"), row.number(least, most, f"{stem}2")
    return row.pair(stem, least, most, default)


def _reference(row: MetadataRow, survey: Survey) -> tuple[float, float]:
    """Return the position of the reference pixel; that of the centre where a table has no other."""
    geometry = survey.imports.geometry
    if not any(row.has_column(each, f"{each}1") for each in geometry.crval):
        for ra, dec in list(pairwise(geometry.center))[::2]:
            if row.has_column(ra):
                return row.number(0.0, 360.0, ra), row.number(-90.0, 90.0, dec)
    return _pair(row, geometry.crval, -90.0, 360.0)


def _projection(row: MetadataRow, survey: Survey) -> str:
    """Return the projection, by CTYPE1 (``RA---SIN``, or ``SIN`` alone), else the survey's only one."""
    if row.has_value("ctype1"):
        code = row.text("ctype1").upper().removesuffix("-SIP").rpartition("-")[2]
        if code in PROJECTIONS and code in {each[:3] for each in survey.header.wcs or PROJECTIONS}:
            return code
        known = ", ".join(survey.header.wcs or PROJECTIONS)
        raise row.invalid("ctype1", row.text("ctype1"), f"must be of the projection {known}")
    if len(survey.header.wcs) != 1:
        raise InvalidRequest(f"{row.path}: no column ctype1, and the survey has not one projection")
    return survey.header.wcs[0][:3]


def values_of(row: MetadataRow, survey: Survey) -> dict[str, Value]:
    """Return what the table says for the survey's own columns. Raises InvalidCell."""
    columns = own_columns(survey).items()
    return {name: _value(row, column, (column.name or name).lower()) for name, column in columns}


def _value(row: MetadataRow, column: Column, name: str) -> Value:
    if not row.has_value(name):
        return None
    if column.type == "double":
        return row.number(-1e30, 1e30, name)
    return row.text(name) if column.type == "char" else row.integer(-(2**63), _LIMITS[column.type], name)


def corners_of(row: MetadataRow) -> tuple[float, ...] | None:
    """Return right ascension and declination of the four corners, None where the table has not all."""
    if not all(row.has_value(name) for name in CORNERS):
        return None
    return tuple(row.number(-360.0, 360.0, name) for name in CORNERS)
