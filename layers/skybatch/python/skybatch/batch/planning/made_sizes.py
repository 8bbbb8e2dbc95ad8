"""The size of files that are made: known before any stored image is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.fits.blocks import CARD_BYTES, header_blocks
from skybatch.fits.pixel_box import NO_PADDING, PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.inventory.stored_image import max_gzipped_size
from skybatch.surveys.image_id import product_of
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets


def made_size(
    details: ImageSets, i: int, band: str, image_type: ImageType, box: PixelBox | None, form: str, name: str
) -> int:
    """Compute the size of a file made of an image: exact for crops and plain FITS, the most for ``fits.gz``.

    ``name`` is that of the stored file, which crops say they are from.
    """
    survey = survey_of(details.dataset)
    if details.bitpix is None:
        bitpix = survey.product[product_of(survey, image_type)].bitpix
    else:
        bitpix = int(details.bitpix[band][i])
    whole = PixelBox(0, 0, int(details.naxis1[i]), int(details.naxis2[i]))
    if details.cards is None:
        blocks = int(details.header_blocks[i])
    else:
        blocks = header_blocks(int(details.cards[band][i]) + (_added_cards(box, name, bitpix) if box else 0))
    size = cutout_bytes(blocks, box or whole, bitpix)
    return max_gzipped_size(size) if form == "fits.gz" else size


def _added_cards(box: PixelBox, name: str, bitpix: int) -> int:
    """Return how many cards a crop has more than its image: where it is from, and how its edge was filled."""
    cards = len(Origin(name).cards(box)) // CARD_BYTES
    if box.padding == NO_PADDING:
        return cards
    return cards + (1 if bitpix < 0 else 2)
