"""Previews of a batch's images: drawn by the worker for small crops, else when first looked at, then kept.

What the worker draws from one stored image is kept on one sheet; what is drawn later is kept by itself.
A preview is named after its file, ``{file}.png``; the colour picture of three bands carries ``jhk`` where
their files carry the band. Three bands come from three stored images, which different workers read: so a
colour picture is always drawn on demand.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence

from skybatch.batch import keys
from skybatch.batch.execution import sheets
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceError

PREVIEW = ".png"
LARGEST_DRAWN = 360 * 360
"""Pixels of a crop that the worker draws itself: those that need no averaging."""
BANDS = "jhk"
_BANDED = re.compile(
    r"(?P<front>(?:.*_)?)(?P<night>\d{6}[ns])_(?P<band>jhk|[jhk])(?P<number>\d{7,8})(?P<back>.*\.fits.*)"
)
_COMPRESSED = (".H", ".fz")  # left as they are stored
QUICKLOOK_MARK = "_ql."  # in the name of a Quicklook's file

log = logging.getLogger(__name__)


def preview_name(file: str) -> str:
    """The name of an image's preview."""
    return file + PREVIEW


def colour_names(files: Iterable[str]) -> dict[str, str]:
    """The colour preview of each file that came in all three bands, by file name."""
    kinds: dict[str, list[str]] = {}
    for file in files:
        if found := _BANDED.fullmatch(file):
            kinds.setdefault(_with_band(found, BANDS), []).append(file)
    return {file: preview_name(name) for name, bands in kinds.items() if len(bands) == 3 for file in bands}


def _with_band(file: re.Match[str], band: str) -> str:
    return f"{file['front']}{file['night']}_{band}{file['number']}{file['back']}"


def is_drawn_at_once(task: Task) -> bool:
    """Whether the worker draws the preview of what it cuts."""
    return task.box is not None and task.box.nx * task.box.ny <= LARGEST_DRAWN


async def draw(store: BatchStore, crops: Sequence[tuple[Task, bytes]]) -> None:
    """Draw the previews of one stored image's crops, and keep them on one sheet with the crops themselves.

    One object each would double what a batch of small crops writes, and slow it by a fifth. An image never
    fails for its preview: that is logged.
    """
    from skybatch.imaging.preview import grey_preview  # numpy, which cutting alone does not need

    try:
        pictures = {preview_name(task.file): grey_preview(body) for task, body in crops}
        small = {task.file: body for task, body in crops if len(body) <= sheets.LARGEST_KEPT}
        together = small if len(small) > 1 else {}  # one alone is as soon read by itself
        name = f"{_sheets_of(crops[0][0].file)}/{crops[0][0].index}"
        await sheets.keep(store, name, {**pictures, **together})
    except Exception:  # the images are delivered; a preview missing is drawn when it is asked for
        log.warning("the previews of %d crops were not made", len(crops), exc_info=True)


def _sheets_of(file: str) -> str:
    """The folder of the sheets on which an image's preview can stand: one a stored image."""
    found = _BANDED.fullmatch(file)
    return "{night}_{band}{number}".format(**found.groupdict()) if found else "others"


def preview(store: BatchStore, name: str) -> bytes | None:
    """A preview by its name, drawn and kept if nobody asked before.

    None where the batch has no such image, or it cannot be drawn.
    """
    if not name.endswith(PREVIEW):
        return None
    kept = store.read(keys.preview(name)) or sheets.part(store, _sheets_of(name.removesuffix(PREVIEW)), name)
    if kept is not None:
        return kept
    images = [_plain(store, file) for file in _files(name.removesuffix(PREVIEW))]
    picture = _drawn([image for image in images if image is not None]) if None not in images else None
    if picture is not None:
        store.write(keys.preview(name), picture, "image/png")
    return picture


def _files(shown: str) -> list[str]:
    """The images of a preview: itself, or three bands."""
    found = _BANDED.fullmatch(shown)
    if found and found["band"] == BANDS:
        return [_with_band(found, band) for band in BANDS]
    return [shown]


def _plain(store: BatchStore, file: str) -> bytes | None:
    body = store.read(keys.image(file))
    if body is None or not file.endswith(_COMPRESSED):
        return body
    from skybatch.fits.tiles.gzip2_reader import decompress_image
    from skybatch.imaging.quicklook import decompress_quicklook

    try:
        return decompress_quicklook(body) if QUICKLOOK_MARK in file else decompress_image(body)
    except SourceError:
        return None


def _drawn(images: list[bytes]) -> bytes | None:
    from skybatch.imaging.preview import colour_preview, grey_preview

    try:
        return colour_preview(*images) if len(images) == len(BANDS) else grey_preview(images[0])
    except SourceError:
        return None
