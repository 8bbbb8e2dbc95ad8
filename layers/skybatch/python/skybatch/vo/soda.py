"""``/soda/sync``: one cutout of one image (IVOA, Server-side Operations for Data Access 1.0)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import NotFound
from skybatch.fits.pixel_box import PixelBox
from skybatch.sky.polygons import Circle, Figure, circle, figure, polygon
from skybatch.surveys.layout import ImageId
from skybatch.vo.obscore import key_of_id
from skybatch.vo.parameters import Parameters, refused

if TYPE_CHECKING:
    from skybatch.inventory.inventory import ImageSets, Inventory

READERS: dict[str, Callable[[str, str], Figure]] = {"circle": circle, "polygon": polygon, "pos": figure}


def key_asked(given: Parameters) -> str:
    """The archive key of the one image that ID names. Raises MalformedRequest, NotFound."""
    texts = given.every("id")
    if len(texts) != 1:
        rule = "must be given" if not texts else "may be given once only in a synchronous call"
        raise refused("ID", ", ".join(texts), rule)
    return key_of_id(texts[0])


def figure_asked(given: Parameters) -> Figure | None:
    """The one figure to cut, None for the whole image. Raises MalformedRequest."""
    asked = [(name, text) for name in READERS for text in given.every(name)]
    if len(asked) > 1:
        names = ", ".join(name.upper() for name, _ in asked)
        raise refused(names, asked[1][1], "only one region can be cut in a synchronous call")
    return READERS[asked[0][0]](asked[0][1], asked[0][0].upper()) if asked else None


def box(image: ImageId, wanted: Figure, inventory: Inventory) -> PixelBox | None:
    """The pixels that hold what an image has of a figure, None where that is nothing.

    Raises NotFound for an image that the inventory does not have.
    """
    found = inventory.scans([image.date], [image.hem], [image.scan], [image.image]).set
    if not len(found):
        raise NotFound(f"The archive has no image {image.stem} in that scan.")
    if found[0] not in wanted.sets(inventory):
        return None
    return _box(wanted, inventory.details(found[:1]), inventory)


def _box(wanted: Figure, details: ImageSets, inventory: Inventory) -> PixelBox | None:
    """All pixels that a circle touches, or that lie between the outermost corners of a polygon.

    Batches take the pixels whose centres lie in a box; half a pixel more on each side is all that it touches.
    """
    naxis1, naxis2 = int(details.naxis1[0]), int(details.naxis2[0])
    if isinstance(wanted, Circle):
        x, y = inventory.pixels(details.sets, wanted.ra, wanted.dec)
        width = 2.0 * wanted.radius / abs(float(details.cdelt1[0]))
        height = 2.0 * wanted.radius / abs(float(details.cdelt2[0]))
    else:
        x, y = inventory.pixels(np.full(len(wanted.ra), details.sets[0]), wanted.ra, wanted.dec)
        if np.isnan(x).any():  # a corner on the other side of the sky: all of the image lies between
            return PixelBox(0, 0, naxis1, naxis2)
        width, height = float(np.ptp(x)), float(np.ptp(y))
    middle_x, middle_y = float(x.min() + x.max()) / 2.0, float(y.min() + y.max()) / 2.0
    try:
        return PixelBox.around(middle_x, middle_y, width + 1.0, height + 1.0, naxis1, naxis2)
    except ValueError:
        return None
