"""The images at several positions at once, position by position: what ``/ibe/search`` finds for a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from skybatch.sky.position import SkyPosition
from skybatch.surveys.known import default_survey, survey_of
from skybatch.vo.pos_size import BoxSearch
from skybatch.vo.search_budget import SearchBudget
from skybatch.vo.search_images import ATLAS, CHUNK, FoundImages, Predicate, find_images

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.inventory import Inventory
    from skybatch.settings import Settings

# Numbers of position and image set, and band.
Match = tuple[int, int, str]
STEPS_PER_POSITION = 300_000  # a look-up of a box, as measured


def uploaded_positions(upload: bytes, limits: Settings) -> list[SkyPosition]:
    """Return the ICRS positions of an uploaded table's rows, in their order.

    Raises InvalidRequest for a table that cannot be read, a row without coordinates included; TooLarge.
    """
    from skybatch.errors import InvalidRequest
    from skybatch.requests.model import Mode, RowDefaults
    from skybatch.requests.parser import upload_bounds
    from skybatch.requests.table_rows import read_rows

    read = read_rows(
        upload, Mode.POSITIONS, RowDefaults(tuple(default_survey().bands)), upload_bounds(limits)
    )
    read.raise_if_invalid()
    found = [row.position for row in read.rows if row.position is not None]
    if len(found) < len(read.rows):
        missing = next(number for number, row in enumerate(read.rows, 1) if row.position is None)
        raise InvalidRequest(
            f"Row {missing} of the table has no coordinates; object names are not resolved here."
        )
    return found


def find_at(
    inventory: Inventory,
    searches: Sequence[BoxSearch],
    predicate: Predicate | None,
    max_images: int,
    budget: SearchBudget,
) -> tuple[FoundImages, list[int]]:
    """Find the first ``max_images`` images of all searches, and the index of the search of each.

    An image that several searches find is found for each. Raises TooLarge where it would take too much work.
    """
    found: list[Match] = []
    for first, sets in _groups(inventory, searches, budget):
        left = max_images + 1 - len(found)
        found += _matches(inventory, searches[first], first, sets, predicate, left, budget)
        if len(found) > max_images:
            break
    return _gathered(inventory, found[:max_images], more=len(found) > max_images)


def _groups(
    inventory: Inventory, searches: Sequence[BoxSearch], budget: SearchBudget
) -> Iterator[tuple[int, list[NDArray[np.intp]]]]:
    """Yield runs of searches by the index of their first, each with the image sets of every search of it.

    A run has no more sets in all than are fetched at once, unless it is a single search.
    """
    sets: list[NDArray[np.intp]] = []
    first = count = 0
    for number, each in enumerate(searches):
        budget.charge(STEPS_PER_POSITION)
        matching = each.sets(inventory)
        if sets and count + len(matching) > CHUNK:
            yield first, sets
            first, sets, count = number, [], 0
        sets.append(matching)
        count += len(matching)
    if sets:
        yield first, sets


def _matches(
    inventory: Inventory,
    search: BoxSearch,
    first: int,
    sets: list[NDArray[np.intp]],
    predicate: Predicate | None,
    max_images: int,
    budget: SearchBudget,
) -> list[Match]:
    """Return the images of a run of searches; all are searches of one kind."""
    wanted = sets[0] if len(sets) == 1 else np.unique(np.concatenate(sets))
    most = (
        max_images
        if len(sets) == 1 and not search.most_centred
        else len(wanted) * len(survey_of(inventory.dataset).band)
    )
    found = find_images(inventory, wanted, most, matches=predicate, before_reading=budget.charge_sets)
    bands_of: dict[int, list[str]] = {}
    for number, band in zip(found.details.set_index[found.at].tolist(), found.band, strict=True):
        bands_of.setdefault(number, []).append(band)
    images: list[Match] = []
    for number, of_one in enumerate(sets, first):
        pairs = [(index, band) for index in of_one.tolist() for band in bands_of.get(index, ())]
        images += [(number, *pair) for pair in (_first_of_each_band(pairs) if search.most_centred else pairs)]
    return images


def _first_of_each_band(pairs: list[tuple[int, str]]) -> list[tuple[int, str]]:
    first: dict[str, tuple[int, str]] = {}
    for pair in pairs:
        first.setdefault(pair[1], pair)
    return list(first.values())


def _gathered(inventory: Inventory, found: list[Match], *, more: bool) -> tuple[FoundImages, list[int]]:
    indices = np.array([index for _, index, _ in found], np.intp)
    details = inventory.details(np.unique(indices))
    at = np.searchsorted(details.set_index, indices)
    images = FoundImages(details, at, [band for _, _, band in found], [ATLAS] * len(found), more)
    return images, [number for number, _, _ in found]
