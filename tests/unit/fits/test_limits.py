"""The bound on an image's memory."""

from __future__ import annotations

import pytest

from skybatch.errors import SourceUnsupported
from skybatch.fits.limits import MAX_IMAGE_BYTES, check_image_bytes


@pytest.mark.parametrize("length", [0, 4096 * 4096 * 4 + 100_000, MAX_IMAGE_BYTES])
def test_images_up_to_4096_squared_fit(length: int) -> None:
    check_image_bytes(length)


@pytest.mark.parametrize("length", [MAX_IMAGE_BYTES + 1, 10**10])
def test_larger_ones_are_refused(length: int) -> None:
    with pytest.raises(SourceUnsupported):
        check_image_bytes(length)
