"""Image sets as the columns of an inventory of format 3: one value a set in each, in the order of look-ups.

| column | what it holds |
| --- | --- |
| ``zones``, ``key`` | radius classes (see below): the first key of each declination zone, and the keys |
| ``key_row`` | the row of each key; absent where that is its own place |
| ``crval``, ``rot``, ``grid``, ``grids`` | position, rotation and number of the pixel grid, and the grids |
| ``wcs``, ``wcs_template`` | instead, where not all are plain SIN or TAN: slots, and number of the template |
| ``id``, ``id_row`` | identifiers, sorted, and the row of each |
| ``number``, ``number_row`` | the survey's numbers, sorted, and the row of each |
| ``id.fence``, ``number.fence`` | every `FENCE_ROWS`-th of these, by which a part of them is found |
| ``held`` | a bit for each product and band of which the archive has an image |
| ``bytes.{product}.{band}.{form}`` | stored sizes, 0 where there is none |
| ``{name}``, ``{name}.{band}`` | values of sets and of images |
| ``cards.{band}`` | cards of the header, without END, where they are known beside its blocks |
| ``bitpix.{band}`` | type of the pixels, where the survey does not say it |
| ``{name}.words`` | the words that a column of text has codes for, where they are few |
| ``own_band`` | where each band of a set has a row of its own: the number of its band; else absent |

Where each band of a set has a grid of its own (``grid = "band"`` of a description), so has it a row: one
identifier has several rows, and ``own`` stands for ``{band}`` in the names of columns.

Rows are in order of declination zone and right ascension of the middles of images, then of identity. Look-ups
widen a region by the radius of the images, so images are divided in classes of radii, powers of two apart,
each with keys of its own: one large image does not widen the search for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import InventoryError
from skybatch.inventory.columns.band_columns import OWN, own_values
from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
from skybatch.inventory.columns.short_types import coded, shortest
from skybatch.inventory.image_sets import GRID, SHAPE, DescribedSets, ImageSets, scan_codes, set_ids
from skybatch.inventory.placements.template import WcsTemplate
from skybatch.sky.boundaries import index_positions, radii
from skybatch.sky.pixel_grids import PixelGrids
from skybatch.sky.vectors import Floats
from skybatch.sky.zones import RA_STEPS, ZONES, zone_keys
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import TILED_SUFFIX, image_suffixes
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

MAX_CLASSES = 8
AT_ONCE = 20_000
"""Images of grids of their own whose boundaries are worked out together."""
FENCE_ROWS = 4096

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class SetColumns:
    """The columns of image sets, the radius in degrees of the images of each class, and templates of WCS."""

    columns: Columns
    radii: tuple[float, ...]
    templates: tuple[WcsTemplate, ...] = ()


def set_columns(sets: ImageSets) -> SetColumns:
    """Return the columns of image sets, which may come in any order.

    Raises InventoryError where two share an identity or a number.
    """
    survey = survey_of(sets.dataset)
    columns = ColumnsOfSurvey(survey, sets.own_band is not None)
    ra, dec, radius = _circles(sets)
    key = zone_keys(ra, dec)
    order = np.lexsort((_bands(sets), _identities(sets, survey), dec, ra, key))
    sets, key, radius = sets.take(order), key[order], radius[order]
    return SetColumns(
        {
            **_keys(key, radius),
            **_places(sets),
            **_lookup("id", identifiers(sets, survey), ", ".join(survey.set.fields), sets.own_band),
            **_numbers(sets, survey),
            **({} if sets.own_band is None else {"own_band": shortest(sets.own_band)}),
            **_values(sets, columns),
            **_sizes(sets, columns),
        },
        tuple(class_radii(radius)[1]),
        () if sets.placement is None else sets.placement.templates,
    )


def _bands(sets: ImageSets) -> NDArray[np.integer]:
    """Return what tells rows of one identity apart: their bands, where each has a row of its own."""
    return np.zeros(len(sets), np.uint8) if sets.own_band is None else sets.own_band


def _circles(sets: ImageSets) -> tuple[Floats, Floats, Floats]:
    """Return the middle of each image, degrees, and its radius; some at a time where each has a grid."""
    if sets.placement is None:
        images = sets.footprints()
        return (*index_positions(images), radii(images.grids)[images.grid])
    found = [np.zeros((3, 0))]
    for start in range(0, len(sets), AT_ONCE):
        images = sets.placement[start : start + AT_ONCE].footprints(sets.frame)
        found.append(np.stack([*index_positions(images), radii(images.grids)]))
    ra, dec, radius = np.concatenate(found, axis=1)
    return ra, dec, radius


def _identities(sets: ImageSets, survey: Survey) -> NDArray[Any]:
    """Return what sorts sets by their identity."""
    if survey.has("scans"):
        return scan_codes(sets.date, sets.hem, sets.scan, sets.image)
    return identifiers(sets, survey)


def identifiers(sets: ImageSets, survey: Survey) -> NDArray[np.bytes_]:
    """Return the identifiers of sets, (n,)."""
    if survey.has("scans"):
        return set_ids(sets.date, sets.hem, sets.scan, sets.image)
    texts = [survey.set_id.format(sets.fields_of(i)).encode("ascii") for i in range(len(sets))]
    return np.array(texts, np.bytes_) if texts else np.empty(0, "S1")


def _numbers(sets: ImageSets, survey: Survey) -> Columns:
    if survey.set.number is None:
        return {}
    values = np.asarray(getattr(sets, survey.set.number.column), np.int32)
    return _lookup("number", values, survey.set.number.column.replace("_", " "))


def class_radii(radius: Floats) -> tuple[NDArray[np.intp], list[float]]:
    """Return the class of each image by its radius (n,), and the largest radius of each class, falling."""
    if not len(radius):
        return np.zeros(0, np.intp), [0.0]
    largest = max(float(radius.max()), 1e-300)
    halvings = np.floor(np.log2(largest / np.maximum(radius, largest * 2.0**-MAX_CLASSES)))
    _, number = np.unique(np.minimum(halvings, MAX_CLASSES - 1), return_inverse=True)
    return number, [float(radius[number == each].max()) for each in range(int(number.max()) + 1)]


def _keys(key: NDArray[np.uint32], radius: Floats) -> Columns:
    number, most = class_radii(radius)
    rows = np.lexsort((key, number)).astype(np.uint32)
    in_class = np.cumsum(np.bincount(number, minlength=len(most)))
    starts = np.concatenate([[0], in_class[:-1]])
    edges = np.arange(ZONES + 1, dtype=np.int64) * RA_STEPS
    zones = [
        start + np.searchsorted(key[rows[start:stop]], edges)
        for start, stop in zip(starts, in_class, strict=True)
    ]
    columns = {"zones": np.array(zones, np.uint32).reshape(-1, ZONES + 1), "key": key[rows]}
    return columns if len(most) == 1 else columns | {"key_row": rows}


def _places(sets: ImageSets) -> Columns:
    if sets.placement is not None:
        return dict(sets.placement.columns())
    images = sets.footprints()
    table = [getattr(images.grids, name) for name in (*GRID, *SHAPE)]
    zeros = np.zeros(len(images.grids.naxis1))
    return {
        "crval": np.stack([sets.crval1, sets.crval2], axis=-1),
        "rot": np.asarray(sets.crota2, np.float64),
        "grid": images.grid.astype(np.min_scalar_type(max(len(zeros) - 1, 0))),
        "grids": np.stack([zeros if column is None else column for column in table], axis=-1),
    }


def _lookup(name: str, values: NDArray[Any], what: str, bands: NDArray[np.integer] | None = None) -> Columns:
    """Return a sorted column, its rows and its fence.

    Rows of one value are in the order of their ``bands``. Raises InventoryError for a repeated value, or one
    that is repeated in one band.
    """
    order = np.argsort(values, kind="stable") if bands is None else np.lexsort((bands, values))
    ordered = values[order]
    same_band = True if bands is None else bands[order][1:] == bands[order][:-1]
    repeated = np.flatnonzero((ordered[1:] == ordered[:-1]) & same_band)
    if len(repeated):
        shown = ordered[repeated[0]]
        shown = shown.decode() if isinstance(shown, bytes) else shown
        raise InventoryError(f"{len(repeated)} image sets repeat the {what} of another: {shown}")
    return {name: ordered, f"{name}_row": order.astype(np.uint32), f"{name}.fence": ordered[::FENCE_ROWS]}


def _values(sets: ImageSets, names: ColumnsOfSurvey) -> Columns:
    columns: Columns = {name: shortest(getattr(sets, name)) for name in names.integers}
    columns |= {name: np.asarray(getattr(sets, name), np.float64) for name in names.numbers}
    for name in names.texts:
        columns |= coded(name, np.asarray(getattr(sets, name)).astype(np.bytes_))
    stored = {name: _stored(sets, getattr(sets, name)) for name in (*names.of_images, *_known(sets))}
    for band in names.stored_bands:
        columns |= {f"{name}.{band}": np.asarray(stored[name][band], np.float64) for name in names.measures}
        for name in (*names.band_integers, *names.tile_places):
            columns[f"{name}.{band}"] = shortest(stored[name][band])
        for name in names.band_texts:
            columns |= coded(f"{name}.{band}", np.asarray(stored[name][band]).astype(np.bytes_))
        for name in _known(sets):
            columns[f"{name}.{band}"] = shortest(stored[name][band])
    return columns


def _known(sets: ImageSets) -> list[str]:
    """Return which facts of images are known that need not be."""
    return [name for name in ("cards", "bitpix") if getattr(sets, name) is not None]


def _stored(sets: ImageSets, by_band: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return values of images by what stands for their bands in names of columns."""
    return by_band if sets.own_band is None else {OWN: own_values(by_band, sets.own_band)}


