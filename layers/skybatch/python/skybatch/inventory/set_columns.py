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
from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
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
# Text of more different values is kept as it is.
MAX_WORDS = 1 << 16
# As much longer may it be as codes: they are compared word by word, not row by row.
WORDS_BYTES = 1024

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
    columns, (ra, dec, radius) = ColumnsOfSurvey(survey), _circles(sets)
    key = zone_keys(ra, dec)
    order = np.lexsort((_identities(sets, survey), dec, ra, key))
    sets, key, radius = sets.take(order), key[order], radius[order]
    return SetColumns(
        {
            **_keys(key, radius),
            **_places(sets),
            **_lookup("id", identifiers(sets, survey), ", ".join(survey.set.fields)),
            **_numbers(sets, survey),
            **_values(sets, columns),
            **_sizes(sets, columns),
        },
        tuple(class_radii(radius)[1]),
        () if sets.placement is None else sets.placement.templates,
    )


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


def _lookup(name: str, values: NDArray[Any], what: str) -> Columns:
    """Return a sorted column, its rows and its fence. Raises InventoryError for a repeated value."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    repeated = np.flatnonzero(ordered[1:] == ordered[:-1])
    if len(repeated):
        shown = ordered[repeated[0]]
        shown = shown.decode() if isinstance(shown, bytes) else shown
        raise InventoryError(f"{len(repeated)} image sets repeat the {what} of another: {shown}")
    return {name: ordered, f"{name}_row": order.astype(np.uint32), f"{name}.fence": ordered[::FENCE_ROWS]}


def _values(sets: ImageSets, names: ColumnsOfSurvey) -> Columns:
    columns: Columns = {name: _smallest(getattr(sets, name)) for name in names.integers}
    columns |= {name: np.asarray(getattr(sets, name), np.float64) for name in names.numbers}
    for name in names.texts:
        columns |= coded(name, np.asarray(getattr(sets, name)).astype(np.bytes_))
    for band in names.bands:
        columns |= {
            f"{name}.{band}": np.asarray(getattr(sets, name)[band], np.float64) for name in names.measures
        }
        for name in (*names.band_integers, *names.tile_places):
            columns[f"{name}.{band}"] = _smallest(getattr(sets, name)[band])
        for name in names.band_texts:
            columns |= coded(f"{name}.{band}", np.asarray(getattr(sets, name)[band]).astype(np.bytes_))
        for name, given in (("cards", sets.cards), ("bitpix", sets.bitpix)):
            if given is not None:
                columns[f"{name}.{band}"] = _smallest(given[band])
    return columns


def coded(name: str, text: NDArray[np.bytes_]) -> Columns:
    """Return text as codes into its words, or as it is where that is shorter."""
    words, codes = np.unique(text, return_inverse=True)
    small = codes.astype(np.min_scalar_type(max(len(words) - 1, 0)))
    if len(words) > MAX_WORDS or small.nbytes + words.nbytes > text.nbytes + WORDS_BYTES:
        return {name: text if text.dtype.itemsize else text.astype("S1")}
    return {name: small, f"{name}.words": words if words.dtype.itemsize else words.astype("S1")}


def _sizes(sets: ImageSets, names: ColumnsOfSurvey) -> Columns:
    columns: Columns = {}
    held = np.zeros(len(sets), np.int64)
    for product, of_forms in forms_of_bands(sets, names).items():
        for band, sizes in of_forms.items():
            is_held = np.logical_or.reduce([size > 0 for size in sizes.values()])
            held |= is_held.astype(np.int64) << names.held_bit(product, band)
            columns |= {f"bytes.{product}.{band}.{form}": _smallest(size) for form, size in sizes.items()}
    return {"held": _smallest(held), **columns}


def forms_of_bands(
    sets: ImageSets, names: ColumnsOfSurvey
) -> Mapping[str, Mapping[str, Mapping[str, NDArray[np.int64]]]]:
    """Return the stored size of each image by product, band and form."""
    if isinstance(sets, DescribedSets):
        forms: Mapping[str, Mapping[str, Mapping[str, NDArray[np.int64]]]] = vars(sets)["forms"]
        return forms
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


def _smallest(values: Any) -> NDArray[Any]:
    """Return whole numbers in the shortest type that holds them."""
    numbers = np.asarray(values)
    least, most = int(numbers.min(initial=0)), int(numbers.max(initial=0))
    return numbers.astype(np.result_type(np.min_scalar_type(least), np.min_scalar_type(most)))


def grids_of(table: Floats) -> PixelGrids:
    """Return pixel grids from their table; the plainest have no shape beside SIN at right angles."""
    return PixelGrids.from_table(table if table[:, len(GRID) :].any() else table[:, : len(GRID)])


def are_grids(table: Floats) -> bool:
    """Tell whether pixel grids have pixels and steps, and show the sky at their corners."""
    if not np.isfinite(table).all() or (table[:, :2] <= 0).any() or (table[:, 4:6] == 0).any():
        return False
    with np.errstate(all="ignore"):
        return bool(np.isfinite(grids_of(table).corners).all())
