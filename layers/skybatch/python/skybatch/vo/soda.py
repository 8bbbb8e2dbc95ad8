"""One cutout of one image: ``/soda/sync`` (IVOA, Server-side Operations for Data Access 1.0)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.image_lookup import band_of_image, set_of_image
from skybatch.sky.regions import Circle
from skybatch.surveys.image_id import ImageId
from skybatch.surveys.known import survey_of
from skybatch.vo.image_axes import INTERVALS, PIXELS, cut, holds, requested_pixels
from skybatch.vo.obscore.facts import key_of_id, night
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.pos_regions import PosRegion, parse_circle, parse_polygon, parse_pos

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory
    from skybatch.inventory.matches import PixelPositions

PARSERS: dict[str, Callable[[str, str], PosRegion]] = {
    "circle": parse_circle,
    "polygon": parse_polygon,
    "pos": parse_pos,
}


def requested_key(parameters: Parameters) -> str:
    """Return the archive key of the one image that ID names. Raises MalformedRequest, NotFound."""
    texts = parameters.every("id")
    if len(texts) != 1:
        rule = "must be given" if not texts else "may be given once only in a synchronous call"
        raise refused("ID", ", ".join(texts), rule)
    return key_of_id(texts[0])


def requested_region(parameters: Parameters) -> PosRegion | None:
    """Return the one region to cut, None for the whole image. Raises MalformedRequest."""
    asked = [(name, text) for name in PARSERS for text in parameters.every(name)]
    if len(asked) > 1:
        names = ", ".join(name.upper() for name, _ in asked)
        raise refused(names, asked[1][1], "only one region can be cut in a synchronous call")
    return PARSERS[asked[0][0]](asked[0][1], asked[0][0].upper()) if asked else None


def is_whole(parameters: Parameters) -> bool:
    """Return whether nothing is said of what to cut."""
    return not any(parameters.every(name) for name in (*PARSERS, *INTERVALS, *PIXELS))


def box_to_cut(parameters: Parameters, image: ImageId, inventory: Inventory) -> PixelBox | None:
    """Return the pixels that all parameters together ask of an image, None where that is nothing.

    Raises MalformedRequest; NotFound for an image that the inventory does not have.
    """
    region, pixels = requested_region(parameters), requested_pixels(parameters)
    details = inventory.details(set_of_image(inventory, image))
    naxis1, naxis2 = int(details.naxis1[0]), int(details.naxis2[0])
    survey = survey_of(image.dataset)
    if not holds(parameters, survey.bands[band_of_image(image, details)], lambda: night(details, image.band)):
        return None
    box = PixelBox(0, 0, naxis1, naxis2) if region is None else pixel_box(image, region, inventory)
    return box if box is None or pixels is None else cut(box, pixels, naxis1, naxis2)


def pixel_box(image: ImageId, region: PosRegion, inventory: Inventory) -> PixelBox | None:
    """Return the pixels that hold what an image has of a region, None where that is nothing.

    Raises NotFound for an image that the inventory does not have.
    """
    number = set_of_image(inventory, image)
    if not region.matches(inventory.footprints(number), "overlap")[0]:
        return None
    details = inventory.details(number)
    naxis1, naxis2 = int(details.naxis1[0]), int(details.naxis2[0])
    if isinstance(region, Circle):
        extent = _circle_extent(region, details, inventory)
    else:
        placed = inventory.pixel_positions(np.full(len(region.ra), number), region.ra, region.dec)
        if np.isnan(placed.x).any():  # a corner on the other side of the sky: all of the image lies between
            return PixelBox(0, 0, naxis1, naxis2)
        extent = _polygon_extent(placed)
    try:
        # Batches take the pixels whose centres lie in a box; half a pixel more a side is all that it touches.
        return PixelBox.around(extent.x, extent.y, extent.width + 1.0, extent.height + 1.0, naxis1, naxis2)
    except ValueError:
        return None


class Extent(NamedTuple):
    """Centre and size of a rectangle along the pixel axes, pixels."""

    x: float
    y: float
    width: float
    height: float


def _circle_extent(circle: Circle, details: ImageSets, inventory: Inventory) -> Extent:
    placed = inventory.pixel_positions(details.set_index, circle.ra, circle.dec)
    width = 2.0 * circle.radius / abs(float(details.cdelt1[0]))
    height = 2.0 * circle.radius / abs(float(details.cdelt2[0]))
    return Extent(float(placed.x[0]), float(placed.y[0]), width, height)


def _polygon_extent(corners: PixelPositions) -> Extent:
    x, y = corners.x, corners.y
    middle_x, middle_y = float(x.min() + x.max()) / 2.0, float(y.min() + y.max()) / 2.0
    return Extent(middle_x, middle_y, float(np.ptp(x)), float(np.ptp(y)))
