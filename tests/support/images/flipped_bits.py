"""Deliver stored images of every form with one bit flipped; run in a process of its own, which a crash ends.

    python -m tests.support.images.flipped_bits COUNT

Flips one bit at COUNT places of each form, cuts a crop of it and makes the whole image. Prints as JSON how
often each outcome came, by form and file delivered:

- a code of `SourceError`: it was noticed;
- ``same``: what is delivered does not depend on that bit;
- ``pixel``, ``card``: one pixel, or one card of the header, is another;
- ``other``: anything else.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Callable

import numpy as np
import obstore
from obstore.store import MemoryStore

from skybatch.errors import SourceError
from skybatch.fits.blocks import BLOCK_BYTES, CARD_BYTES
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.stored_file import read_stored_header
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import compress_quicklook
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.inventory.stored_image import StoredImage
from skybatch.surveys.image_type import ImageType
from tests.support.images.fits_files import gzipped, make_image

IMAGE = make_image(nx=128, ny=160)
GEOMETRY = ImageGeometry.of_header(read_stored_header(IMAGE))
BOX = PixelBox(30, 40, 50, 50)
FOLDER = "twomass/allsky/allsky/990101n/s001/"
ATLAS, QUICKLOOK = f"{FOLDER}image/ji0010009", f"{FOLDER}quicklook/ji0010009"
FORMS = {
    "gzip": (f"{ATLAS}.fits.gz", gzipped(IMAGE, 6)),
    "tiles": (f"{ATLAS}.fits.fz", compress_tiled(IMAGE).content),
    "plain": (f"{ATLAS}.fits", IMAGE),
    "Quicklook": (f"{QUICKLOOK}.fits.H", compress_quicklook(IMAGE)),
    "Quicklook tiles": (f"{QUICKLOOK}.fits.fz", compress_quicklook_tiles(IMAGE, 4).content),
}
DELIVERED: dict[str, Callable[[StoredImage], bytes]] = {
    "crop": lambda image: next(image.crops([BOX])),
    "whole": lambda image: image.plain(),
}


def stored_image(key: str, content: bytes) -> StoredImage:
    """Give an image of a store that holds it alone."""
    store = MemoryStore()
    obstore.put(store, key, content)
    image_type = ImageType.QUICKLOOK if key.startswith(QUICKLOOK) else ImageType.ATLAS
    return StoredImage(store, key, image_type, geometry=GEOMETRY)


def flipped(content: bytes, bit: int) -> bytes:
    """Return the content with one bit changed."""
    damaged = bytearray(content)
    damaged[bit // 8] ^= 1 << bit % 8
    return bytes(damaged)


def outcome(deliver: Callable[[StoredImage], bytes], image: StoredImage, intact: bytes) -> str:
    """Name what becomes of a damaged image."""
    try:
        file = deliver(image)
    except SourceError as error:
        return error.code
    if file == intact:
        return "same"
    if len(file) != len(intact):
        return "other"
    header = read_stored_header(intact)
    start, pixel_bytes = header.blocks * BLOCK_BYTES, abs(header.bitpix) // 8
    different = np.flatnonzero(np.frombuffer(file, np.uint8) != np.frombuffer(intact, np.uint8))
    if different[-1] < start:
        return "card" if len(np.unique(different // CARD_BYTES)) == 1 else "other"
    is_pixel = different[0] >= start and len(np.unique((different - start) // pixel_bytes)) == 1
    return "pixel" if is_pixel else "other"


def count_outcomes(form: str, delivered: str, count: int) -> Counter[str]:
    """Count the outcomes of one form, at the same places in every run."""
    key, content = FORMS[form]
    deliver, dice = DELIVERED[delivered], random.Random(16)
    intact = deliver(stored_image(key, content))
    bits = (dice.randrange(8 * len(content)) for _ in range(count))
    return Counter(outcome(deliver, stored_image(key, flipped(content, bit)), intact) for bit in bits)


def main() -> None:
    """Print the counts of all forms."""
    count = int(sys.argv[1])
    print(json.dumps({form: {way: count_outcomes(form, way, count) for way in DELIVERED} for form in FORMS}))


if __name__ == "__main__":
    main()
