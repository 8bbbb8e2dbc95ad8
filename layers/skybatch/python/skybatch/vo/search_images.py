"""From image sets to the single images of a response, no more of them than requested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.surveys.image_id import ImageId, atlas_key, quicklook_key
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

ATLAS, QUICKLOOK = ImageType.ATLAS.letter, ImageType.QUICKLOOK.letter
# Sets whose details are fetched at once when a search reads the whole table.
CHUNK = 65_536

# Image sets and a band -> which of them match, (n,) bool.
Predicate = Callable[["ImageSets", str], "NDArray[np.bool_]"]


@dataclass(frozen=True, eq=False)
class FoundImages:
    """Images in the order of a response: element i is band ``band[i]`` of set ``details.set_index[at[i]]``.

    ``kind[i]`` is ``A`` for the Atlas image, ``Q`` for its Quicklook. ``more``: the limit
    left others out.
    """

    details: ImageSets
    at: NDArray[np.intp]
    band: list[str]
    kind: list[str]
    more: bool

    def __len__(self) -> int:
        return len(self.band)

    def image_id(self, i: int) -> ImageId:
        """Return the identity of an image."""
        return self.details.image_id(int(self.at[i]), self.band[i])

    def key(self, i: int) -> str:
        """Return the archive key of an image."""
        band, at = self.band[i], int(self.at[i])
        if self.kind[i] == QUICKLOOK:
            return quicklook_key(self.image_id(i), str(self.details.quicklook_suffix[band][at]))
        return atlas_key(self.image_id(i), str(self.details.suffix[band][at]))

    def stored_bytes(self, i: int) -> int:
        """Return the bytes of an image as it is stored."""
        details = self.details
        sizes = details.quicklook_bytes if self.kind[i] == QUICKLOOK else details.bytes
        return int(sizes[self.band[i]][self.at[i]])


def find_images(
    inventory: Inventory,
    sets: NDArray[np.intp],
    max_images: int,
    *,
    bands: Sequence[str] | None = None,
    kinds: Sequence[str] = (ATLAS,),
    matches: Predicate | None = None,
    first_of_each_band: bool = False,
    before_reading: Callable[[int], None] = lambda _: None,
) -> FoundImages:
    """Find the first ``max_images`` images of these sets that the archive holds, by set, then by band.

    ``bands`` are by default all of the survey, ``matches`` selects among them, ``first_of_each_band`` keeps
    the first of each band only. ``before_reading`` is called with the number of sets before each chunk of
    them, and may raise to end a search that takes too much.
    """
    chosen_bands = tuple(survey_of(inventory.dataset).bands) if bands is None else tuple(bands)

    def present_of(details: ImageSets) -> NDArray[np.bool_]:
        return _present(details, chosen_bands, kinds, matches)

    details, present = _search(
        inventory,
        _chunks(sets, max_images),
        present_of,
        before_reading,
        None if first_of_each_band else max_images,
    )
    at, column = np.nonzero(present)
    if first_of_each_band:
        first = np.sort(np.unique(column, return_index=True)[1])
        at, column = at[first], column[first]
    pairs = [(band, kind) for band in chosen_bands for kind in kinds]
    chosen = [pairs[number] for number in column[:max_images].tolist()]
    return FoundImages(
        details,
        at[:max_images],
        [band for band, _ in chosen],
        [kind for _, kind in chosen],
        len(at) > max_images,
    )


def _search(
    inventory: Inventory,
    chunks: Iterator[NDArray[np.intp]],
    present_of: Callable[[ImageSets], NDArray[np.bool_]],
    before_reading: Callable[[int], None],
    enough: int | None,
) -> tuple[ImageSets, NDArray[np.bool_]]:
    """Return the sets of which something is present, and what; stop reading beyond ``enough`` images."""
    kept: list[NDArray[np.intp]] = []
    flags: list[NDArray[np.bool_]] = []
    count = 0
    for chunk in chunks:
        before_reading(len(chunk))
        details = inventory.details(chunk)
        present = present_of(details)
        some = np.flatnonzero(present.any(axis=1))
        kept.append(chunk[some])
        flags.append(present[some])
        count += int(np.count_nonzero(present))
        if enough is not None and count > enough:
            break
    if len(kept) > 1 or len(flags[0]) < len(present):
        details = inventory.details(np.concatenate(kept))
    return details, np.concatenate(flags)


def _chunks(sets: NDArray[np.intp], max_images: int) -> Iterator[NDArray[np.intp]]:
    """Yield a first chunk that is enough if every set has an image, then larger ones."""
    start, length = 0, max_images + 1
    while start < len(sets) or start == 0:
        yield sets[start : start + length]
        start += length
        length = CHUNK


def _present(
    details: ImageSets, bands: Sequence[str], kinds: Sequence[str], matches: Predicate | None
) -> NDArray[np.bool_]:
    """Return (sets, bands x kinds) flags: which matching images the archive holds."""
    columns = []
    for band in bands:
        matching = _matching(details, band, matches)
        some = bool(matching.any())
        for kind in kinds:
            # What is held is looked up, and read, only where something matches.
            columns.append(matching & details.held(ImageType.of_letter(kind), band) if some else matching)
    return np.stack(columns, axis=1)


def _matching(details: ImageSets, band: str, matches: Predicate | None) -> NDArray[np.bool_]:
    """Return of which sets the image in a band matches; each is asked about its own where it has but one."""
    if matches is None:
        return np.ones(len(details), bool)
    if details.own_band is None:
        return matches(details, band)
    matching = details.own_band == list(survey_of(details.dataset).bands).index(band)
    own = np.flatnonzero(matching)
    if len(own):
        matching[own] = matches(details.take(own), band)
    return np.asarray(matching)
