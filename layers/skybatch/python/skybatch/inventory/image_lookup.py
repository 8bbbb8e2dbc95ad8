"""Image sets by the identity of their images: data set, date, hemisphere, scan and image number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.surveys.image_names import image_set_id
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory
    from skybatch.inventory.matches import SetNumbers
    from skybatch.surveys.image_id import ImageId


def sets_of_images(inventory: Inventory, images: Iterable[ImageId]) -> SetNumbers:
    """Return the sets of those images that are in the inventory, ascending, each once.

    Where each band of a set has a number of its own, that is the one of the image's band; of all, where the
    identity of an image does not tell the band.
    """
    own = [each for each in images if each.dataset == inventory.dataset]
    found = inventory.by_image_id([image_set_id(each.dataset, each.fields) for each in own])
    all_bands = tuple(survey_of(inventory.dataset).bands)
    wanted = inventory.wanted_bands([(each.band,) if each.band else all_bands for each in own])
    if wanted is None:
        return np.unique(found.set_index)
    return np.unique(found.set_index[wanted[found.row, inventory.own_bands(found.set_index)]])


def band_of_image(image: ImageId, details: ImageSets) -> str:
    """Return the band of an image, by the inventory's first of these sets where its key does not tell."""
    return image.band or next(band for band, size in details.bytes.items() if size[0])


def set_of_image(inventory: Inventory, image: ImageId) -> int:
    """Return the number of the set that an image belongs to.

    Raises
    ------
    NotFound
        Where the inventory has no such image set.
    """
    found = sets_of_images(inventory, [image])
    if not len(found):
        raise NotFound(f"The archive has no image {image.stem} in that scan.")
    return int(found[0])
