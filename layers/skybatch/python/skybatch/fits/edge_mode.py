"""What becomes of a crop where its image ends."""

from __future__ import annotations

from enum import StrEnum


class EdgeMode(StrEnum):
    """Whether a crop that reaches beyond its image is smaller there, or filled up to its full size."""

    CLIP = "clip"
    PAD = "pad"
