"""Previews of a batch's images: drawn by the worker for small crops, else on demand, and then kept.

What the worker draws from one stored image is kept in one pack, what is drawn later by itself. A preview is
named after its file, ``{file}.png``; the colour picture of three bands carries ``jhk`` where their files
carry the band. A colour picture is always drawn on demand, because its three bands come from three stored
images, which different workers read.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence

from skybatch.batch import keys
from skybatch.batch.execution import crop_packs
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.errors import SourceError
from skybatch.surveys.twomass.bands import BANDS

PREVIEW_SUFFIX = ".png"
LARGEST_DRAWN = 360 * 360
"""Pixels of a crop that the worker draws itself: those that need no averaging."""
COLOUR = "".join(BANDS)  # what stands for the band in the name of a colour picture
_FILE_OF_BAND = re.compile(
    rf"(?P<prefix>(?:.*_)?)(?P<night>\d{{6}}[ns])_(?P<band>{COLOUR}|[{COLOUR}])"
    r"(?P<number>\d{7,8})(?P<suffix>.*\.fits.*)"
)
_COMPRESSED = (".H", ".fz")  # left as they are stored
QUICKLOOK_MARKER = "_ql."  # in the name of a Quicklook's file

log = logging.getLogger(__name__)


def preview_name(file: str) -> str:
    """Name an image's preview."""
    return file + PREVIEW_SUFFIX


def colour_names(files: Iterable[str]) -> dict[str, str]:
    """Name the colour preview of each file that was delivered in all three bands, by file name."""
    groups: dict[str, list[str]] = {}
    for file in files:
        if found := _FILE_OF_BAND.fullmatch(file):
            groups.setdefault(_with_band(found, COLOUR), []).append(file)
    return {file: preview_name(name) for name, bands in groups.items() if len(bands) == 3 for file in bands}


def _with_band(file: re.Match[str], band: str) -> str:
    return f"{file['prefix']}{file['night']}_{band}{file['number']}{file['suffix']}"


def is_drawn_by_worker(task: Task) -> bool:
    """Tell whether the worker draws the preview of what it cuts."""
    return task.box is not None and task.box.width * task.box.height <= LARGEST_DRAWN


async def draw_previews(store: BatchStore, crops: Sequence[tuple[Task, bytes]]) -> None:
    """Draw the previews of one stored image's crops, and keep them in one pack with the crops themselves.

    One object each would double what a batch of small crops writes, and slow it by a fifth. An image never
    fails because of its preview: that is logged.
    """
    from skybatch.imaging.preview import grey_preview  # numpy, which cutting alone does not need

    try:
        pictures = {preview_name(task.file): grey_preview(body) for task, body in crops}
        small = {task.file: body for task, body in crops if len(body) <= crop_packs.LARGEST_PACKED}
        packed = small if len(small) > 1 else {}  # a single one is as quickly read by itself
        name = f"{_pack_folder(crops[0][0].file)}/{crops[0][0].index}"
        await crop_packs.write_pack(store, name, {**pictures, **packed})
    except Exception:  # the images are delivered; a preview missing is drawn when it is asked for
        log.warning("the previews of %d crops were not made", len(crops), exc_info=True)


def _pack_folder(file: str) -> str:
    """Name the folder of the packs that can hold an image's preview: one a stored image."""
    found = _FILE_OF_BAND.fullmatch(file)
    return "{night}_{band}{number}".format(**found.groupdict()) if found else "others"


def read_or_draw(store: BatchStore, name: str) -> bytes | None:
    """Read a preview by its name, or draw and keep it where nobody asked before.

    Returns the PNG, or None where the batch has no such image, or it cannot be drawn.
    """
    if not name.endswith(PREVIEW_SUFFIX):
        return None
    file = name.removesuffix(PREVIEW_SUFFIX)
    kept = store.read(keys.preview(name)) or crop_packs.read_member(store, _pack_folder(file), name)
    if kept is not None:
        return kept
    images = [_plain(store, shown) for shown in _files(file)]
    picture = _drawn([image for image in images if image is not None]) if None not in images else None
    if picture is not None:
        store.write(keys.preview(name), picture, "image/png")
    return picture


def _files(shown: str) -> list[str]:
    """List the images that a preview shows: one, or three bands."""
    found = _FILE_OF_BAND.fullmatch(shown)
    if found and found["band"] == COLOUR:
        return [_with_band(found, band) for band in BANDS]
    return [shown]


def _plain(store: BatchStore, file: str) -> bytes | None:
    body = store.read(keys.image(file))
    if body is None or not file.endswith(_COMPRESSED):
        return body
    from skybatch.fits.tiles.gzip2_reader import decompress_image
    from skybatch.imaging.quicklook import decompress_quicklook

    try:
        return decompress_quicklook(body) if QUICKLOOK_MARKER in file else decompress_image(body)
    except SourceError:
        return None


def _drawn(images: list[bytes]) -> bytes | None:
    from skybatch.imaging.preview import colour_preview, grey_preview

    try:
        return colour_preview(*images) if len(images) == len(BANDS) else grey_preview(images[0])
    except SourceError:
        return None
