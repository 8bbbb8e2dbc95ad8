"""POS, SIZE, INTERSECT and mcen, as the survey archive's services and Simple Image Access 1.0 define them.

The box is SIZE wide along east and high along north in a TAN projection about POS; its edges and the
images' are great circles, and the tests are exact (Simple Image Access 1.0 section 4.1.1, and the survey
archive's documentation of its image services).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skybatch.sky.angles import checked_latitude, wrapped
from skybatch.sky.coordinates import parse_location
from skybatch.sky.frames import to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.sky.regions import Box, Relation
from skybatch.validation import InvalidValue
from skybatch.vo.parameters import Parameters, choice, number, refused

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.inventory import Inventory

RELATIONS: dict[str, Relation] = {
    "overlaps": "overlap",
    "covers": "cover",
    "enclosed": "enclosed",
    "center": "center",
}
MAX_DEGREES = 90.0  # a plane that touches the sphere has no room for a box much wider


@dataclass(frozen=True)
class BoxSearch:
    """A box about an ICRS position, and how images relate to it.

    ``most_centred``: of the images that contain the position, only the one in which it lies deepest.
    """

    box: Box
    relation: Relation = "overlap"
    most_centred: bool = False

    def sets(self, inventory: Inventory) -> NDArray[np.intp]:
        """Return the image sets, ascending; where only the most centred is wanted, deepest first."""
        if self.most_centred:
            return inventory.positions(self.box.ra, self.box.dec).set_index
        return inventory.in_region(self.box, self.relation)


def box_search(parameters: Parameters) -> BoxSearch | None:
    """Read POS, SIZE, INTERSECT and mcen; None without POS. Raises MalformedRequest."""
    if not parameters.text("pos"):
        return None
    (search,) = box_searches(parameters, [position("POS", parameters.text("pos"))])
    return search


def box_searches(parameters: Parameters, positions: Sequence[SkyPosition]) -> list[BoxSearch]:
    """Read SIZE, INTERSECT and mcen for searches at given positions. Raises MalformedRequest."""
    width, height = size(parameters.text("size", "0"))
    relation = choice("INTERSECT", parameters.text("intersect", "overlaps"), RELATIONS)
    is_point = width == height == 0.0 and relation != "enclosed"
    centred = parameters.named("mcen") and (is_point or relation == "center")
    return [BoxSearch(Box(sky.ra, sky.dec, width, height), relation, centred) for sky in positions]


def position(name: str, text: str) -> SkyPosition:
    """Read ``ra,dec`` in ICRS degrees, or another notation of a coordinate; no object names.

    Raises MalformedRequest.
    """
    parts = text.split(",")
    if len(parts) == 2 and (sky := _decimal(name, *parts)):
        return sky
    try:
        place = parse_location(text)
    except InvalidValue as broken:
        raise refused(name, text, str(broken)) from None
    if place is None:
        raise refused(name, text, "must be right ascension and declination in degrees, as in 80.5,-69.2")
    sky = to_icrs([place])[0]
    if sky is None:
        raise refused(name, text, "is no position")
    return sky


def _decimal(name: str, first: str, second: str) -> SkyPosition | None:
    """Read both halves as plain numbers: exponents too, which no sexagesimal notation has."""
    try:
        ra, dec = float(first), float(second)
    except ValueError:
        return None
    try:
        return SkyPosition(wrapped(ra), checked_latitude(dec))
    except InvalidValue as broken:
        raise refused(name, f"{first},{second}", str(broken)) from None


def size(text: str) -> tuple[float, float]:
    """Read width and height in degrees; one number is both. Raises MalformedRequest."""
    parts = text.split(",")
    if len(parts) > 2:
        raise refused("SIZE", text, "must be one or two numbers of degrees")
    width, height = (number("SIZE", part.strip()) for part in (parts * 2 if len(parts) == 1 else parts))
    if not (0.0 <= width <= MAX_DEGREES and 0.0 <= height <= MAX_DEGREES):
        raise refused("SIZE", text, f"must be 0 to {MAX_DEGREES:g} degrees")
    return width, height
