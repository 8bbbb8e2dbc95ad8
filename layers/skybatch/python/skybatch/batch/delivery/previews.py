"""Previews of a batch's images: small crops' are in their bundles, others are drawn on demand and then kept.

A preview is named after its file, ``{file}.png``; the name of a colour picture is that of
`skybatch.batch.delivery.colours`. It is always drawn on demand, for its bands come from three stored images.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skybatch.batch import keys
from skybatch.batch.delivery.colours import ColourRule, colour_files, colour_rules
from skybatch.batch.delivery.file_readings import FileReadings
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.delivery.single_images import bundle_key, read_image
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.ranges import read_span
from skybatch.errors import SourceUnsupported

if TYPE_CHECKING:
    from skybatch.imaging.preview import PixelReading

PREVIEW_SUFFIX = ".png"
MOST_BYTES = 20_000_000
"""Bytes of an image of which a preview is drawn: larger ones would take a function's memory and time."""
TOO_LARGE = f"images over {MOST_BYTES // 1_000_000} MB are not drawn"
_COMPRESSED = (".H", ".fz")  # left as they are stored
QUICKLOOK_MARKER = "_ql."  # in the name of a Quicklook's file


def preview_name(file: str) -> str:
    """Name an image's preview."""
    return file + PREVIEW_SUFFIX


def no_picture(size: int) -> str:
    """Say why there is no picture of an image of so many bytes; empty where its size does not forbid one."""
    return f"No picture: {TOO_LARGE}." if size > MOST_BYTES else ""


def colour_names(tasks: Iterable[Task]) -> dict[str, str]:
    """Name the colour preview of each delivered file that has one, by file name."""
    small = (task for task in tasks if task.bytes <= MOST_BYTES)
    return {file: preview_name(name) for file, name in colour_files(small).items()}


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
STRETCHES = ("asinh", "linear", "zscale")
SIDES = (256, 512, 1024)


def read_or_draw(
    store: BatchStore,
    places: ImagePlaces,
    name: str,
    look: Look = DEFAULT_LOOK,
    readings: FileReadings | None = None,
) -> bytes | None:
    """Read a preview by its name, or draw and keep it where nobody asked before.

    Returns the PNG, or None where the batch has no such image. Raises SourceError where it cannot be drawn,
    with the reason.
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
    readings = readings or FileReadings()
    picture = _grey(store, places, file, look, readings) or _colour(store, places, file, look, readings)
    if picture is not None and look.is_kept:
        store.write(key, picture, "image/png")
    return picture


def _grey(
    store: BatchStore, places: ImagePlaces, file: str, look: Look, readings: FileReadings
) -> bytes | None:
    """Draw one image; None where there is none of that name."""
    image = _plain(store, places, file)
    if image is None:
        return None
    from skybatch.imaging.preview import grey_preview
    from skybatch.imaging.stretch import Stretch

    stretch = Stretch(look.stretch, look.black, look.white)
    return grey_preview(image, stretch, look.side, readings.of(store, file))


def _colour(
    store: BatchStore, places: ImagePlaces, shown: str, look: Look, readings: FileReadings
) -> bytes | None:
    """Draw three bands; None where no survey's rule finds three images by that name."""
    for rule in colour_rules():
        for files in rule.files(shown):
            if images := _all_plain(store, places, files):
                return _combined(images, rule, look, readings.of(store, files[0]))
    return None


def _all_plain(store: BatchStore, places: ImagePlaces, files: list[str]) -> list[bytes]:
    """Read images; none where one is missing: those behind it are not read."""
    images: list[bytes] = []
    for file in files:
        image = _plain(store, places, file)
        if image is None:
            return []
        images.append(image)
    return images


def _combined(images: list[bytes], rule: ColourRule, look: Look, reading: PixelReading) -> bytes:
    from skybatch.imaging.preview import colour_preview

    red, green, blue = images
    return colour_preview(
        blue,
        green,
        red,
        reference=2 - rule.reference,
        zero_point=rule.zero_point,
        longest=look.side,
        reading=reading,
    )


def _plain(store: BatchStore, places: ImagePlaces, file: str) -> bytes | None:
    """Read an image, a Quicklook decompressed; None where there is none of that name."""
    place = places.find(store, file)
    if place and place.length > MOST_BYTES:
        raise SourceUnsupported(TOO_LARGE)
    body = read_image(store, place) if place else store.read(keys.image(file))
    if body is None or QUICKLOOK_MARKER not in file or not file.endswith(_COMPRESSED):
        return body
    from skybatch.imaging.quicklook import decompress_quicklook

    return decompress_quicklook(body)
