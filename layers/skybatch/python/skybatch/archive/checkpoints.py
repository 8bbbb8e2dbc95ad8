"""Intermediate results of a long operator command, kept as objects in the archive until it publishes.

An interrupted command continues from them, on any machine.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.storage.trees import Tree

Rows = NDArray[np.void]


class Checkpoints:
    """Records of one type in numbered files below ``folder``, which ends in a slash."""

    def __init__(self, tree: Tree, folder: str, dtype: np.dtype[Any]) -> None:
        self._tree, self._folder, self._dtype = tree, folder, dtype
        self._next = 0

    def load(self) -> Rows:
        """Return all records in the order of their files; files with another record type are ignored."""
        paths = [entry.path for entry in self._tree.entries(self._folder)]
        self._next = 1 + max((int(path[len(self._folder) :].split(".")[0]) for path in paths), default=0)
        tables = [np.load(io.BytesIO(self._tree.read(path))) for path in paths]
        nothing = np.zeros(0, self._dtype)
        return np.concatenate([nothing, *(table for table in tables if table.dtype == self._dtype)])

    def append(self, rows: Rows) -> None:
        """Write records as one more file."""
        if len(rows):
            buffer = io.BytesIO()
            np.save(buffer, rows)
            self._tree.write(f"{self._folder}{self._next:06d}.npy", buffer.getvalue())
            self._next += 1

    def clear(self) -> None:
        """Delete all files: the published inventory holds their content."""
        for entry in list(self._tree.entries(self._folder)):
            self._tree.delete(entry.path)
