"""From the images that were read to image sets: the images of one grid together, as columns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from skybatch.archive.described.headers import TILED, ReadImage, number
from skybatch.archive.image_records import GRID_PIXELS, Problem
from skybatch.fits.celestial_wcs import CelestialWcs
from skybatch.fits.wcs_terms import Terms
from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
from skybatch.inventory.image_sets import ImageSets, given_sets
from skybatch.inventory.placements.placements import Placements
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.pixel_grids import Projection
from skybatch.surveys.description.metadata import Column
from skybatch.surveys.description.survey import Survey

_SKY = ("crval1", "crval2", "crota2")
_PLACE = ("crval1", "crval2", "crpix1", "crpix2", "cdelt1", "cdelt2", "crota2")


def assemble(survey: Survey, dataset: str, images: Iterable[ReadImage]) -> tuple[ImageSets, list[Problem]]:
    """Return the image sets of images of one data set, and the images that lie elsewhere than their set.

    Where each band of a set has a grid of its own, each is a set of its own here.
    """
    by_set: dict[tuple[object, ...], list[ReadImage]] = defaultdict(list)
    for image in images:
        own = (image.key.band,) if survey.bands_apart else ()
        by_set[*image.key.fields.values(), *own].append(image)
    groups, problems = [], []
    for group in by_set.values():
        kept, odd = _of_one_grid(group)
        groups.append(kept)
        problems += odd
    return _columns(survey, dataset, groups), problems


def _of_one_grid(group: Sequence[ReadImage]) -> tuple[list[ReadImage], list[Problem]]:
    reference = group[0]
    kept = [image for image in group if same_grid(image, reference)]
    reason = f"another pixel grid than {reference.path}, which is of the same image set"
    return kept, [Problem(image.path, reason) for image in group if not same_grid(image, reference)]


class Gridded(Protocol):
    """Something with a pixel grid on the sky."""

    @property
    def wcs(self) -> CelestialWcs:
        """Its coordinates."""

    @property
    def naxis1(self) -> int:
        """Its columns."""

    @property
    def naxis2(self) -> int:
        """Its rows."""


def same_grid(image: Gridded, other: Gridded) -> bool:
    """Tell whether two images have one pixel grid on the sky."""
    if (image.naxis1, image.naxis2) != (other.naxis1, other.naxis2):
        return False
    pixel = abs(other.wcs.cdelt2)
    shifts = [
        ((image.wcs.crval1 - other.wcs.crval1 + 180.0) % 360.0 - 180.0) / pixel,
        (image.wcs.crval2 - other.wcs.crval2) / pixel,
        image.wcs.crpix1 - other.wcs.crpix1,
        image.wcs.crpix2 - other.wcs.crpix2,
        (image.wcs.cdelt1 - other.wcs.cdelt1) / pixel * other.naxis1,
        (image.wcs.cdelt2 - other.wcs.cdelt2) / pixel * other.naxis2,
        np.radians(image.wcs.crota2 - other.wcs.crota2) * max(other.naxis1, other.naxis2),
    ]
    same = bool(np.abs(shifts).max() < GRID_PIXELS) and image.wcs.projection == other.wcs.projection
    return same and _same_terms(image.wcs.terms, other.wcs.terms)


def _same_terms(terms: Terms, others: Terms) -> bool:
    """Tell whether distortions are the same; a table does not tell of any."""
    if not (terms and others):
        return True
    known = dict(others)
    return dict(terms).keys() == known.keys() and all(
        math.isclose(value, known[name], rel_tol=1e-6, abs_tol=1e-30) for name, value in terms
    )


def _columns(survey: Survey, dataset: str, groups: Sequence[Sequence[ReadImage]]) -> ImageSets:
    first = [group[0] for group in groups]
    frame = ImageFrame(survey.header.frame)
    columns: dict[str, Any] = _places(first, frame)
    pixels = {"naxis1": "naxis1", "naxis2": "naxis2", "header_blocks": "blocks"}
    columns |= {
        name: np.array([getattr(each, said) for each in first], np.int64) for name, said in pixels.items()
    }
    columns |= _fields(survey, first)
    columns |= _own_columns(survey, groups)
    columns |= _files(survey, groups)
    return given_sets(
        set_index=np.arange(len(groups)),
        dataset=dataset,
        frame=frame,
        own_band=_own_bands(survey, first) if survey.bands_apart else None,
        **columns,
    )


def _own_bands(survey: Survey, first: Sequence[ReadImage]) -> NDArray[np.uint8]:
    """Return the number of each image's band in the order of the survey."""
    numbers = {band: number for number, band in enumerate(survey.bands)}
    return np.array([numbers[image.key.band] for image in first], np.uint8)


def _places(images: Sequence[ReadImage], frame: ImageFrame) -> dict[str, Any]:
    """Return where images lie: by columns of plain SIN and TAN images, else by templates beside them."""
    if any(each.wcs.terms or each.wcs.by_astropy or each.wcs.frame != frame for each in images):
        placement = Placements.of_images([(each.wcs, each.naxis1, each.naxis2) for each in images])
        return placed_columns(placement, frame)
    place = {name: np.array([getattr(each.wcs, name) for each in images], float) for name in _PLACE}
    skew = np.array([each.wcs.skew for each in images])
    projection = np.array([Projection[each.wcs.projection].value for each in images])
    return {**place, "skew": _unless_all_zero(skew), "projection": _unless_all_zero(projection)}


