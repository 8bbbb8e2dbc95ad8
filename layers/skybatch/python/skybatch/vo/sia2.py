"""Simple Image Access 2.0 over every data set of the archive: ``/sia2/query``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.inventory.image_lookup import sets_of_images
from skybatch.surveys.twomass.bands import BANDS, FILTERS
from skybatch.surveys.twomass.layout import parse_key
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
)
from skybatch.vo.parameters import Parameters, number_or_infinity, refused
from skybatch.vo.pos_regions import PosRegion, parse_pos
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

    def sets(self, inventory: Inventory) -> NDArray[np.intp]:
        """Return the image sets of one data set that may hold such images."""
        if self.nothing or not self.bands:
            return np.empty(0, np.intp)
        if self.ids:
            return sets_of_images(inventory, (parse_key(key)[0] for key in self.ids))
        if not self.regions:
            return np.arange(inventory.size)
        found = [inventory.in_region(each, "overlap") for each in self.regions]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def matches(self, details: ImageSets, band: str) -> NDArray[np.bool_]:
        """Return which images of one band satisfy the constraints other than the region."""
        fits = np.ones(len(details), bool)
        if self.times:
            start = np.array(mjd(details.ut_date.tolist()))
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
    """Answer a query over the data sets that the archive holds. Raises MalformedRequest."""
    fmt = response_format(parameters, "RESPONSEFORMAT", "votable")
    max_rows, constraints = parameters.max_rows(), query(parameters)
    chosen = [
        each for each in datasets if not parameters.every("collection") or _in_collection(parameters, each)
    ]
    found: list[FoundImages] = []
    budget = SearchBudget()
    for dataset in chosen:
        inventory = open_(dataset)
        sets, left = constraints.sets(inventory), max_rows - sum(map(len, found))
        bands = constraints.bands or ("j",)
        found.append(
            find_images(
                inventory,
                sets,
                left,
                bands=bands,
                matches=constraints.matches,
                before_reading=budget.charge_sets,
            )
        )
    overflow = too_many_rows(max_rows) if any(each.more for each in found) else ""
    services = (links_service(root), cutout_service(root))
    return TableResponse(obscore_table(found, root, services, overflow), fmt)


def query(parameters: Parameters) -> Query:
    """Read the constraints (SIA 2.0 section 2.1); several values of one name are alternatives."""
    return Query(
        regions=tuple(parse_pos(text) for text in parameters.every("pos")),
        bands=_bands(intervals(parameters, "band")),
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


def _bands(wanted: tuple[Interval, ...]) -> tuple[str, ...]:
    if not wanted:
        return BANDS
    return tuple(
        band.id
        for band in FILTERS.values()
        if any(band.lower <= last and band.upper >= first for first, last in wanted)
    )


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
    undefined = bool(parameters.every("timeres") or parameters.every("specrp"))
    return by_word or by_number or unknown_ids or undefined


def _in_collection(parameters: Parameters, dataset: str) -> bool:
    return bool({collection(dataset), dataset} & set(parameters.every("collection")))


def _intersects(
    low: NDArray[np.float64], high: NDArray[np.float64], wanted: Sequence[Interval]
) -> NDArray[np.bool_]:
    fits = [(low <= last) & (high >= first) for first, last in wanted]
    return np.asarray(np.logical_or.reduce(fits))
