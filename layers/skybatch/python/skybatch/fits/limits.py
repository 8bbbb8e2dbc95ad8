"""Bounds on what one stored image may take: memory, and bytes read for nothing."""

from __future__ import annotations

from skybatch.errors import SourceUnsupported

# The most that one stored image may take of a worker's memory: room for 4096 x 4096 floats and a header.
# Inflating takes twice that for a moment. A 2MASS image takes 2.1 MB.
MAX_IMAGE_BYTES = 65 * 1024 * 1024
# Stretches of a file this near are fetched in one request: a request takes as much time as reading this much.
MAX_GAP_BYTES = 256 * 1024


def check_image_bytes(length: int) -> None:
    """Raise SourceUnsupported where an image would take more than ``MAX_IMAGE_BYTES`` of memory."""
    if length > MAX_IMAGE_BYTES:
        raise SourceUnsupported(
            f"the image takes {length:,} bytes of memory; at most {MAX_IMAGE_BYTES:,} are given"
        )
