"""What ObsCore says alike of all images of a survey, by its description; and identifiers of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skybatch.errors import NotFound
from skybatch.storage.object_keys import checked_key
from skybatch.surveys.addresses import address_of_key, key_of_address
from skybatch.surveys.description.images import Band
from skybatch.surveys.description.keys import parts_of
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.templates import Template
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.known import dataset_at, known_surveys, refresh, survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

_MJD_OF_1970 = 40587


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


def days(values: NDArray[np.str_]) -> NDArray[np.float64]:
    """Return the Modified Julian Dates at which the days of images begin."""
    known, place = np.unique(values, return_inverse=True)
    return np.array(mjd(known.tolist()))[place] if len(known) else np.empty(0)


def mjd(dates: Sequence[str]) -> list[float]:
    """Return the Modified Julian Date at the beginning of days yymmdd; years from 50 on are of the 1900s."""
    full = [f"{'19' if d[:2] >= '50' else '20'}{d[:2]}-{d[2:4]}-{d[4:]}" for d in dates]
    return [float(day) for day in (np.array(full, "datetime64[D]").astype(np.int64) + _MJD_OF_1970).tolist()]


def night(survey: Survey, details: ImageSets) -> tuple[float, float] | None:
    """Return the first set's time (MJD), from and to; None where the survey tells none."""
    time = survey.obscore.time
    if time is None:
        return None
    start = float(days(getattr(details, time.day)[:1])[0])
    return start, start + time.length


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
    return _identifier_prefix(survey_of(dataset)) + address


def key_of_id(identifier: str) -> str:
    """Return the key of the image that an identifier names. Raises NotFound for one of another publisher."""
    prefix = _prefix_of(identifier)
    if prefix is None:
        refresh()
        prefix = _prefix_of(identifier)
    if prefix is None:
        known = " or ".join(_identifier_prefixes())
        raise NotFound(f"There is no image {identifier[:80]!r}: identifiers begin with {known}")
    key = key_of_address(checked_key(identifier.removeprefix(prefix)))
    parse_key(key)
    return key


def _prefix_of(identifier: str) -> str | None:
    return next((each for each in _identifier_prefixes() if identifier.startswith(each)), None)


def _identifier_prefixes() -> tuple[str, ...]:
    return tuple(dict.fromkeys(map(_identifier_prefix, known_surveys().values())))


def _identifier_prefix(survey: Survey) -> str:
    return survey.obscore.did.removesuffix("{address}")
