"""One row of a metadata table by the description of its survey: identity, pixel grid and values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from skybatch.archive.metadata_cells import MetadataRow
from skybatch.errors import InvalidRequest
from skybatch.fits.cards import Value
from skybatch.fits.celestial_wcs import PROJECTIONS, CelestialWcs
from skybatch.surveys.description.images import Field
from skybatch.surveys.description.keys import FieldValue
from skybatch.surveys.description.metadata import Column
from skybatch.surveys.description.survey import Survey

CORNERS = tuple(f"{axis}{corner}" for corner in range(1, 5) for axis in ("ra", "dec"))
_LIMITS = {"int": 2**31 - 1, "long": 2**63 - 1}


def columns_read(survey: Survey) -> frozenset[str]:
    """Return every column of a metadata table that is read, in lower case."""
    geometry = survey.imports.geometry
    stems = [*geometry.naxis, *geometry.crpix, *geometry.cdelt, *geometry.crval]
    names = {f"{stem}{axis}" for stem in stems for axis in ("", "1", "2")}
    names |= {*geometry.center, *geometry.crota2, *CORNERS, *survey.imports.band, *survey.imports.when}
    names |= {name for field in survey.set.fields for name in field_columns(survey, field)}
    names |= {column.name or name for name, column in own_columns(survey).items()}
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


def grid_of(row: MetadataRow, survey: Survey) -> tuple[CelestialWcs, int, int]:
    """Return coordinates, columns and rows of an image. Raises InvalidCell."""
    geometry = survey.imports.geometry
    naxis1, naxis2 = map(int, _pair(row, geometry.naxis, 1, 1_000_000))
    crpix1, crpix2 = _pair(row, geometry.crpix, -1e9, 1e9, ((naxis1 + 1) / 2, (naxis2 + 1) / 2))
    cdelt1, cdelt2 = _pair(row, geometry.cdelt, -10.0, 10.0, geometry.cdelt_default)
    if cdelt1 == 0.0 or cdelt2 == 0.0:
        raise row.invalid(geometry.cdelt[0], "0", "must not be 0")
    crval1, crval2 = _reference(row, survey)
    if not (0.0 <= crval1 <= 360.0 and -90.0 <= crval2 <= 90.0):
        raise row.invalid(geometry.crval[0], f"{crval1} {crval2}", "must be a position in degrees")
    crota2 = row.number(-360.0, 360.0, *geometry.crota2) if row.has_column(*geometry.crota2) else 0.0
    projection, frame = _projection(row, survey), survey.header.frame
    wcs = CelestialWcs(projection, frame, crpix1, crpix2, crval1 % 360.0, crval2, cdelt1, cdelt2, crota2, 0.0)
    return wcs, naxis1, naxis2


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
        code = row.text("ctype1").rpartition("-")[2].upper()
        if code in PROJECTIONS and code in (survey.header.wcs or PROJECTIONS):
            return code
        known = ", ".join(survey.header.wcs or PROJECTIONS)
        raise row.invalid("ctype1", row.text("ctype1"), f"must be of the projection {known}")
    if len(survey.header.wcs) != 1:
        raise InvalidRequest(f"{row.path}: no column ctype1, and the survey has not one projection")
    return survey.header.wcs[0]


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
