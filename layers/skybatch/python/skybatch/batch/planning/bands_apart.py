"""What rows lack where each band of an image set has a grid, and so a footprint, of its own.

An image set is then several sets of the inventory, one a band, and a band that is not among the matches of a
row may be none of the archive's, or lie beside the row's position.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from skybatch.batch.planning.matching import Matches
from skybatch.requests.model import Mode, Request
from skybatch.status import AbsentImages
from skybatch.surveys.image_names import image_set_id
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

BandsOfRow = Mapping[int, set[str]]


def absent_of_sets(
    request: Request, inventory: Inventory, matches: Matches, details: ImageSets
) -> dict[int, AbsentImages]:
    """Find the bands asked for that the archive has of none of the sets matched, by row index.

    A band is missing where no set of the inventory with the same fields is of it. In lists without positions
    an image is counted once, for the first row that asks for it; of rows that want the best image of each
    band, one that they have in no set.
    """
    names = [image_set_id(inventory.dataset, details.fields_of(i)) for i in range(len(details))]
    held, matched = _held(inventory, dict.fromkeys(names)), matched_bands(inventory, matches)
    missing: dict[int, list[str]] = defaultdict(list)
    seen: set[tuple[str, str]] = set()
    for index, name in dict.fromkeys(zip(matches.row_index.tolist(), names, strict=True)):
        row = request.rows[index]
        for band in request.bands_in(row, inventory.dataset):
            if band in held[name] or (name, band) in seen:
                continue
            if row.position is None:
                seen.add((name, band))
            if not row.best_only or band not in {*matched[index], *missing[index]}:
                missing[index].append(band)
    return {index: _absent(inventory, bands, matched[index]) for index, bands in missing.items() if bands}


def _absent(inventory: Inventory, missing: list[str], held: set[str]) -> AbsentImages:
    bands = survey_of(inventory.dataset).bands
    return AbsentImages(
        images=len(missing),
        bands=tuple(band for band in bands if band in missing),
        held=tuple(band for band in bands if band in held),
    )


def matched_bands(inventory: Inventory, matches: Matches) -> BandsOfRow:
    """Return the bands of the sets that each row has, by row index."""
    bands = tuple(survey_of(inventory.dataset).bands)
    found: dict[int, set[str]] = defaultdict(set)
    numbers = inventory.own_bands(matches.set_index)
    for index, number in zip(matches.row_index.tolist(), numbers.tolist(), strict=True):
        found[index].add(bands[number])
    return found


def beside_positions(
    request: Request, inventory: Inventory, matches: Matches, absent: Mapping[int, AbsentImages]
) -> dict[int, tuple[str, ...]]:
    """Return the bands asked for in which no image holds the position of a row, though others do.

    By row index; those that the archive does not have of the row's sets at all are ``absent`` already.
    """
    if request.mode is not Mode.POSITIONS or not inventory.bands_apart:
        return {}
    if survey_of(inventory.dataset).has_sets_of_one_band:
        return {}
    found: dict[int, tuple[str, ...]] = {}
    for index, matched in matched_bands(inventory, matches).items():
        known = {*matched, *(absent[index].bands if index in absent else ())}
        asked: Iterable[str] = request.bands_in(request.rows[index], inventory.dataset)
        if bands := tuple(band for band in asked if band not in known):
            found[index] = bands
    return found


def _held(inventory: Inventory, names: Iterable[str]) -> Mapping[str, set[str]]:
    """Return the bands that the inventory has of image sets by their identifiers."""
    ordered = list(names)
    bands = tuple(survey_of(inventory.dataset).bands)
    found = inventory.by_image_id(ordered)
    held: dict[str, set[str]] = defaultdict(set)
    for row, number in zip(found.row.tolist(), inventory.own_bands(found.set_index).tolist(), strict=True):
        held[ordered[row]].add(bands[number])
    return held
