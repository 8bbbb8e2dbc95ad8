"""What ObsCore says alike of all images of a survey, by its description; and identifiers of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import NotFound
from skybatch.storage.object_keys import checked_key
from skybatch.surveys.addresses import address_of_key, key_of_address, quoted_path
from skybatch.surveys.description.images import Band
from skybatch.surveys.description.keys import parts_of
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.templates import Template
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.image_times import Floats, times_taken
from skybatch.surveys.known import dataset_at, known_surveys, refresh, survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets


def collections(dataset: str) -> tuple[str, ...]:
    """Return the names of a data set's collection; the first is the one that answers have."""
    survey = survey_of(dataset)
    parts = parts_of(survey, survey.datasets[dataset])
    names = [Template(text).format(parts) for text in survey.obscore.collection]
    return tuple(dict.fromkeys((*names, dataset, survey.survey_id(dataset))))


def facilities(survey: Survey) -> Mapping[str, str]:
    """Return the observatory for each value of the field that tells it; of the empty text where none does."""
    said = survey.facility
    if isinstance(said, str):
        return {"": said}
    return {value: name for value, name in said.items() if value != "by"}


def facility_field(survey: Survey) -> str | None:
    """Return the field that tells the observatory, None where all images are of one."""
    return None if isinstance(survey.facility, str) else survey.facility["by"]


def of_bands(survey: Survey, given: float | Mapping[str, float] | None) -> Mapping[str, float | None]:
    """Return a number for each band: the same, one of its own, or none."""
    if isinstance(given, Mapping):
        return {band: given.get(band) for band in survey.bands}
    return dict.fromkeys(survey.bands, given)


def times_of_band(details: ImageSets, band: str) -> tuple[Floats, Floats] | None:
    """Return when the images of one band began and ended (MJD); None where the survey tells none."""

    def column(name: str) -> NDArray[Any]:
        values = getattr(details, name)
        return np.asarray(values[band] if isinstance(values, Mapping) else values)

    return times_taken(survey_of(details.dataset), band, column)


def times_of_images(
    details: ImageSets, bands: Sequence[str], at: NDArray[np.intp]
) -> tuple[Floats, Floats] | None:
    """Return when images began and ended (MJD): of some bands and elements; None as above."""
    survey = survey_of(details.dataset)
    return times_taken(survey, bands, lambda name: values_of_images(details, name, bands, at))


def values_of_images(
    details: ImageSets, name: str, bands: Sequence[str], at: NDArray[np.intp]
) -> NDArray[Any]:
    """Return a column of the description for images: of some bands and elements."""
    values = getattr(details, name)
    if not isinstance(values, Mapping):
        return np.asarray(values[at])
    return np.array([values[band][place] for band, place in zip(bands, at.tolist(), strict=True)])


def known_numbers(values: Floats) -> list[float | None]:
    """Return numbers for a table, null where they are unknown."""
    return [None if value != value else value for value in values.tolist()]


def night(details: ImageSets, band: str) -> tuple[float, float] | None:
    """Return the first set's time (MJD), from and to; None where the survey tells none."""
    taken = times_of_band(details, band)
    return None if taken is None else (float(taken[0][0]), float(taken[1][0]))


def resolving_power(band: Band) -> float | None:
    """Return the spectral resolving power of a filter: its reference wavelength over its width, if known."""
    if band.wave is None:
        return None
    reference, lower, upper = band.wave
    return reference / (upper - lower)


def publisher_id(key: str) -> str:
    """Return the publisher's identifier of a stored image. Raises NotFound for a key of no known survey."""
    address = address_of_key(key)
    dataset = dataset_at(*(*address.split("/", 3), "", "", "")[:3])
    if dataset is None:
        raise NotFound(f"not the key of an image: {key}")
    return _identifier_prefix(survey_of(dataset)) + quoted_path(address)


def key_of_id(identifier: str) -> str:
    """Return the key of the image that an identifier names. Raises NotFound for one of another publisher."""
    prefix = _prefix_of(identifier)
    if prefix is None:
        refresh()
        prefix = _prefix_of(identifier)
    if prefix is None:
        known = " or ".join(_identifier_prefixes())
        raise NotFound(f"There is no image {identifier[:80]!r}: identifiers begin with {known}")
    key = key_of_address(checked_key(unquote(identifier.removeprefix(prefix))))
    parse_key(key)
    return key


def _prefix_of(identifier: str) -> str | None:
    return next((each for each in _identifier_prefixes() if identifier.startswith(each)), None)


def _identifier_prefixes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_identifier_prefix, known_surveys().values())))


def _identifier_prefix(survey: Survey) -> str:
    return survey.obscore.did.removesuffix("{address}")
