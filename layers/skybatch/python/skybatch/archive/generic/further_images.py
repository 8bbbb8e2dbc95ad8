"""The images of a file behind the one that is taken."""

from __future__ import annotations

from skybatch.archive.described.hdu_reader import StoredHdu
from skybatch.archive.header_reader import FIRST_BYTES, inflated, ranged_reader
from skybatch.archive.whole_files import read_whole
from skybatch.errors import SourceError
from skybatch.fits.hdus.card_list import CardList
from skybatch.fits.header import read_cards
from skybatch.fits.limits import MAX_IMAGE_BYTES
from skybatch.fits.readers import PlainReader, Reader
from skybatch.storage.trees import Entry, RangedTree

_EXTENSION = b"XTENSION"
_MOST_HDUS = 1000


def further_images(tree: RangedTree, entry: Entry, hdu: StoredHdu) -> list[str]:
    """Return the HDUs with images that follow the one that is taken: number and name of each.

    Nothing is read where the file ends with the image; of a gzip file all is, if it has more than that.
    """
    image = hdu.image
    if image.end == entry.size:
        return []
    reader: Reader
    if hdu.is_gzip:
        plain_bytes = int.from_bytes(tree.read_range(entry.path, entry.size - 4, 4), "little")
        if plain_bytes == image.end & 0xFFFFFFFF:
            return []
        reader = PlainReader(inflated(read_whole(tree, entry), MAX_IMAGE_BYTES))
    else:
        reader = ranged_reader(tree, entry, min(FIRST_BYTES, entry.size))
    reader.skip(image.end)
    return _images(reader, image.number + 1)


def _images(reader: Reader, number: int) -> list[str]:
    found = []
    for following in range(number, _MOST_HDUS):
        try:
            cards = CardList(read_cards(reader, _EXTENSION))
            if _is_image(cards):
                name = cards.get("EXTNAME")
                found.append(f"HDU {following} ({name})" if name else f"HDU {following}")
            reader.skip(cards.data_bytes)
        except SourceError:  # the end, or what is no HDU, which is told where the image itself is read
            break
    return found


def _is_image(cards: CardList) -> bool:
    if cards.get("ZIMAGE") is True:
        return True
    sides = cards.sides
    return cards.get("XTENSION") == "IMAGE" and len(sides) >= 2 and sides[0] > 1 and sides[1] > 1
