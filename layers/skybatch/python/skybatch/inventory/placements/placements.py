"""Images of any WCS as arrays: the template of each, and its values in the slots of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.fits.celestial_wcs import CelestialWcs
from skybatch.inventory.placements.template import PLACE, SIDES, WcsTemplate
from skybatch.sky.distortions.astropy_map import AstropyMap
from skybatch.sky.distortions.sip import SipPolynomials
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.image_maps import ImageMap
from skybatch.sky.pixel_grids import PixelGrids, Projection
from skybatch.sky.vectors import Floats

_GRID = ("naxis1", "naxis2", "crpix1", "crpix2", "cdelt1", "cdelt2", "skew")


@dataclass(frozen=True, eq=False)
class Placements:
    """Where images lie: the number of each one's template (n,), and its slots (n, most of any template)."""

    templates: tuple[WcsTemplate, ...]
    number: NDArray[np.integer]
    slots: Floats

    @classmethod
    def of_images(cls, images: Iterable[tuple[CelestialWcs, int, int]]) -> Placements:
        """Make them from the WCS and the sides of each image."""
        kinds: dict[tuple[Any, ...], list[int]] = defaultdict(list)
        rows = [_values(*image) for image in images]
        for row, (kind, _) in enumerate(rows):
            kinds[kind].append(row)
        made = [_template(kind, np.array([rows[i][1] for i in of_kind])) for kind, of_kind in kinds.items()]
        number = np.zeros(len(rows), np.int64)
        slots = np.zeros((len(rows), max((each.shape[1] for _, each in made), default=1) or 1))
        for n, (of_kind, (_, values)) in enumerate(zip(kinds.values(), made, strict=True)):
            number[of_kind] = n
            slots[of_kind, : values.shape[1]] = values
        return cls(tuple(template for template, _ in made), number, slots)

    def __len__(self) -> int:
        return len(self.number)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Return the columns of an inventory that hold them, beside the templates."""
        number = self.number.astype(np.min_scalar_type(max(len(self.templates) - 1, 0)))
        return {"wcs": self.slots, "wcs_template": number}

    def __getitem__(self, order: Any) -> Placements:
        """Return the images at these places, in this order."""
        return Placements(self.templates, self.number[order], self.slots[order])

    def footprints(self, frame: ImageFrame) -> Footprints:
        """Return where the images lie, in a frame, each with a pixel grid of its own."""
        place = {name: np.zeros(len(self)) for name in (*SIDES, *PLACE, "projection")}
        maps: list[ImageMap | None] = [None] * len(self)
        terms: dict[str, Floats] = {}
        for number, template in enumerate(self.templates):
            rows = np.flatnonzero(self.number == number)
            if len(rows):
                self._place(template, rows, frame, place, maps, terms)
        grids = PixelGrids(
            *(place[name] for name in (*_GRID, "projection")),
            sip=SipPolynomials.of_columns(terms, len(self)) if terms else None,
            maps=tuple(maps) if any(maps) else None,
        )
        crval = place["crval1"], place["crval2"], place["crota2"]
        return Footprints(*crval, np.arange(len(self)), grids, frame)

    def _place(
        self,
        template: WcsTemplate,
        rows: NDArray[np.intp],
        frame: ImageFrame,
        place: dict[str, Floats],
        maps: list[ImageMap | None],
        terms: dict[str, Floats],
    ) -> None:
        """Fill in the images of one template."""
        values = template.values(self.slots[rows])
        plain = values | dict(zip(PLACE[2:4], (values["crval1"], values["crval2"]), strict=True))
        own = Footprints.from_keywords(plain, template.frame)
        turned = own.in_frame(frame)
        values |= {"crval1": turned.crval1, "crval2": turned.crval2, "crota2": turned.crota2}
        for name in (*SIDES, *PLACE):
            place[name][rows] = values[name]
        by_astropy = template.by_astropy
        place["projection"][rows] = Projection.OTHER if by_astropy else Projection[template.projection]
        if not by_astropy:
            for name in template.terms:
                terms.setdefault(name, np.zeros(len(self)))[rows] = values[name]
            return
        lists = {name: values[name].tolist() for name in template.terms}
        for n, row in enumerate(rows.tolist()):
            of_image = {name: each[n] for name, each in lists.items()}
            maps[row] = ImageMap(_map(template, own, n, of_image), own.frames[n])


def _map(template: WcsTemplate, own: Footprints, n: int, terms: dict[str, float]) -> AstropyMap:
    grids = own.grids
    return AstropyMap(
        template.projection,
        (float(grids.crpix1[n]), float(grids.crpix2[n])),
        (float(own.crval1[n]), float(own.crval2[n])),
        tuple(own.cd_matrix[n].tolist()),
        tuple(terms.items()),
    )


def _values(wcs: CelestialWcs, naxis1: int, naxis2: int) -> tuple[tuple[Any, ...], list[float]]:
    """Return the kind of an image's WCS, and its values in the order of the names of the kind."""
    names = tuple(name for name, _ in wcs.terms)
    values = [naxis1, naxis2, *(getattr(wcs, name) for name in PLACE), *(value for _, value in wcs.terms)]
    return (wcs.projection, wcs.frame, names), values


def _template(kind: tuple[Any, ...], values: Floats) -> tuple[WcsTemplate, Floats]:
    """Return the template of images of one kind, and the slots of each, from all their values (m, names)."""
    projection, frame, terms = kind
    names: Sequence[str] = (*SIDES, *PLACE, *terms)
    same = (values == values[0]).all(axis=0)
    constants = {name: float(values[0, n]) for n, name in enumerate(names) if same[n]}
    slots = tuple(name for n, name in enumerate(names) if not same[n])
    return WcsTemplate(projection, ImageFrame(frame), constants, slots), values[:, ~same]
