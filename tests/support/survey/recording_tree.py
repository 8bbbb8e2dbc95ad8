"""A tree of objects that notes what is read of them in ranges, as the columns of inventories are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from skybatch.storage.bucket_tree import BucketTree


@dataclass(frozen=True)
class RecordingTree(BucketTree):
    """A tree; ``ranges`` are the path and the bytes of each range that was read."""

    ranges: list[tuple[str, int]] = field(default_factory=list)

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        self.ranges.extend((path, length) for length in lengths)
        return super().read_ranges(path, starts, lengths)

    @property
    def bytes_read(self) -> int:
        """Bytes of all ranges."""
        return sum(length for _, length in self.ranges)

    @property
    def files_read(self) -> set[str]:
        """Names of the files, without their folders."""
        return {path.rsplit("/", 1)[1] for path, _ in self.ranges}
