"""Planning: a request and the inventory make the list of files to deliver.

The same request against the same inventory version gives the same plan, byte for byte.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from skybatch.archive.layout import atlas_key, quicklook_key
from skybatch.batch.matching import Matches, OpenInventory, match
from skybatch.batch.naming import image_file, make_unique
from skybatch.batch.plan import Plan, Task
from skybatch.errors import TooLarge
from skybatch.imaging.box import PixelBox, cutout_bytes
from skybatch.requests.request import LIST_MODES, Mode, Request, Row

if TYPE_CHECKING:
    from skybatch.archive.inventory import ImageSets, Inventory

ATLAS_BITPIX = -32
QUICKLOOK_BITPIX = 16


def make_plan(request: Request, open_inventory: OpenInventory, limit: int, max_images: int) -> Plan:
    """List every file a request asks for.

    Parameters
    ----------
    request
        With all names resolved; rows still without a place are `unresolved`.
    open_inventory
        Gives the inventory of a data set.
    limit
        Bytes of image files one batch may hold.
    max_images
        Most images one request may ask for.

    Raises
    ------
    TooLarge
        More than ``max_images``; counted before anything is listed.
    InventoryError
        A data set asked for has no inventory.
    """
    by_dataset: dict[str, list[int]] = defaultdict(list)
    for i, row in enumerate(request.rows):
        by_dataset[row.dataset or request.dataset].append(i)
    drafts: list[Task] = []
    matched: set[int] = set()
    versions: dict[str, str] = {}
    for dataset, rows in by_dataset.items():
        inventory = open_inventory(dataset, None)
        versions[dataset] = inventory.version
        matches = match(request, rows, inventory, max_images - len(drafts))
        _check_count(request, matches, max_images - len(drafts))
        matched.update(matches.row.tolist())
        drafts.extend(_Drafting(request, inventory, matches, limit).tasks())
    kept = drafts if request.mode is Mode.POSITIONS else list(_without_repeats(request, drafts))
    planned = {task.row for task in kept}
    repeated = {task.row for task in drafts} - planned
    unplanned = {
        i: _why_nothing(request, row, i in repeated, i in matched)
        for i, row in enumerate(request.rows)
        if i not in planned
    }
    return Plan(_ordered(kept), versions, unplanned, limit)


def _check_count(request: Request, matches: Matches, room: int) -> None:
    bands = np.array([len(row.bands) for row in request.rows], dtype=np.int64)
    images = int(bands[matches.row].sum())
    if images > room:
        raise TooLarge(
            f"This request asks for {images:,} images; one request may ask for {room:,}. "
            "Please ask for a smaller region, fewer rows or fewer bands."
        )


def _ordered(tasks: list[Task]) -> tuple[Task, ...]:
    """Tasks in the order of their (now unique) file names, numbered."""
    names = make_unique([task.file for task in tasks])
    named = sorted(zip(names, tasks, strict=True), key=lambda pair: pair[0])
    return tuple(replace(task, file=name, n=n) for n, (name, task) in enumerate(named))


def _without_repeats(request: Request, drafts: list[Task]) -> Iterator[Task]:
    """Each image once, for the first row that asked; rows with a position of their own keep their copy."""
    seen: set[tuple[str, str]] = set()
    for task in sorted(drafts, key=lambda task: task.row):
        if request.rows[task.row].sky is not None:
            yield task
        elif (task.source, task.form) not in seen:
            seen.add((task.source, task.form))
            yield task


def _why_nothing(request: Request, row: Row, repeated: bool, matched: bool) -> tuple[str, str]:
    """The outcome and reason of a row that gets no image."""
    if repeated:
        return "duplicate", "every image of this row was asked for by an earlier row"
    name = row.name if request.region is None else request.region.name
    place = row.sky if request.region is None else request.region.center
    if name is not None and place is None:
        return "unresolved", f"no position is known for the name {name!r}"
    if matched:
        return "not_covered", "the archive holds no image of this kind and band for the image sets found"
    return "not_covered", NOTHING_THERE[request.mode]


NOTHING_THERE = {
    Mode.REGION: "no image set matches the region",
    Mode.POSITIONS: "no image set contains this position",
    Mode.COADD_KEYS: "no image set has this coadd_key",
    Mode.SCAN: "no image set belongs to this date, hemisphere and scan",
    Mode.SCANS: "no image set belongs to this date, hemisphere, scan and image number",
}


@dataclass(frozen=True)
class _Drafting:
    """Turns matches of one data set into tasks, not yet ordered nor told apart."""

    request: Request
    inventory: Inventory
    matches: Matches
    limit: int

    def tasks(self) -> Iterator[Task]:
        details = self.inventory.details(self.matches.set)
        boxes = self._boxes(details)
        for i in range(len(self.matches.row)):
            index = int(self.matches.row[i])
            row = self.request.rows[index]
            for band in row.bands:
                stored = self._stored(details, i, row, band)
                if stored is not None:
                    yield self._task(details, i, index, band, stored, boxes.get(i))

    def _boxes(self, details: ImageSets) -> dict[int, PixelBox | str]:
        """The pixels to cut for each match whose row wants a crop, or why there are none."""
        rows = [self.request.rows[int(i)] for i in self.matches.row]
        crops = np.array([i for i, row in enumerate(rows) if row.size is not None and row.sky], np.intp)
        if not len(crops):
            return {}
        x, y = self.inventory.pixels(
            self.matches.set[crops], _sky(rows, crops, "ra"), _sky(rows, crops, "dec")
        )
        size = np.array([rows[i].size for i in crops], dtype=np.float64) / 3600.0
        across = size / np.abs(details.cdelt1[crops])
        along = size / np.abs(details.cdelt2[crops])
        boxes: dict[int, PixelBox | str] = {}
        for k, i in enumerate(crops.tolist()):
            edges = int(details.naxis1[i]), int(details.naxis2[i])
            try:
                boxes[i] = PixelBox.around(
                    float(x[k]), float(y[k]), float(across[k]), float(along[k]), *edges
                )
            except ValueError:
                boxes[i] = "the position lies outside this image, so there is nothing to crop"
        return boxes

    def _stored(self, details: ImageSets, i: int, row: Row, band: str) -> tuple[str, int] | None:
        """Suffix and size of the stored image, or None where the archive holds none."""
        quicklook = (row.image_type or self.request.image_type) == "quicklook"
        sizes = details.quicklook_bytes if quicklook else details.bytes
        suffixes = details.quicklook_suffix if quicklook else details.suffix
        size = int(sizes[band][i])
        return (str(suffixes[band][i]), size) if size else None

    def _task(
        self,
        details: ImageSets,
        i: int,
        index: int,
        band: str,
        stored: tuple[str, int],
        box: PixelBox | str | None,
    ) -> Task:
        row = self.request.rows[index]
        image_type = row.image_type or self.request.image_type
        suffix, stored_bytes = stored
        refusal = box if isinstance(box, str) else None
        pixels = box if isinstance(box, PixelBox) else None
        form = "fits" if box is not None else self._form(row, image_type, suffix)
        size = (
            stored_bytes
            if f".{form}" == suffix and box is None
            else _made_bytes(details, i, image_type, pixels)
        )
        if refusal is None and size > self.limit:
            refusal = f"larger than the limit: {size:,} bytes, and a batch may hold {self.limit:,}"
        image = details.image_id(i, band)
        key = quicklook_key if image_type == "quicklook" else atlas_key
        scntr = row.number if self.request.mode in LIST_MODES and row.number > 0 else None
        edge = float(self.matches.edge_dist[i])
        return Task(
            n=-1,
            row=index,
            scntr=scntr,
            id=row.id,
            file=image_file(image, image_type, form, scntr, row.id),
            source=key(image, suffix),
            dataset=image.dataset,
            set=int(self.matches.set[i]),
            band=band,
            image_type=image_type,
            form=form,
            box=pixels,
            bytes=size,
            refusal=refusal,
            edge_dist=None if np.isnan(edge) else edge,
        )

    def _form(self, row: Row, image_type: str, suffix: str) -> str:
        """How a whole image is delivered: restored to plain FITS, or as it is stored."""
        wanted = row.form or self.request.form
        if image_type == "quicklook":
            plain = wanted == "fits" if row.form else self.request.decompress
        else:
            plain = wanted == "fits"
        return "fits" if plain else suffix.removeprefix(".")


def _sky(rows: list[Row], crops: NDArray[np.intp], axis: str) -> NDArray[np.float64]:
    return np.array([getattr(rows[i].sky, axis) for i in crops], dtype=np.float64)


def _made_bytes(details: ImageSets, i: int, image_type: str, box: PixelBox | None) -> int:
    """Size of the file we would make: a crop, or a whole image restored to plain FITS."""
    whole = PixelBox(0, 0, int(details.naxis1[i]), int(details.naxis2[i]))
    bitpix = QUICKLOOK_BITPIX if image_type == "quicklook" else ATLAS_BITPIX
    return cutout_bytes(int(details.header_blocks[i]), box or whole, bitpix)
