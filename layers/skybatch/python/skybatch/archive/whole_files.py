"""Whole files of an operator's tree, as many bytes as one image may have."""

from __future__ import annotations

from skybatch.fits.limits import check_image_bytes
from skybatch.storage.trees import Entry, RangedTree


def read_whole(tree: RangedTree, entry: Entry) -> bytes:
    """Read a stored image, at most as many bytes as were listed.

    Raises SourceUnsupported, without reading, for one that is larger than any image; FileNotFoundError.
    """
    check_image_bytes(entry.size)
    return tree.read_range(entry.path, 0, entry.size) if entry.size else b""
