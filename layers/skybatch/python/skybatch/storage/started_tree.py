"""A tree of which the beginning of one object has been read already."""

from __future__ import annotations

from dataclasses import dataclass

from skybatch.storage.trees import Entry, RangedTree, Tree


@dataclass(frozen=True)
class StartedTree:
    """What a tree holds of one object, the first bytes without a request; ``entry`` is the object's."""

    tree: RangedTree
    entry: Entry
    first: bytes

    @classmethod
    def read(cls, tree: Tree, path: str, length: int) -> StartedTree:
        """Read the beginning of an object. Raises as the tree does."""
        first, size = tree.read_start(path, length)
        return cls(tree, Entry(path, size, 0), first)

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read some of the object's bytes."""
        if start + length <= len(self.first):
            return self.first[start : start + length]
        return self.tree.read_range(path, start, length)
