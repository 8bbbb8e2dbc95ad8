"""The images that a request asks for and that the archive does not hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skybatch.batch.planning.matching import Matches
from skybatch.requests.model import Request
from skybatch.status import AbsentImages
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets


def absent_images(
    request: Request, dataset: str, matches: Matches, details: ImageSets
) -> dict[int, AbsentImages]:
    """Find the bands asked for that a data set does not hold of the image sets matched, by row index.

    ``details`` has the facts of each match. In lists without positions an image is counted once, for the
    first row that asks for it. Where an image set is one image, bands count once a row, and only if some are
    asked for: no set has all.
    """
    survey = survey_of(dataset)
    if survey.has_sets_of_one_band:
        return _absent_bands(request, dataset, matches, _held(request, survey, matches, details))
    products = (details.bytes, details.quicklook_bytes) if survey.has("quicklooks") else (details.bytes,)
    if all(bool(sizes[band].all()) for sizes in products for band in survey.bands):
        return {}
    held = _held(request, survey, matches, details)
    missing: dict[int, list[str]] = {}
    seen: set[tuple[int, str, bool]] = set()
    for i in np.flatnonzero(~np.logical_and.reduce(list(held.values()))).tolist():
        index = int(matches.row_index[i])
        row = request.rows[index]
        quicklook = (row.image_type or request.image_type) == ImageType.QUICKLOOK
        for band in request.bands_in(row, dataset):
            image = (int(matches.set_index[i]), band, quicklook)
            if held[band][i] or (row.position is None and image in seen):
                continue
            seen.add(image)
            missing.setdefault(index, []).append(band)
    return {index: _of_row(index, bands, matches, held) for index, bands in missing.items()}


def _absent_bands(
    request: Request, dataset: str, matches: Matches, held: Mapping[str, NDArray[np.bool_]]
) -> dict[int, AbsentImages]:
    missing: dict[int, list[str]] = {}
    for index in np.unique(matches.row_index).tolist():
        start, stop = np.searchsorted(matches.row_index, [index, index + 1])
        wanted = request.bands_in(request.rows[index], dataset)
        lacking = [band for band in wanted if not held[band][start:stop].any()]
        if lacking and len(wanted) < len(held):
            missing[index] = lacking
    return {index: _of_row(index, bands, matches, held) for index, bands in missing.items()}


def _held(
    request: Request, survey: Survey, matches: Matches, details: ImageSets
) -> dict[str, NDArray[np.bool_]]:
    """Tell for each band and match whether the archive holds the image of the type that the row asks for."""
    types = [request.rows[int(i)].image_type or request.image_type for i in matches.row_index]
    quicklook = np.array([each == ImageType.QUICKLOOK for each in types], dtype=bool)
    if not survey.has("quicklooks"):
        return {band: details.bytes[band] > 0 for band in survey.bands}
    return {
        band: np.where(quicklook, details.quicklook_bytes[band] > 0, details.bytes[band] > 0)
        for band in survey.bands
    }


def _of_row(
    index: int, missing: Sequence[str], matches: Matches, held: Mapping[str, NDArray[np.bool_]]
) -> AbsentImages:
    start, stop = np.searchsorted(matches.row_index, [index, index + 1])
    return AbsentImages(
        images=len(missing),
        bands=tuple(band for band in held if band in missing),
        held=tuple(band for band in held if held[band][start:stop].any()),
    )
