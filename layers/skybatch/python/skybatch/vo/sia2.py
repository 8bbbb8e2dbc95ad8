"""Simple Image Access 2.0 over every data set of the archive: ``/sia2/query``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.inventory.image_lookup import sets_of_images
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.twomass.bands import BANDS, FILTERS
from skybatch.vo.obscore import (
    CALIBRATION_LEVEL,
    EXPOSURE_SECONDS,
    FACILITIES,
    INSTRUMENT,
    RESOLUTION_ARCSEC,
    collection,
    key_of_id,
    mjd,
    obscore_table,
    resolving_power,
)
from skybatch.vo.parameters import Parameters, number_or_infinity, refused
from skybatch.vo.pos_regions import PosRegion, parse_pos, steps_of_region
from skybatch.vo.responses import TableResponse, response_format, too_many_rows
from skybatch.vo.search_budget import SearchBudget
from skybatch.vo.search_images import FoundImages, find_images
from skybatch.vo.service_descriptors import cutout_service, links_service

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

Interval = tuple[float, float]
Open = Callable[[str], "Inventory"]
MAX_ALTERNATIVES = 200
_BOUNDED = ("pos", "band", "time", "fov", "exptime", "spatres", "timeres", "specrp")
# Steps a row and interval, as measured.
_STEPS_PER_ROW, _STEPS_PER_INTERVAL = 200, 5


@dataclass(frozen=True)
class Query:
    """Constraints on images: the elements of a tuple are alternatives, an empty one constrains nothing.

    ``times`` are MJD, ``sizes`` degrees, ``ids`` archive keys. With ``nothing`` no image can match.
    """

    regions: tuple[PosRegion, ...] = ()
    bands: tuple[str, ...] = BANDS
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
            days, day_of = np.unique(details.ut_date, return_inverse=True)
            start = np.array(mjd(days.tolist()))[day_of]
            fits &= _intersects(start, start + 1.0, self.times)
        if self.sizes:
            side = np.hypot(details.naxis1 * details.cdelt1, details.naxis2 * details.cdelt2)
            fits &= _intersects(side, side, self.sizes)
        if self.facilities:
            fits &= np.isin(details.hem, [hem for hem, name in FACILITIES.items() if name in self.facilities])
        if self.ids:
            named = {parse_key(key)[0] for key in self.ids}
            fits &= np.array([details.image_id(i, band) in named for i in range(len(details))], bool)
        return fits


def sia2(parameters: Parameters, datasets: Sequence[str], open_: Open, root: str) -> TableResponse:
    """Answer a query over the data sets that the archive holds.

    Raises MalformedRequest; TooLarge where it would take too much work.
    """
    fmt = response_format(parameters, "RESPONSEFORMAT", "votable")
    max_rows, constraints = parameters.max_rows(), query(parameters)
    chosen = [
        each for each in datasets if not parameters.every("collection") or _in_collection(parameters, each)
    ]
    found: list[FoundImages] = []
    budget = SearchBudget()

    def matches(details: ImageSets, band: str) -> NDArray[np.bool_]:
        budget.charge_rows(constraints.steps, len(details))
        return constraints.matches(details, band)

    for dataset in chosen:
        inventory = open_(dataset)
        sets, left = constraints.sets(inventory, budget), max_rows - sum(map(len, found))
        bands = constraints.bands or ("j",)
        found.append(
            find_images(
                inventory,
                sets,
                left,
                bands=bands,
                matches=matches,
                before_reading=budget.charge_sets,
            )
        )
    overflow = too_many_rows(max_rows) if any(each.more for each in found) else ""
    services = (links_service(root), cutout_service(root))
    return TableResponse(obscore_table(found, root, services, overflow, fmt.format), fmt)


def query(parameters: Parameters) -> Query:
    """Read the constraints (SIA 2.0 section 2.1); several values of one name are alternatives.

    Raises MalformedRequest, also where there are too many of them.
    """
    for name in _BOUNDED:
        if len(parameters.every(name)) > MAX_ALTERNATIVES:
            raise refused(name.upper(), "", f"may be given {MAX_ALTERNATIVES} times at most")
    return Query(
        regions=tuple(parse_pos(text) for text in parameters.every("pos")),
        bands=_bands(intervals(parameters, "band"), intervals(parameters, "specrp")),
        times=intervals(parameters, "time"),
        sizes=intervals(parameters, "fov"),
        ids=_ids(parameters.every("id")),
        facilities=parameters.every("facility"),
        nothing=_excludes_all(parameters),
    )


def intervals(parameters: Parameters, name: str) -> tuple[Interval, ...]:
    """Read the intervals of a numeric parameter: ``low high``, which may be infinite, or a number."""
    return tuple(_interval(name.upper(), text) for text in parameters.every(name))


def _interval(name: str, text: str) -> Interval:
    words = text.split()
    if not 1 <= len(words) <= 2:
        raise refused(name, text, "must be one number, or two with a blank between")
    values = [number_or_infinity(name, word) for word in words]
    if values[0] > values[-1]:
        raise refused(name, text, "must be two numbers of which the first is not the greater")
    return values[0], values[-1]


def _bands(wavelengths: tuple[Interval, ...], powers: tuple[Interval, ...]) -> tuple[str, ...]:
    """Return the bands of some wavelengths and resolving powers; no interval constrains nothing."""
    return tuple(
        band.id
        for band in FILTERS.values()
        if _meets(band.lower, band.upper, wavelengths)
        and _meets(resolving_power(band), resolving_power(band), powers)
    )


def _meets(low: float, high: float, wanted: tuple[Interval, ...]) -> bool:
    return not wanted or any(low <= last and high >= first for first, last in wanted)


def _ids(texts: tuple[str, ...]) -> tuple[str, ...]:
    keys = []
    for text in texts:
        try:
            keys.append(key_of_id(text))
        except NotFound:
            continue  # SIA 2.0: an unknown ID finds nothing, it is no error
    return tuple(keys)


def _excludes_all(parameters: Parameters) -> bool:
    """Return whether constraints on what is the same for all images exclude them all."""
    words = {
        "dptype": {"image"},
        "calib": {str(CALIBRATION_LEVEL)},
        "instrument": {INSTRUMENT},
        "facility": set(FACILITIES.values()),
        "format": {"image/fits", "application/fits", "all"},
        "target": set(),
        "pol": set(),
    }
    constants = {"exptime": EXPOSURE_SECONDS, "spatres": RESOLUTION_ARCSEC}
    by_word = any(
        parameters.every(name) and not set(parameters.every(name)) & known for name, known in words.items()
    )
    by_number = any(
        parameters.every(name) and not any(low <= value <= high for low, high in intervals(parameters, name))
        for name, value in constants.items()
    )
    unknown_ids = bool(parameters.every("id")) and not _ids(parameters.every("id"))
    undefined = bool(parameters.every("timeres"))
    return by_word or by_number or unknown_ids or undefined


def _in_collection(parameters: Parameters, dataset: str) -> bool:
    return bool({collection(dataset), dataset} & set(parameters.every("collection")))


def _intersects(
    low: NDArray[np.float64], high: NDArray[np.float64], wanted: Sequence[Interval]
) -> NDArray[np.bool_]:
    fits = np.zeros(len(low), bool)
    for first, last in wanted:
        fits |= (low <= last) & (high >= first)
    return fits
