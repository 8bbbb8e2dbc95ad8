"""Tables of images: every column computed for all images at once from their image sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.footprints import Footprints
from skybatch.sky.htm import htm_bin
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import FILTERS
from skybatch.surveys.twomass.datasets import DATASETS
from skybatch.tables.model import Column, Table, Values
from skybatch.tables.schemas.batch import BATCH_CSV, BATCH_HTML, BATCH_IPAC, BATCH_VOTABLE
from skybatch.tables.schemas.common import (
    EDGE,
    GIVEN_ID,
    POSITION_COLUMNS,
    QUICKLOOK_CAUTION,
    TABLE_MARKER,
    TABLE_MARKER_VERSION,
)
from skybatch.tables.schemas.image_geometry import image_points
from skybatch.tables.schemas.image_rows import ImageRows, ImageSetFacts, gather_facts
from skybatch.tables.schemas.search import INVENTORY_PARAMS
from skybatch.tables.writers.formats import Format

Facts = dict[str, NDArray[Any]]

COLUMNS_OF_FORMAT: dict[Format, tuple[Column, ...]] = {
    "tbl": BATCH_IPAC,
    "xml": BATCH_VOTABLE,
    "csv": BATCH_CSV,
    "tsv": BATCH_CSV,
    "html": BATCH_HTML,
}
TITLES = {dataset.id: dataset.title for dataset in DATASETS.values()}
SEARCH_TITLES = {dataset.id: dataset.sia_title for dataset in DATASETS.values()}
GIVEN_SOURCES = frozenset(field.name for field in fields(ImageRows))
LABELS = {kind.letter: kind.label for kind in ImageType}
# SIA 1.0 section 4.2.4: C copied pixels, Z valid fluxes; V for display, "not for numerical analysis".
PIXFLAGS = {ImageType.ATLAS.letter: "CZ", ImageType.QUICKLOOK.letter: "V"}


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
    with_positions = _any_position(images) if positions is None else positions
    absent = (frozenset() if with_positions else POSITION_COLUMNS) | (set() if padded else {EDGE.name})
    absent |= _without_ids(images)
    columns = tuple(column for column in COLUMNS_OF_FORMAT[fmt] if column.name not in absent)
    return Table(
        columns,
        image_data(sets, images, columns),
        keywords={TABLE_MARKER: TABLE_MARKER_VERSION, **(keywords or {})},
        params=INVENTORY_PARAMS if fmt == "xml" else (),
        title=title,
        notes=(QUICKLOOK_CAUTION,) if ImageType.QUICKLOOK.letter in images.type else (),
    )


def image_data(
    sets: Mapping[str, ImageSetFacts], images: ImageRows, columns: Iterable[Column]
) -> dict[str, Values]:
    """Return values for these columns: of the batch sets, of `SIA_SEARCH` or of `NATIVE_SEARCH`.

    Raises
    ------
    KeyError
        For a column that has no source, a data set or an image set that is not among ``sets``.
    """
    facts = _as_delivered(gather_facts(sets, images), images)
    facts |= image_points(facts)
    return {column.source: _values(column.source, facts, images) for column in columns}


def _any_position(images: ImageRows) -> bool:
    return images.req_ra is not None and any(v is not None and v == v for v in images.req_ra)


def _without_ids(images: ImageRows) -> frozenset[str]:
    """Return the columns that are empty because no id was shortened."""
    shortened = images.given_id is not None and any(given is not None for given in images.given_id)
    return frozenset() if shortened else frozenset({GIVEN_ID.name})


def _as_delivered(facts: Facts, images: ImageRows) -> Facts:
    """Return the facts of crops: size and reference pixel are their own, all else is their parent's."""
    if images.box is None:
        return facts
    x0, y0, nx, ny = np.asarray(images.box).T
    cut = nx > 0
    return facts | {
        "crpix1": np.where(cut, facts["crpix1"] - x0, facts["crpix1"]),
        "crpix2": np.where(cut, facts["crpix2"] - y0, facts["crpix2"]),
        "naxis1": np.where(cut, nx, facts["naxis1"]),
        "naxis2": np.where(cut, ny, facts["naxis2"]),
    }


def _values(source: str, facts: Facts, images: ImageRows) -> Values:
    if source in DERIVED_SOURCES:
        return DERIVED_SOURCES[source](facts, images)
    if source in facts:
        return facts[source]
    if source not in GIVEN_SOURCES:
        raise KeyError(f"no facts for a column of {source}")
    given: Values | None = getattr(images, source)
    return [None] * len(images) if given is None else given


def _pair(first: str, second: str) -> Callable[[Facts, ImageRows], Values]:
    return lambda facts, _: np.stack([facts[first], facts[second]], axis=1)


def _wavelength(which: str) -> Callable[[Facts, ImageRows], Values]:
    values = {band.id: getattr(band, which) for band in FILTERS.values()}
    return lambda _, images: [values[band] for band in images.band]


def _constant(value: object) -> Callable[[Facts, ImageRows], Values]:
    return lambda _, images: [value] * len(images)


def _titles(names: Mapping[str, str]) -> Callable[[Facts, ImageRows], Values]:
    """Titles such as ``6X Catalog J-Band Atlas Image: 001114 n 046 0033``."""

    def titles(facts: Facts, images: ImageRows) -> Values:
        numbers = (facts[name].tolist() for name in ("date", "hem", "scan", "image"))
        rows = zip(images.dataset, images.band, images.type, *numbers, strict=True)
        return [
            f"{names[dataset]} {band.upper()}-Band {LABELS[kind]} Image: {date} {hem} {scan:03d} {image:04d}"
            for dataset, band, kind, date, hem, scan, image in rows
        ]

    return titles


def _file_names(facts: Facts, images: ImageRows) -> Values:
    suffixes = np.where(
        np.asarray(images.type) == ImageType.QUICKLOOK.letter, facts["quicklook_suffix"], facts["suffix"]
    )
    rows = zip(images.band, facts["scan"].tolist(), facts["image"].tolist(), suffixes.tolist(), strict=True)
    return [f"{band}i{scan:03d}{image:04d}{suffix}" for band, scan, image, suffix in rows]


DERIVED_SOURCES: dict[str, Callable[[Facts, ImageRows], Values]] = {
    "BAND": lambda _, images: [band.upper() for band in images.band],
    "title": _titles(TITLES),
    "sia_title": _titles(SEARCH_TITLES),
    "fname": _file_names,
    "xdate": lambda facts, _: facts["date"],
    "format": lambda _, images: images.format or ["image/fits"] * len(images),
    "naxes": _constant(2),
    "naxis": _pair("naxis1", "naxis2"),
    "scale": _pair("cdelt1", "cdelt2"),
    "crpix": _pair("crpix1", "crpix2"),
    "crval": _pair("crval1", "crval2"),
    "sia_proj": _constant("SIN"),
    "sia_cd": lambda facts, _: Footprints.from_keywords(facts).cd_matrix,
    "bref": _wavelength("reference"),
    "bhi": _wavelength("upper"),
    "blo": _wavelength("lower"),
    "pers_art": _constant(None),
    "glint_art": _constant(None),
    "pixflags": lambda _, images: [PIXFLAGS[kind] for kind in images.type],
    "bin": lambda facts, _: htm_bin(facts["crval1"], facts["crval2"]),
    TABLE_MARKER: _constant(TABLE_MARKER_VERSION),
}
