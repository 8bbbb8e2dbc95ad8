"""Simple Image Access 2.0 over every data set of the archive: ``/sia2/query``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.inventory.image_lookup import sets_of_images
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import parse_key, with_band
from skybatch.surveys.known import default_survey, survey_of
from skybatch.vo.obscore.facts import (
    collections,
    facilities,
    facility_field,
    key_of_id,
    of_bands,
    resolving_power,
    times_of_band,
)
from skybatch.vo.obscore_table import obscore_table
from skybatch.vo.parameters import Interval, Parameters, interval, refused
from skybatch.vo.pos_regions import PosRegion, parse_pos, steps_of_region
from skybatch.vo.responses import TableResponse, response_format, too_many_rows
from skybatch.vo.search_budget import SearchBudget
from skybatch.vo.search_images import FoundImages, find_images
from skybatch.vo.service_descriptors import image_services

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory
    from skybatch.surveys.image_id import ImageId

Open = Callable[[str], "Inventory"]
MAX_ALTERNATIVES = 200
_BOUNDED = ("pos", "band", "time", "fov", "exptime", "spatres", "timeres", "specrp")
# Steps a row and interval, as measured.
_STEPS_PER_ROW, _STEPS_PER_INTERVAL = 200, 5


@dataclass(frozen=True)
class Query:
    """Constraints on images of a survey: elements of a tuple are alternatives, empty ones constrain nothing.

    ``times`` are MJD, ``sizes`` degrees, ``ids`` archive keys. With ``nothing`` no image can match.
    """

    survey: Survey
    regions: tuple[PosRegion, ...] = ()
    bands: tuple[str, ...] = ()
    times: tuple[Interval, ...] = ()
    sizes: tuple[Interval, ...] = ()
    ids: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    nothing: bool = False

    def sets(self, inventory: Inventory, budget: SearchBudget) -> NDArray[np.intp]:
        """Return the image sets of one data set that may hold such images.

        Raises TooLarge where looking for them would take more work than there is left.
        """
        if self.nothing or not self.bands:
            return np.empty(0, np.intp)
        if self.ids:
            return sets_of_images(inventory, (parse_key(key)[0] for key in self.ids))
        if not self.regions:
            return np.arange(inventory.size)
        inside = np.zeros(inventory.size, bool)
        for region in self.regions:
            budget.charge(steps_of_region(region, inventory.size))
            inside[inventory.in_region(region, "overlap")] = True
        return np.flatnonzero(inside)

    @property
    def steps(self) -> int:
        """The work of ``matches`` for one image, in operations on one number."""
        return _STEPS_PER_ROW + _STEPS_PER_INTERVAL * (len(self.times) + len(self.sizes))

    def matches(self, details: ImageSets, band: str) -> NDArray[np.bool_]:
        """Return which images of one band satisfy the constraints other than the region."""
        fits = np.ones(len(details), bool)
        if self.times:
            fits &= self._taken(details, band)
        if self.sizes:
            side = np.hypot(details.naxis1 * details.cdelt1, details.naxis2 * details.cdelt2)
            fits &= _intersects(side, side, self.sizes)
        if self.facilities:
            fits &= self._of_facilities(details)
        if self.ids:
            named = {parse_key(key)[0] for key in self.ids}
            fits &= np.array([_is_named(details.image_id(i, band), named) for i in range(len(details))], bool)
        return fits

    def _taken(self, details: ImageSets, band: str) -> NDArray[np.bool_]:
        taken = times_of_band(details, band)
        return np.zeros(len(details), bool) if taken is None else _intersects(*taken, self.times)

    def _of_facilities(self, details: ImageSets) -> NDArray[np.bool_]:
        named = [value for value, name in facilities(self.survey).items() if name in self.facilities]
        field = facility_field(self.survey)
        if field is None:
            return np.full(len(details), bool(named))
        return np.asarray(np.isin(getattr(details, field), named))


def sia2(parameters: Parameters, datasets: Sequence[str], open_: Open, root: str) -> TableResponse:
    """Answer a query over the data sets that the archive holds.

    Raises MalformedRequest; TooLarge where it would take too much work.
    """
    fmt = response_format(parameters, "RESPONSEFORMAT", "votable")
    max_rows = parameters.max_rows()
    query(parameters)  # refused, if it cannot be read, also where there is nothing to search
    chosen = [
        each for each in datasets if not parameters.every("collection") or _in_collection(parameters, each)
    ]
    found: list[FoundImages] = []
    budget = SearchBudget()
    for dataset in chosen:
        left = max_rows - sum(map(len, found))
        found.append(_find(query(parameters, survey_of(dataset)), open_(dataset), left, budget))
    overflow = too_many_rows(max_rows) if any(each.more for each in found) else ""
    services = image_services(root, "obs_publisher_did")
    return TableResponse(obscore_table(found, root, services, overflow, fmt.format), fmt)


def _find(constraints: Query, inventory: Inventory, left: int, budget: SearchBudget) -> FoundImages:
    def matches(details: ImageSets, band: str) -> NDArray[np.bool_]:
        budget.charge_rows(constraints.steps, len(details))
        return constraints.matches(details, band)

    return find_images(
        inventory,
        constraints.sets(inventory, budget),
        left,
        bands=constraints.bands or tuple(constraints.survey.bands)[:1],
        matches=matches,
        before_reading=budget.charge_sets,
    )


def query(parameters: Parameters, survey: Survey | None = None) -> Query:
    """Read the constraints (SIA 2.0 section 2.1) for a survey; several values of one name are alternatives.

    Raises MalformedRequest, also where there are too many of them.
    """
    for name in _BOUNDED:
        if len(parameters.every(name)) > MAX_ALTERNATIVES:
            raise refused(name.upper(), "", f"may be given {MAX_ALTERNATIVES} times at most")
    survey = survey or default_survey()
    return Query(
        survey,
        regions=tuple(parse_pos(text) for text in parameters.every("pos")),
        bands=_bands(survey, intervals(parameters, "band"), intervals(parameters, "specrp")),
        times=intervals(parameters, "time"),
        sizes=intervals(parameters, "fov"),
        ids=_ids(parameters.every("id")),
        facilities=parameters.every("facility"),
        nothing=_excludes_all(survey, parameters),
    )


def intervals(parameters: Parameters, name: str) -> tuple[Interval, ...]:
    """Read the intervals of a numeric parameter: ``low high``, which may be infinite, or a number."""
    return tuple(interval(name.upper(), text) for text in parameters.every(name))


def _bands(
    survey: Survey, wavelengths: tuple[Interval, ...], powers: tuple[Interval, ...]
) -> tuple[str, ...]:
    """Return the bands of some wavelengths and resolving powers; no interval constrains nothing."""
    return tuple(
        band.id
        for band in survey.band
        if _meets(band.lower, band.upper, wavelengths)
        and _meets(resolving_power(band), resolving_power(band), powers)
    )


def _is_named(image: ImageId, named: Collection[ImageId]) -> bool:
    """Tell whether an image is among those of keys, which need not tell the band."""
    return image in named or any(with_band(each, image.band) == image for each in named if not each.band)


def _meets(low: float | None, high: float | None, wanted: tuple[Interval, ...]) -> bool:
    """Tell whether an interval wanted meets these limits; where they are not known, none does."""
    if low is None or high is None:
        return not wanted
    return not wanted or any(each.meets(low, high) for each in wanted)


def _ids(texts: tuple[str, ...]) -> tuple[str, ...]:
    keys = []
    for text in texts:
        try:
            keys.append(key_of_id(text))
        except NotFound:
            continue  # SIA 2.0: an unknown ID finds nothing, it is no error
    return tuple(keys)


def _excludes_all(survey: Survey, parameters: Parameters) -> bool:
    """Return whether constraints on what is the same for all images exclude them all."""
    words = {
        "dptype": {"image"},
        "calib": {str(survey.obscore.calib_level)},
        "instrument": {survey.instrument},
        "facility": set(facilities(survey).values()),
        "format": {"image/fits", "application/fits", "all"},
        "target": set(),
        "pol": set(),
    }
    numbers = {"exptime": survey.obscore.exposure, "spatres": survey.obscore.resolution}
    constants = {name: set(of_bands(survey, number).values()) for name, number in numbers.items()}
    by_word = any(
        parameters.every(name) and not set(parameters.every(name)) & known for name, known in words.items()
    )
    by_number = any(
        parameters.every(name)
        and not any(
            value is not None and each.meets(value, value)
            for each in intervals(parameters, name)
            for value in values
        )
        for name, values in constants.items()
    )
    unknown_ids = bool(parameters.every("id")) and not _ids(parameters.every("id"))
    undefined = bool(parameters.every("timeres"))
    return by_word or by_number or unknown_ids or undefined


def _in_collection(parameters: Parameters, dataset: str) -> bool:
    return bool(set(collections(dataset)) & set(parameters.every("collection")))


def _intersects(
    low: NDArray[np.float64], high: NDArray[np.float64], wanted: Sequence[Interval]
) -> NDArray[np.bool_]:
    fits = np.zeros(len(low), bool)
    for first, last in wanted:
        fits |= (low <= last) & (high >= first)
    return fits
