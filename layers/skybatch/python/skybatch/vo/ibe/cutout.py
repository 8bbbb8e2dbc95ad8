"""Parameters ``center``, ``size`` and ``gzip`` of ``/ibe/data``: which pixels of a stored image.

Pixels are chosen by the rule of batches (`PixelBox.around`) and the same geometry, so that a position and
size give the same file here and in a batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skybatch.errors import MalformedRequest
from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.image_lookup import set_of_image
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_id import ImageId
from skybatch.vo.parameters import Parameters, number, refused
from skybatch.vo.pos_size import position

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

PIXEL = 0.0  # stands for pixels among the units, whose values are degrees
UNITS = {
    **dict.fromkeys(("px", "pix", "pixel", "pixels"), PIXEL),
    **dict.fromkeys(("", "d", "deg", "degs", "degree", "degrees"), 1.0),
    **dict.fromkeys(("'", "arcmin", "arcmins", "arcminute", "arcminutes", "amin"), 1.0 / 60.0),
    **dict.fromkeys(('"', "''", "arcsec", "arcsecs", "arcsecond", "arcseconds", "asec"), 1.0 / 3600.0),
    **dict.fromkeys(("rad", "radian", "radians"), 57.29577951308232),
}
OFF = frozenset({"0", "off", "f", "fa", "fal", "fals", "false", "n", "no"})
ON = frozenset({"", "1", "on", "t", "tr", "tru", "true", "y", "ye", "yes"})
_SIZE = re.compile(r"([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?)\s*([A-Za-z'\"]*)")


@dataclass(frozen=True)
class Size:
    """A number of degrees, or of pixels."""

    value: float
    in_pixels: bool


@dataclass(frozen=True)
class Cutout:
    """A requested cutout of one image. ``center`` is a FITS pixel position or an ICRS position."""

    center: SkyPosition | tuple[float, float]
    width: Size
    height: Size

    def box(self, image: ImageId, inventory: Inventory) -> PixelBox:
        """Return the pixels to cut from an image.

        Raises NotFound for an image that the inventory does not have, MalformedRequest where the cutout
        misses it.
        """
        number = set_of_image(inventory, image)
        details = inventory.details(number)
        if isinstance(self.center, SkyPosition):
            placed = inventory.pixel_positions(number, self.center.ra, self.center.dec)
            x, y = float(placed.x[0]), float(placed.y[0])
        else:
            x, y = self.center
        return self._around(x, y, details)

    def _around(self, x: float, y: float, details: ImageSets) -> PixelBox:
        across = _pixels(self.width, float(details.cdelt1[0]))
        along = _pixels(self.height, float(details.cdelt2[0]))
        try:
            return PixelBox.around(x, y, across, along, int(details.naxis1[0]), int(details.naxis2[0]))
        except ValueError:
            raise MalformedRequest("The cutout lies outside the image: they share no pixel.") from None


def cutout(parameters: Parameters) -> Cutout | None:
    """Read the requested cutout, None for the whole image. Raises MalformedRequest."""
    center, size = parameters.text("center"), parameters.text("size")
    if not center and not size:
        return None
    if not center or not size:
        missing = "size" if center else "center"
        raise refused(missing, "", "must be given too: a cutout has a center and a size")
    width, height = _pair("size", size, one_is_both=True)
    if width.value <= 0.0 or height.value <= 0.0:
        raise refused("size", size, "must be greater than 0")
    return Cutout(_center(center), width, height)


def gzipped(parameters: Parameters) -> bool:
    """Return whether the response is to be gzip-compressed, as by default. Raises MalformedRequest."""
    word = parameters.text("gzip").lower()
    if word not in ON | OFF:
        raise refused("gzip", word, "must be 1 or 0, on or off, true or false, yes or no")
    return word in ON


def _center(text: str) -> SkyPosition | tuple[float, float]:
    x, y = _pair("center", text)
    if x.in_pixels != y.in_pixels:
        raise refused("center", text, "must be pixels on both axes or an angle on both")
    return (x.value, y.value) if x.in_pixels else position("center", f"{x.value!r},{y.value!r}")


def _pair(name: str, text: str, *, one_is_both: bool = False) -> tuple[Size, Size]:
    parts = text.split(",")
    if len(parts) == 1 and one_is_both:
        parts = parts * 2
    if len(parts) != 2:
        raise refused(name, text, "must be two numbers with a comma between")
    first, second = (_SIZE.fullmatch(part.strip()) for part in parts)
    if first is None or second is None:
        raise refused(name, text, "must be numbers, with a unit such as px, deg, arcmin or arcsec at the end")
    # One unit at the end is that of both.
    unit = second[2].lower()
    return _size(name, first[1], first[2].lower() or unit), _size(name, second[1], unit)


def _size(name: str, text: str, unit: str) -> Size:
    if unit not in UNITS:
        raise refused(name, unit, "is no unit: use px, deg, arcmin, arcsec or rad")
    value = number(name, text)
    return Size(value, True) if UNITS[unit] == PIXEL else Size(value * UNITS[unit], False)


def _pixels(size: Size, step: float) -> float:
    return size.value if size.in_pixels else size.value / abs(step)
