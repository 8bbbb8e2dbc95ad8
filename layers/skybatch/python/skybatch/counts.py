"""Rows and images of a batch, counted by outcome, as its status has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from skybatch.wire import Json, WireRecord


@dataclass(frozen=True)
class RowCounts(WireRecord):
    """Rows of the request by outcome; the outcomes of a finished batch sum to ``total``."""

    total: int = 0
    retrieved: int = 0
    partial: int = 0
    over_limit: int = 0
    failed: int = 0
    not_covered: int = 0
    unresolved: int = 0
    duplicate: int = 0
    cancelled: int = 0

    def by_outcome(self) -> dict[str, int]:
        """Return the count of each outcome, without the total."""
        return {name: number for name, number in self.to_json().items() if name != "total"}

    @property
    def incomplete(self) -> int:
        """Rows that lack some or all of the images that exist for them.

        A duplicate row lacks nothing, and neither does one for which the survey has no image.
        """
        return max(0, self.total - self.retrieved - self.duplicate - self.not_covered)


@dataclass(frozen=True)
class ImageCounts(WireRecord):
    """Images by outcome; of those retrieved, how many are crops, and crops that reach beyond their image."""

    retrieved: int = 0
    over_limit: int = 0
    failed: int = 0
    cancelled: int = 0
    crops: int = 0
    cut_at_edge: int = 0

    @property
    def total(self) -> int:
        """All images that the batch planned."""
        return self.retrieved + self.over_limit + self.failed + self.cancelled


@dataclass(frozen=True)
class SurveyCounts(WireRecord):
    """What came of one of several surveys: each row's outcome in it alone, its images, their bytes.

    The rows of each survey sum to those of the request, images and bytes of all to those of the batch.
    """

    rows: RowCounts = field(default_factory=RowCounts)
    images: ImageCounts = field(default_factory=ImageCounts)
    bytes: int = 0

    readers: ClassVar = {"rows": RowCounts.from_json, "images": ImageCounts.from_json}

    @classmethod
    def by_id(cls, answer: Json | None) -> dict[str, SurveyCounts]:
        """Read the counts of several surveys, by the survey's id."""
        return {name: cls.from_json(counts) for name, counts in (answer or {}).items()}


@dataclass(frozen=True)
class AbsentImages(WireRecord):
    """Images that were asked for, of image sets that match, and that the archive does not hold.

    ``bands`` are those of these images, ``held`` the bands that the archive holds of the same request;
    ``rows`` counts the rows that get no image at all for this reason.
    """

    images: int = 0
    bands: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    rows: int = 0

    @property
    def bands_never_held(self) -> tuple[str, ...]:
        """The bands asked for in which the archive holds nothing of this request."""
        return tuple(band for band in self.bands if band not in self.held)