def placed_columns(placement: Placements, frame: ImageFrame) -> dict[str, Any]:
    """Return the columns of images of any WCS: the placement, and their matrix and reference pixel."""
    images = placement.footprints(frame)
    place = {name: getattr(images if name in _SKY else images.grids, name) for name in _PLACE}
    return {**place, "skew": images.grids.skew, "projection": images.grids.projection, "placement": placement}


def _unless_all_zero(values: NDArray[Any]) -> NDArray[Any] | None:
    return values.astype(float) if values.any() else None


def _fields(survey: Survey, first: Sequence[ReadImage]) -> dict[str, Any]:
    types = {name: np.int64 if field.type == "int" else np.str_ for name, field in survey.fields.items()}
    return {
        name: np.array([each.key.fields[name] for each in first], types[name]) for name in survey.set.fields
    }


def _own_columns(survey: Survey, groups: Sequence[Sequence[ReadImage]]) -> dict[str, Any]:
    """Return the columns of sets, from the first image of each, and those of images, by band."""
    columns: dict[str, Any] = {}
    for name, column in survey.columns.items():
        if column.of == "set":
            columns[name] = _values(column, [group[0].values.get(name) for group in groups])
        elif column.of == "band":
            columns[name] = {
                band: _values(column, [_of_band(group, band, name) for group in groups])
                for band in survey.bands
            }
    return columns


def _all_cards(survey: Survey, groups: Sequence[Sequence[ReadImage]]) -> dict[str, NDArray[np.int64]] | None:
    """Return the cards of each image's header; None where those of any are not known."""
    if not all(image.cards for group in groups for image in group):
        return None
    return _counts(survey, groups, "cards")


def _bitpix(survey: Survey, groups: Sequence[Sequence[ReadImage]]) -> dict[str, NDArray[Any]] | None:
    """Return the pixels' type of each image by band, where the description does not say it."""
    if survey.product[survey.first_product].bitpix:
        return None
    return _counts(survey, groups, "bitpix")


def _counts(survey: Survey, groups: Sequence[Sequence[ReadImage]], name: str) -> dict[str, NDArray[np.int64]]:
    """Return a whole number of each image by band, 0 where a set has none of the band."""

    def of_image(group: Sequence[ReadImage], band: str) -> int:
        return next((getattr(image, name) for image in group if image.key.band == band), 0)

    return {band: np.array([of_image(group, band) for group in groups], np.int64) for band in survey.bands}


def _of_band(group: Sequence[ReadImage], band: str, name: str) -> Any:
    return next((image.values.get(name) for image in group if image.key.band == band), None)


def _values(column: Column, given: Sequence[Any]) -> NDArray[Any]:
    if column.type == "double":
        return np.array([number(value) for value in given], float)
    if column.type == "char":
        return np.array(["" if value is None else str(value).strip() for value in given], np.str_)
    numbers = [number(value) for value in given]
    return np.array([0 if value != value else int(value) for value in numbers], np.int64)


def _files(survey: Survey, groups: Sequence[Sequence[ReadImage]]) -> dict[str, Any]:
    """Return the stored sizes by product, band and form, and what follows from them."""
    names = ColumnsOfSurvey(survey)
    forms: dict[str, dict[str, dict[str, NDArray[np.int64]]]] = {
        product: {
            band: {form: np.zeros(len(groups), np.int64) for form in survey.product[product].forms}
            for band in survey.bands
        }
        for product in names.products.values()
    }
    places = {
        name: {band: np.zeros(len(groups), np.int64) for band in survey.bands} for name in names.tile_places
    }
    for row, image in ((row, image) for row, group in enumerate(groups) for image in group):
        key = image.key
        forms[key.product][key.band][key.form][row] = image.bytes
        if key.form == TILED:
            places["tile_table"][key.band][row] = image.tile_table
            places["tile_heap"][key.band][row] = image.tile_heap
    usual = {band: _usual(survey, forms[survey.first_product][band]) for band in survey.bands}
    return {
        **places,
        "cards": _all_cards(survey, groups),
        "forms": forms,
        "bitpix": _bitpix(survey, groups),
        "bytes": {band: size for band, (size, _) in usual.items()},
        "suffix": {band: suffix for band, (_, suffix) in usual.items()},
    }


def _usual(
    survey: Survey, sizes: dict[str, NDArray[np.int64]]
) -> tuple[NDArray[np.int64], NDArray[np.object_]]:
    """Return size and suffix of the first form of each image that there is."""
    length = len(next(iter(sizes.values())))
    size, suffix = np.zeros(length, np.int64), np.full(length, "", dtype=object)
    for form in reversed(survey.product[survey.first_product].forms):
        here = sizes[form] > 0
        size[here], suffix[here] = sizes[form][here], f".{form}"
    return size, suffix