def _sizes(sets: ImageSets, names: ColumnsOfSurvey) -> Columns:
    columns: Columns = {}
    held = np.zeros(len(sets), np.int64)
    for product, of_forms in forms_of_bands(sets, names).items():
        for band, sizes in of_forms.items():
            is_held = np.logical_or.reduce([size > 0 for size in sizes.values()])
            held |= is_held.astype(np.int64) << names.held_bit(product, band)
            columns |= {f"bytes.{product}.{band}.{form}": shortest(size) for form, size in sizes.items()}
    return {"held": shortest(held), **columns}


def forms_of_bands(
    sets: ImageSets, names: ColumnsOfSurvey
) -> Mapping[str, Mapping[str, Mapping[str, NDArray[np.int64]]]]:
    """Return the stored size of each image by product, what stands for its band in names, and form."""
    if isinstance(sets, DescribedSets):
        forms: Mapping[str, Mapping[str, Mapping[str, NDArray[np.int64]]]] = vars(sets)["forms"]
        if sets.own_band is None:
            return forms
        return {product: {OWN: _own_forms(by_band, sets.own_band)} for product, by_band in forms.items()}
    given = {
        ImageType.ATLAS: (sets.bytes, sets.suffix),
        ImageType.QUICKLOOK: (sets.quicklook_bytes, sets.quicklook_suffix),
    }
    return {
        names.products[kind]: {
            band: _by_form(sets, kind, sizes[band], suffixes[band], band) for band in names.bands
        }
        for kind, (sizes, suffixes) in given.items()
    }


