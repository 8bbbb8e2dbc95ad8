"""What the WCS of many images have in common: their kind, and the values that all of them share.

The cards of one WCS may be a hundred, most of them equal in all images of a survey, so they are kept once; an
image keeps the numbers in which it differs, the *slots* of its template.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from skybatch.errors import InventoryError
from skybatch.fits.celestial_wcs import needs_astropy
from skybatch.fits.wcs_terms import BY_ASTROPY
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import Floats

SIDES = ("naxis1", "naxis2")
# Of `skybatch.fits.celestial_wcs.CelestialWcs`, in its order.
PLACE = ("crpix1", "crpix2", "crval1", "crval2", "cdelt1", "cdelt2", "crota2", "skew")
_TERM = re.compile(r"([AB]_\d_\d)|(PV[12]_\d{1,2})|LONPOLE|LATPOLE")
_MAX_NAMES = 400


@dataclass(frozen=True)
class WcsTemplate:
    """The WCS of images of one kind.

    Attributes
    ----------
    projection
        Code of the projection.
    frame
        Frame of the headers.
    constants
        Values that are the same in all.
    slots
        Names of the values that each image has for itself, in their order.
    """

    projection: str
    frame: ImageFrame
    constants: Mapping[str, float]
    slots: tuple[str, ...]

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of the terms beyond size, place and matrix."""
        return tuple(name for name in (*self.constants, *self.slots) if name not in (*SIDES, *PLACE))

    @property
    def by_astropy(self) -> bool:
        """Whether it takes astropy to work images of it out."""
        return needs_astropy(self.projection, self.terms)

    def values(self, slots: Floats) -> dict[str, Floats]:
        """Return the values (m,) of each name, of images whose slots are (m, at least as many)."""
        shared = {name: np.full(len(slots), value) for name, value in self.constants.items()}
        return shared | {name: slots[:, n] for n, name in enumerate(self.slots)}

    def document(self) -> dict[str, Any]:
        """Return it as a manifest keeps it."""
        return {
            "projection": self.projection,
            "frame": str(self.frame),
            "constants": dict(self.constants),
            "slots": list(self.slots),
        }


def template_of(document: Any, path: str) -> WcsTemplate:
    """Read a template from a manifest, which ``path`` names. Raises InventoryError where it is damaged."""
    try:
        constants = {str(name): float(value) for name, value in document["constants"].items()}
        slots = tuple(map(str, document["slots"]))
        template = WcsTemplate(str(document["projection"]), ImageFrame(document["frame"]), constants, slots)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InventoryError(f"{path} is damaged: a template of its WCS cannot be so") from error
    if any(_broken(template)):
        raise InventoryError(f"{path} is damaged: a template of its WCS cannot be so")
    return template


def _broken(template: WcsTemplate) -> Iterator[bool]:
    names = [*template.constants, *template.slots]
    yield len(names) > _MAX_NAMES
    yield len(set(names)) < len(names)
    yield not {*SIDES, *PLACE} <= set(names)
    yield template.projection not in BY_ASTROPY
    yield not all(map(_TERM.fullmatch, template.terms))
    yield not all(map(math.isfinite, template.constants.values()))
