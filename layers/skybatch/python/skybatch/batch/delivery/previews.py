"""Previews of a batch's images: small crops' are in their bundles, others are drawn on demand and then kept.

A preview is named after its file, ``{file}.png``; the colour picture of three bands carries ``jhk`` where
their files carry the band. A colour picture is always drawn on demand, because its three bands come from
three stored images.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.delivery.single_images import bundle_key, read_image
from skybatch.batch.store import BatchStore
from skybatch.bundles.ranges import read_span
from skybatch.errors import SourceError
from skybatch.surveys.twomass.bands import BANDS

PREVIEW_SUFFIX = ".png"
COLOUR = "".join(BANDS)  # what stands for the band in the name of a colour picture
_FILE_OF_BAND = re.compile(
    rf"(?P<prefix>(?:.*_)?)(?P<night>\d{{6}}[ns])_(?P<band>{COLOUR}|[{COLOUR}])"
    r"(?P<number>\d{7,8})(?P<suffix>.*\.fits.*)"
)
_COMPRESSED = (".H", ".fz")  # left as they are stored
QUICKLOOK_MARKER = "_ql."  # in the name of a Quicklook's file


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


@dataclass(frozen=True)
class Look:
    """How a preview is drawn: stretch, black and white points in percentiles, pixels of the longer side."""

    stretch: str = "asinh"
    black: float = 5.0
    white: float = 99.5
    side: int = 256

    @property
    def suffix(self) -> str:
        """What stands in the name of a kept preview for a look; a default one is kept by its own name."""
        return "" if self == DEFAULT_LOOK else f".{self.stretch}{self.side}"

    @property
    def is_kept(self) -> bool:
        """Whether previews of this look are kept: there are few of them, while points are without number."""
        return (self.black, self.white) == (DEFAULT_LOOK.black, DEFAULT_LOOK.white)


DEFAULT_LOOK = Look()
SIDES = (256, 512, 1024)


def read_or_draw(
    store: BatchStore, places: ImagePlaces, name: str, look: Look = DEFAULT_LOOK
) -> bytes | None:
    """Read a preview by its name, or draw and keep it where nobody asked before.

    Returns the PNG, or None where the batch has no such image, or it cannot be drawn.
    """
    if not name.endswith(PREVIEW_SUFFIX):
        return None
    file = name.removesuffix(PREVIEW_SUFFIX)
    place = places.find(store, file)
    if look == DEFAULT_LOOK and place and place.preview_span:
        return read_span(store.objects, bundle_key(store), place.preview_span)
    key = keys.preview(f"{file}{look.suffix}{PREVIEW_SUFFIX}")
    kept = store.read(key) if look.is_kept else None
    if kept is not None:
        return kept
    images = [_plain(store, places, shown) for shown in _files(file)]
    picture = _drawn([image for image in images if image is not None], look) if None not in images else None
    if picture is not None and look.is_kept:
        store.write(key, picture, "image/png")
    return picture


def _files(shown: str) -> list[str]:
    """List the images that a preview shows: one, or three bands."""
    found = _FILE_OF_BAND.fullmatch(shown)
    if found and found["band"] == COLOUR:
        return [_with_band(found, band) for band in BANDS]
    return [shown]


def _plain(store: BatchStore, places: ImagePlaces, file: str) -> bytes | None:
    place = places.find(store, file)
    body = read_image(store, place) if place else store.read(keys.image(file))
    if body is None or not file.endswith(_COMPRESSED):
        return body
    from skybatch.fits.tiles.gzip2_reader import decompress_image
    from skybatch.imaging.quicklook import decompress_quicklook

    try:
        return decompress_quicklook(body) if QUICKLOOK_MARKER in file else decompress_image(body)
    except SourceError:
        return None


def _drawn(images: list[bytes], look: Look) -> bytes | None:
    from skybatch.imaging.preview import colour_preview, grey_preview
    from skybatch.imaging.stretch import Stretch

    try:
        if len(images) == len(BANDS):
            return colour_preview(*images, longest=look.side)
        return grey_preview(images[0], Stretch(look.stretch, look.black, look.white), look.side)
    except SourceError:
        return None
