"""The limit of a batch's size: where it falls in a list of images, and how many batches deliver them all."""

from __future__ import annotations

import math
from collections.abc import Iterable


def count_within(sizes: Iterable[int], room: int) -> int:
    """Count the files, from the first on, that fit into ``room`` bytes together."""
    count = 0
    for size in sizes:
        room -= size
        if room < 0:
            break
        count += 1
    return count


def batches_needed(sizes: Iterable[int], limit: int) -> int:
    """Count the batches of ``limit`` bytes that deliver files of these sizes in order, each as much as fits.

    A file of no bytes, as a refused image is planned, still needs a batch that says what became of it.
    """
    count, room = 0, 0
    for size in sizes:
        if count == 0 or size > room:
            count, room = count + 1, limit
        room -= size
    return count


def estimated_batches(size: int, limit: int | None) -> int:
    """Estimate how many batches deliver ``size`` bytes where the single sizes are not known, at least one."""
    return max(1, math.ceil(size / max(1, limit or 1)))
