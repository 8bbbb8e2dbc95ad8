"""Read PNG files by Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from numpy.typing import NDArray

image_module = pytest.importorskip("PIL.Image", reason="no Pillow to read the pictures with")


def read_png(png: bytes) -> NDArray[np.uint8]:
    """Return the pixels, (rows, columns) grey or (rows, columns, 3) colour."""
    with image_module.open(io.BytesIO(png)) as read:
        read.load()
        assert read.format == "PNG"
        return np.asarray(read)


def read_comment(png: bytes) -> str:
    """Return the comment, empty for none."""
    with image_module.open(io.BytesIO(png)) as read:
        return str(read.info.get("Comment", ""))