def _own_forms(
    by_band: Mapping[str, Mapping[str, NDArray[np.int64]]], own_band: NDArray[np.integer]
) -> dict[str, NDArray[np.int64]]:
    first = next(iter(by_band.values()))
    return {
        form: own_values({band: forms[form] for band, forms in by_band.items()}, own_band) for form in first
    }


def _by_form(
    sets: ImageSets, kind: ImageType, size: NDArray[np.int64], suffix: NDArray[np.object_], band: str
) -> dict[str, NDArray[np.int64]]:
    suffixes = image_suffixes(sets.dataset, kind)
    forms = {form[1:]: np.where(suffix == form, size, 0) for form in suffixes}
    unknown = np.flatnonzero((size > 0) & (np.sum(list(forms.values()), axis=0) == 0))
    if len(unknown):
        raise InventoryError(f"an image is stored as {suffix[unknown[0]]!r}, which is no form of its kind")
    if kind is ImageType.ATLAS:
        tiled = sets.tiled_bytes[band]
        forms[TILED_SUFFIX[1:]] = np.where(tiled > 0, tiled, forms[TILED_SUFFIX[1:]])
    return forms


def grids_of(table: Floats) -> PixelGrids:
    """Return pixel grids from their table; the plainest have no shape beside SIN at right angles."""
    return PixelGrids.from_table(table if table[:, len(GRID) :].any() else table[:, : len(GRID)])


def are_grids(table: Floats) -> bool:
    """Tell whether pixel grids have pixels and steps, and show the sky at their corners."""
    if not np.isfinite(table).all() or (table[:, :2] <= 0).any() or (table[:, 4:6] == 0).any():
        return False
    with np.errstate(all="ignore"):
        return bool(np.isfinite(grids_of(table).corners).all())
