"""From image sets to the single images of an answer, no more of them than asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.layout import ImageId, atlas_key, quicklook_key

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

ATLAS, QUICKLOOK = ImageType.ATLAS.letter, ImageType.QUICKLOOK.letter
# Sets whose details are fetched at once: a first answer's worth, or a stretch of a scan of everything.
STRETCH = 65_536

# Image sets and a band -> which of them are wanted, (n,) bool.
Wanted = Callable[["ImageSets", str], "NDArray[np.bool_]"]


@dataclass(frozen=True, eq=False)
class Found:
    """Images in the order of an answer: element i is band ``band[i]`` of set ``details.sets[at[i]]``.

    ``kind[i]`` is ``A`` for the Atlas image, ``Q`` for its Quicklook. ``more``: there are others that MAXREC
    left out.
    """

    details: ImageSets
    at: NDArray[np.intp]
    band: list[str]
    kind: list[str]
    more: bool

    def __len__(self) -> int:
        return len(self.band)

    def image_id(self, i: int) -> ImageId:
        """The identity of an image."""
        return self.details.image_id(int(self.at[i]), self.band[i])

    def key(self, i: int) -> str:
        """Where the archive keeps an image."""
        band, at = self.band[i], int(self.at[i])
        if self.kind[i] == QUICKLOOK:
            return quicklook_key(self.image_id(i), str(self.details.quicklook_suffix[band][at]))
        return atlas_key(self.image_id(i), str(self.details.suffix[band][at]))

    def stored_bytes(self, i: int) -> int:
        """Bytes of an image as it is stored."""
        details = self.details
        sizes = details.quicklook_bytes if self.kind[i] == QUICKLOOK else details.bytes
        return int(sizes[self.band[i]][self.at[i]])


def find(
    inventory: Inventory,
    sets: NDArray[np.intp],
    most: int,
    *,
    bands: Sequence[str] = BANDS,
    kinds: Sequence[str] = (ATLAS,),
    wanted: Wanted | None = None,
    once_a_band: bool = False,
    before: Callable[[], None] = lambda: None,
) -> Found:
    """The first ``most`` images of these sets that the archive holds, set by set, then band by band.

    ``wanted`` narrows them. ``once_a_band`` keeps the first of each band only. ``before`` is called ahead of
    each stretch of sets, and may raise to end a search that takes too long.
    """

    def present_of(details: ImageSets) -> NDArray[np.bool_]:
        return _present(details, bands, kinds, wanted)

    details, present = _searched(
        inventory, _stretches(sets, most), present_of, before, None if once_a_band else most
    )
    at, column = np.nonzero(present)
    if once_a_band:
        first = np.sort(np.unique(column, return_index=True)[1])
        at, column = at[first], column[first]
    pairs = [(band, kind) for band in bands for kind in kinds]
    chosen = [pairs[number] for number in column[:most].tolist()]
    return Found(
        details, at[:most], [band for band, _ in chosen], [kind for _, kind in chosen], len(at) > most
    )


def _searched(
    inventory: Inventory,
    stretches: Iterator[NDArray[np.intp]],
    present_of: Callable[[ImageSets], NDArray[np.bool_]],
    before: Callable[[], None],
    enough: int | None,
) -> tuple[ImageSets, NDArray[np.bool_]]:
    """The sets of which something is present, and what; read no further than there are ``enough`` images."""
    kept: list[NDArray[np.intp]] = []
    flags: list[NDArray[np.bool_]] = []
    count = 0
    for stretch in stretches:
        before()
        details = inventory.details(stretch)
        present = present_of(details)
        some = np.flatnonzero(present.any(axis=1))
        kept.append(stretch[some])
        flags.append(present[some])
        count += int(np.count_nonzero(present))
        if enough is not None and count > enough:
            break
    if len(kept) > 1 or len(flags[0]) < len(present):
        details = inventory.details(np.concatenate(kept))
    return details, np.concatenate(flags)


def _stretches(sets: NDArray[np.intp], most: int) -> Iterator[NDArray[np.intp]]:
    """A first stretch that is enough if every set has an image, then longer ones."""
    start, length = 0, most + 1
    while start < len(sets) or start == 0:
        yield sets[start : start + length]
        start += length
        length = STRETCH


def _present(
    details: ImageSets, bands: Sequence[str], kinds: Sequence[str], wanted: Wanted | None
) -> NDArray[np.bool_]:
    """(sets, bands x kinds): what the archive holds of what is wanted."""
    columns = []
    for band in bands:
        mine = np.ones(len(details), bool) if wanted is None else wanted(details, band)
        for kind in kinds:
            sizes = details.quicklook_bytes if kind == QUICKLOOK else details.bytes
            columns.append(mine & (sizes[band] > 0))
    return np.stack(columns, axis=1)
