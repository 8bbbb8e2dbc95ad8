"""Headers of delivered images: read from few bytes of their bundle, and none where that does not suffice."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from obstore.store import MemoryStore

from skybatch.batch.delivery import image_headers
from skybatch.batch.delivery.image_headers import read_image_header
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.ranges import read_span
from skybatch.fits.pixel_box import PixelBox
from tests.support.batches.batch_fakes import BATCH_ID, FakeBatch, task
from tests.support.batches.made_bundles import put_results
from tests.support.images.fits_files import gzipped, make_image

IMAGE = make_image(nx=300, ny=200)


def several() -> bytes:
    written = io.BytesIO()
    images = [fits.ImageHDU(np.zeros((20, n)), name=name) for n, name in ((30, "SCI"), (40, "DQ"))]
    fits.HDUList([fits.PrimaryHDU(), *images]).writeto(written)
    return written.getvalue()


def delivered(body: bytes, **facts: Any) -> tuple[BatchStore, ImagePlaces, Task]:
    made = task(0, len(body), **facts)
    batch = FakeBatch([made], store=BatchStore(MemoryStore(), BATCH_ID))
    batch.dispatch()
    put_results(batch.store, {made: body})
    batch.tally()
    return batch.store, ImagePlaces(), made


@pytest.mark.parametrize(
    ("body", "facts", "columns"),
    [
        (IMAGE, {"box": PixelBox(0, 0, 300, 200), "hdu": "SCI"}, 300),
        (gzipped(IMAGE), {"file": "a.fits.gz"}, 300),
        (several(), {}, 30),
        (several(), {"hdu": "DQ"}, 40),
    ],
    ids=["crop", "gzip", "first", "named"],
)
def test_the_header_is_that_of_the_image_delivered(
    body: bytes, facts: dict[str, Any], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, places, made = delivered(body, **facts)
    lengths = []

    def reading(*given: object) -> bytes:
        read = read_span(*given)  # type: ignore[arg-type]
        lengths.append(len(read))
        return read

    monkeypatch.setattr(image_headers, "read_span", reading)
    header = read_image_header(store, places, made)
    assert header is not None
    assert header.naxis1 == columns
    assert lengths == [min(len(body), image_headers.FRONT_BYTES)]


@pytest.mark.parametrize("body", [b"no image", several()[:2880], b"\x1f\x8b broken"])
def test_what_has_no_header_in_its_first_bytes_has_none(body: bytes) -> None:
    store, places, made = delivered(body)
    assert read_image_header(store, places, made) is None
    assert read_image_header(store, places, replace(made, file="other.fits")) is None
