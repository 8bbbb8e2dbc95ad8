"""What a sketch shows, before it is drawn: marks of positions, footprints of images and crops, a region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from skybatch.sky.vectors import Floats, tangents, to_sphere, to_vector

Flags = NDArray[np.bool_]


class MarkKind(StrEnum):
    """What a position comes to; the value is the class of its mark."""

    COVERED = "covered"
    PARTLY = "partly"
    LEFT_OUT = "left-out"
    NOT_COVERED = "not-covered"


@dataclass(frozen=True)
class Mark:
    """A position of the request: ICRS degrees, the row's number, what is said of it, and its name."""

    ra: float
    dec: float
    row: int
    kind: MarkKind
    text: str
    name: str = ""


@dataclass(frozen=True, eq=False)
class Outlines:
    """Quadrilaterals on the sky: ICRS degrees of their corners, (n, 4) each, and what is said of each.

    ``group`` is the number of each one's group among ``groups``, survey and bands in words; ``cut`` says
    which of them end at the edge of their image.
    """

    ra: Floats
    dec: Floats
    texts: tuple[str, ...]
    group: NDArray[np.intp]
    groups: tuple[str, ...]
    cut: Flags

    def __len__(self) -> int:
        return len(self.texts)

    def chosen(self, which: Flags) -> Outlines:
        """Return some of them."""
        texts = tuple(text for text, kept in zip(self.texts, which.tolist(), strict=True) if kept)
        some = {name: getattr(self, name)[which] for name in ("ra", "dec", "group", "cut")}
        return replace(self, texts=texts, **some)


def no_outlines() -> Outlines:
    """Return none."""
    none = np.empty((0, 4))
    return Outlines(none, none, (), np.empty(0, np.intp), (), np.empty(0, bool))


@dataclass(frozen=True)
class Circle:
    """The region of a request: ICRS centre and radius, degrees."""

    ra: float
    dec: float
    radius: float


@dataclass(frozen=True, eq=False)
class Coverage:
    """Cells of the sky in which a survey has images: bounds in ICRS degrees, (n,) each."""

    west: Floats
    east: Floats
    south: Floats
    north: Floats


@dataclass(frozen=True, eq=False)
class Scene:
    """A request on the sky.

    Attributes
    ----------
    title
        What it is, in a few words.
    marks
        Positions with what becomes of them, in row order.
    labels
        What the legend calls each kind of mark.
    images, crops
        Outlines of the image sets, and of the crops that are cut out of them.
    region
        The circle asked for, if any.
    without_position
        Rows that have no place on the sky (names that are not known).
    """

    title: str
    marks: tuple[Mark, ...] = ()
    labels: Mapping[MarkKind, str] = field(default_factory=dict)
    images: Outlines = field(default_factory=no_outlines)
    crops: Outlines = field(default_factory=no_outlines)
    region: Circle | None = None
    without_position: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.marks and not len(self.images) and self.region is None

    def mark_positions(self) -> tuple[Floats, Floats]:
        """Return the ICRS positions, degrees, of the marks."""
        ra, dec = np.array([(mark.ra, mark.dec) for mark in self.marks], np.float64).reshape(-1, 2).T
        return ra, dec

    def positions(self) -> tuple[Floats, Floats]:
        """Return the ICRS positions, degrees, of all that it shows."""
        marks = np.stack(self.mark_positions(), axis=1)
        around = np.stack(circle_positions(self.region), axis=1) if self.region else np.empty((0, 2))
        images = np.stack([self.images.ra.ravel(), self.images.dec.ravel()], axis=1)
        ra, dec = np.concatenate([marks, images, around]).T
        return ra, dec


def circle_positions(region: Circle, steps: int = 72) -> tuple[Floats, Floats]:
    """Return ICRS positions along a circle, counterclockwise from north."""
    angle = np.linspace(0.0, 2.0 * np.pi, steps, endpoint=False)[:, None]
    east, north = tangents(region.ra, region.dec)
    radius = np.radians(region.radius)
    away = np.sin(angle) * east + np.cos(angle) * north
    return to_sphere(np.cos(radius) * to_vector(region.ra, region.dec) + np.sin(radius) * away)
