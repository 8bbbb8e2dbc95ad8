"""Image sets by the identity of their images: data set, date, hemisphere, scan and image number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.surveys.image_id import ScanImageId

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory
    from skybatch.inventory.matches import SetNumbers
    from skybatch.surveys.image_id import ImageId


def sets_of_images(inventory: Inventory, images: Iterable[ImageId]) -> SetNumbers:
    """Return the sets of those images that are in the inventory, ascending, each once."""
    # An image number of 0 would mean all of the scan.
    scans = [each for each in images if isinstance(each, ScanImageId)]
    own = [each for each in scans if each.dataset == inventory.dataset and each.image > 0]
    if not own:
        return np.empty(0, np.intp)
    date, hem = [each.date for each in own], [each.hem for each in own]
    scan, number = [each.scan for each in own], [each.image for each in own]
    return np.unique(inventory.by_scan(date, hem, scan, number).set_index)


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
