"""``/sia2/query``: Simple Image Access 2.0 over every data set of the archive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.inventory.image_lookup import sets_of_images
from skybatch.surveys.twomass.bands import BANDS, FILTERS
from skybatch.surveys.twomass.layout import parse_key
from skybatch.vo.deadline import search_deadline
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
from skybatch.vo.responses import Answer, answer_format, too_many
from skybatch.vo.search_images import Found, find
from skybatch.vo.service_descriptors import cutout_service, links_service

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

Interval = tuple[float, float]
Open = Callable[[str], "Inventory"]


@dataclass(frozen=True)
class Query:
    """What images must be: in any of ``regions``, ``bands``, ``times`` (MJD) and among ``ids``.

    An empty tuple asks for nothing in particular; ``nothing`` says that no image can be meant.
    """

    regions: tuple[PosRegion, ...] = ()
    bands: tuple[str, ...] = ("j", "h", "k")
    times: tuple[Interval, ...] = ()
    sizes: tuple[Interval, ...] = ()
    ids: tuple[str, ...] = ()
    facilities: tuple[str, ...] = ()
    nothing: bool = False

    def sets(self, inventory: Inventory) -> NDArray[np.intp]:
        """The image sets of one data set that may hold such images."""
        if self.nothing or not self.bands:
            return np.empty(0, np.intp)
        if self.ids:
            return sets_of_images(inventory, (parse_key(key)[0] for key in self.ids))
        if not self.regions:
            return np.arange(inventory.size)
        found = [inventory.in_region(each, "overlap") for each in self.regions]
        return found[0] if len(found) == 1 else np.unique(np.concatenate(found))

    def wanted(self, details: ImageSets, band: str) -> NDArray[np.bool_]:
        """Which images of one band fit what is asked beside the place."""
        fits = np.ones(len(details), bool)
        if self.times:
            start = np.array(mjd(details.ut_date.tolist()))
            fits &= _overlap(start, start + 1.0, self.times)
        if self.sizes:
            side = np.hypot(details.naxis1 * details.cdelt1, details.naxis2 * details.cdelt2)
            fits &= _overlap(side, side, self.sizes)
        if self.facilities:
            fits &= np.isin(details.hem, [hem for hem, name in FACILITIES.items() if name in self.facilities])
        if self.ids:
            named = {parse_key(key)[0] for key in self.ids}
            fits &= np.array([details.image_id(i, band) in named for i in range(len(details))], bool)
        return fits


def sia2(given: Parameters, datasets: Sequence[str], open_: Open, root: str) -> Answer:
    """Answer a query over the data sets that the archive holds. Raises MalformedRequest."""
    fmt = answer_format(given, "RESPONSEFORMAT", "votable")
    most, asked = given.max_rows(), query(given)
    chosen = [each for each in datasets if not given.every("collection") or _collected(given, each)]
    found: list[Found] = []
    check = search_deadline()
    for dataset in chosen:
        inventory = open_(dataset)
        sets, left = asked.sets(inventory), most - sum(map(len, found))
        bands = asked.bands or ("j",)
        found.append(find(inventory, sets, left, bands=bands, wanted=asked.wanted, before=check))
    overflow = too_many(most) if any(each.more for each in found) else ""
    services = (links_service(root), cutout_service(root))
    return Answer(obscore_table(found, root, services, overflow), fmt)


def query(given: Parameters) -> Query:
    """What the parameters ask (SIA 2.0 section 2.1). Several values of one name are alternatives."""
    return Query(
        regions=tuple(parse_pos(text) for text in given.every("pos")),
        bands=_bands(intervals(given, "band")),
        times=intervals(given, "time"),
        sizes=intervals(given, "fov"),
        ids=_ids(given.every("id")),
        facilities=given.every("facility"),
        nothing=_excluded(given),
    )


def intervals(given: Parameters, name: str) -> tuple[Interval, ...]:
    """The intervals of a numeric parameter: ``low high``, ``-Inf`` and ``+Inf`` among them, or one number."""
    return tuple(_interval(name.upper(), text) for text in given.every(name))


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


def _excluded(given: Parameters) -> bool:
    """Whether what holds for all images rules them out."""
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
    by_word = any(given.every(name) and not set(given.every(name)) & known for name, known in words.items())
    by_number = any(
        given.every(name) and not any(low <= value <= high for low, high in intervals(given, name))
        for name, value in constants.items()
    )
    unknown_ids = bool(given.every("id")) and not _ids(given.every("id"))
    undefined = bool(given.every("timeres") or given.every("specrp"))
    return by_word or by_number or unknown_ids or undefined


def _collected(given: Parameters, dataset: str) -> bool:
    return bool({collection(dataset), dataset} & set(given.every("collection")))


def _overlap(
    low: NDArray[np.float64], high: NDArray[np.float64], wanted: Sequence[Interval]
) -> NDArray[np.bool_]:
    fits = [(low <= last) & (high >= first) for first, last in wanted]
    return np.asarray(np.logical_or.reduce(fits))
