"""Tables of images: every column computed for all images at once from their image sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import Footprints
from skybatch.sky.htm import htm_bin
from skybatch.sky.units import ARCSEC_PER_DEGREE
from skybatch.surveys.description.constants import constant
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_type import ImageType
from skybatch.tables.model import Column, Table, Values
from skybatch.tables.schemas.batch import batch_csv, batch_html, batch_ipac, batch_votable
from skybatch.tables.schemas.common import (
    EDGE,
    GIVEN_ID,
    POSITION_COLUMNS,
    QUICKLOOK_CAUTION,
)
from skybatch.tables.schemas.described_rows import DescribedRows
from skybatch.tables.schemas.image_geometry import POINTS, image_points, points_within
from skybatch.tables.schemas.image_rows import (
    GatheredFacts,
    ImageRows,
    ImageSetFacts,
    gather_facts,
    survey_of_images,
)
from skybatch.tables.schemas.marker import TABLE_MARKER, TABLE_MARKER_VERSION
from skybatch.tables.schemas.search import inventory_params
from skybatch.tables.writers.formats import Format

COLUMN_MAKERS: dict[Format, Callable[[Survey], tuple[Column, ...]]] = {
    "tbl": batch_ipac,
    "xml": batch_votable,
    "csv": batch_csv,
    "tsv": batch_csv,
    "html": batch_html,
}
GIVEN_SOURCES = frozenset(field.name for field in fields(ImageRows) if field.name != "service")


def image_table(
    sets: Mapping[str, ImageSetFacts],
    images: ImageRows,
    fmt: Format,
    *,
    title: str = "",
    positions: bool | None = None,
    padded: bool = False,
    keywords: Mapping[str, str] | None = None,
) -> Table:
    """Return a batch's table of images (retrieved, unretrieved or failed), with the columns of a format.

    ``sets`` holds image sets by data set. ``positions`` says whether the columns of position rows are
    there (default: if any image has one), ``padded`` whether the treatment of edges is, so that all tables
    of a batch can have one shape. Ids as given have a column only where an image has one.

    Raises
    ------
    KeyError
        When an image's data set or image set is not among ``sets``.
    """
    absent = absent_columns(images, positions, padded)
    survey = survey_of_images(sets, images)
    columns = tuple(column for column in COLUMN_MAKERS[fmt](survey) if column.name not in absent)
    return Table(
        columns,
        image_data(sets, images, columns),
        keywords={TABLE_MARKER: TABLE_MARKER_VERSION, **(keywords or {})},
        params=inventory_params(survey) if fmt == "xml" else (),
        title=title,
        notes=(QUICKLOOK_CAUTION,) if ImageType.QUICKLOOK.letter in images.type else (),
    )


def image_data(
    sets: Mapping[str, ImageSetFacts], images: ImageRows, columns: Iterable[Column]
) -> dict[str, Values]:
    """Return values for these columns: of the tables of a batch, of image search or of the archive's search.

    Raises
    ------
    KeyError
        For a column that has no source, a data set or an image set that is not among ``sets``.
    """
    survey = survey_of_images(sets, images)
    facts = DeliveredFacts(gather_facts(sets, images), images)
    rows = DescribedRows(survey, facts, images)
    return {column.source: _values(column, rows) for column in columns}


def absent_columns(images: ImageRows, positions: bool | None, padded: bool) -> frozenset[str]:
    """Return the names of columns that tables of these images do not have: see `image_table`."""
    with_positions = _any_position(images) if positions is None else positions
    absent = (frozenset() if with_positions else POSITION_COLUMNS) | (set() if padded else {EDGE.name})
    return absent | _without_ids(images)


def _any_position(images: ImageRows) -> bool:
    return images.req_ra is not None and any(v is not None and v == v for v in images.req_ra)


def _without_ids(images: ImageRows) -> frozenset[str]:
    """Return the columns that are empty because no id was shortened."""
    shortened = images.given_id is not None and any(given is not None for given in images.given_id)
    return frozenset() if shortened else frozenset({GIVEN_ID.name})


class DeliveredFacts(Mapping[str, NDArray[Any]]):
    """Facts of images as they are delivered, and the points that follow from them.

    Size and reference pixel of crops are their own, all else is their parent's.
    """

    def __init__(self, facts: GatheredFacts, images: ImageRows) -> None:
        self._facts = facts
        self._made: dict[str, NDArray[Any]] = {}
        if images.box is not None:
            x0, y0, nx, ny = np.asarray(images.box).T
            cut = nx > 0
            self._made = {
                "crpix1": np.where(cut, facts["crpix1"] - x0, facts["crpix1"]),
                "crpix2": np.where(cut, facts["crpix2"] - y0, facts["crpix2"]),
                "naxis1": np.where(cut, nx, facts["naxis1"]),
                "naxis2": np.where(cut, ny, facts["naxis2"]),
            }

    def __getitem__(self, name: str) -> NDArray[Any]:
        if name in POINTS and name not in self._made:
            self._made |= image_points(self)
            for rows, images in self._facts.placed():
                self._place(rows, images)
        return self._made[name] if name in self._made else self._facts[name]

    def _place(self, rows: NDArray[Any], images: Footprints) -> None:
        """Put the points of distorted images in their rows."""
        first = tuple((self._facts[axis] - self[axis])[rows] for axis in ("crpix1", "crpix2"))
        sides = tuple(self[axis][rows] for axis in ("naxis1", "naxis2"))
        for name, values in points_within(images, first, sides).items():
            self._made[name][rows] = values

    def __contains__(self, name: object) -> bool:
        return name in POINTS or name in self._facts

    def __iter__(self) -> Iterator[str]:
        return iter((*self._facts, *POINTS))

    def __len__(self) -> int:
        return len(self._facts) + len(POINTS)


def _values(column: Column, rows: DescribedRows) -> Values:
    source = column.source
    if source in DERIVED_SOURCES:
        return DERIVED_SOURCES[source](rows)
    if source in rows.facts:
        return rows.facts[source]
    kind, _, what = source.partition(":")
    if kind == "const":
        return [constant(what, column.datatype)] * len(rows.images)
    if kind == "product":
        return rows.companions(what)
    if source not in GIVEN_SOURCES:
        raise KeyError(f"no facts for a column of {source}")
    given: Values | None = getattr(rows.images, source)
    return [None] * len(rows.images) if given is None else given


def _pair(first: str, second: str) -> Callable[[DescribedRows], Values]:
    return lambda rows: np.stack([rows.facts[first], rows.facts[second]], axis=1)


def _constant(value: object) -> Callable[[DescribedRows], Values]:
    return lambda rows: [value] * len(rows.images)


DERIVED_SOURCES: dict[str, Callable[[DescribedRows], Values]] = {
    "BAND": lambda rows: rows.of_band("show"),
    "band:native": lambda rows: rows.of_band("native"),
    "geometry:ctype1": lambda rows: rows.axis_types(1),
    "geometry:ctype2": lambda rows: rows.axis_types(2),
    "geometry:equinox": lambda rows: rows.equinoxes(),
    "time:middle": lambda rows: rows.middles(),
    "cloud": lambda rows: rows.cloud_access(),
    "title": lambda rows: rows.titles("title"),
    "sia_title": lambda rows: rows.titles("sia"),
    "fname": lambda rows: rows.file_names(),
    "survey": lambda rows: rows.survey_ids(),
    "image_id": lambda rows: rows.image_ids(),
    "format": lambda rows: rows.images.format or ["image/fits"] * len(rows.images),
    "naxes": _constant(2),
    "naxis": _pair("naxis1", "naxis2"),
    "scale": _pair("cdelt1", "cdelt2"),
    "pixel_scale": lambda rows: (
        ARCSEC_PER_DEGREE * (np.abs(rows.facts["cdelt1"]) + np.abs(rows.facts["cdelt2"])) / 2
    ),
    "crpix": _pair("crpix1", "crpix2"),
    "crval": _pair("crval1", "crval2"),
    "sia_proj": lambda rows: rows.projections(),
    "sia_cd": lambda rows: Footprints.from_keywords(rows.facts).cd_matrix,
    "bref": lambda rows: rows.of_band("reference"),
    "bhi": lambda rows: rows.of_band("upper"),
    "blo": lambda rows: rows.of_band("lower"),
    "pixflags": lambda rows: rows.of_product("pixflags"),
    "bin": lambda rows: htm_bin(rows.facts["crval1"], rows.facts["crval2"]),
    TABLE_MARKER: _constant(TABLE_MARKER_VERSION),
}
