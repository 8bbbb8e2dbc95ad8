"""The worker on tiled images: the same crops, whole images made anew, and damage told as such."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.delivery import previews
from skybatch.batch.delivery.image_places import ImagePlaces
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.errors import NotFound
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.inventory.stored_image import StoredImage, max_gzipped_size, stored_image
from skybatch.surveys.image_id import TILED_SUFFIX, parse_key
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import BATCH_ID, task
from tests.support.images.fits_files import gzipped, make_image
from tests.unit.batch.execution.test_image_files import Bench

IMAGE = make_image(180.0, 20.0)
PACKED = compress_tiled(IMAGE)
GZIP = "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"
SOURCE = GZIP.removesuffix(".fits.gz") + TILED_SUFFIX
TILES = (len(PACKED.content), PACKED.heap_offset)
BOXES = [PixelBox(10 * n, 70 * n, 30, 40) for n in range(12)]


def crop(n: int, tiles: tuple[int, int] | None = TILES) -> Task:
    return task(n, source=SOURCE, box=BOXES[n], tiles=tiles)


@pytest.mark.parametrize("tiles", [TILES, None], ids=["known to the inventory", "found out"])
def test_crops_are_those_of_gzip_but_for_the_parents_name(
    tiles: tuple[int, int] | None,
) -> None:
    bench, other = Bench(PACKED.content, SOURCE), Bench(gzipped(IMAGE), GZIP)
    wanted = [crop(n, tiles) for n in range(12)]
    same = [task(n, source=GZIP, box=BOXES[n]) for n in range(12)]
    bench.work(*wanted)
    other.work(*same)
    for ours, theirs in zip(wanted, same, strict=True):
        of_tiles, of_gzip = (side.file(each) or b"" for side, each in ((bench, ours), (other, theirs)))
        assert of_tiles.count(b"ji0010009.fits.fz") == 1
        assert of_tiles.replace(b"ji0010009.fits.fz", b"ji0010009.fits.gz") == of_gzip


def test_a_task_keeps_its_tiles_and_place_through_json() -> None:
    one = replace(crop(0), geometry=ImageGeometry(2, 3, 1.5, 2.0, -0.1, 0.1, 10.0, 20.0, 0.3))
    line = json.loads(json.dumps(one.to_json()))
    assert Task.from_json(line) == one
    del line["tiles"], line["geometry"]
    assert (Task.from_json(line).tiles, Task.from_json(line).geometry) == (None, None)


def test_whole_images_are_made_from_tiles_or_copied() -> None:
    bench = Bench(PACKED.content, SOURCE)
    plain, packed, copied = (
        task(n, source=SOURCE, delivery_format=form, size=len(PACKED.content), tiles=TILES)
        for n, form in enumerate(("fits", "fits.gz", "fits.fz"))
    )
    bench.work(plain, packed, copied)
    assert bench.file(plain) == IMAGE
    made = bench.file(packed) or b""
    assert gzip.decompress(made) == IMAGE
    assert len(made) <= max_gzipped_size(len(IMAGE))
    assert bench.file(copied) == PACKED.content


DAMAGED = bytearray(PACKED.content)
DAMAGED[PACKED.heap_offset + 100] ^= 1


@pytest.mark.parametrize(
    ("stored", "code"),
    [
        (None, "source_missing"),
        (bytes(DAMAGED), "source_damaged"),
        (PACKED.content[: PACKED.heap_offset + 999], "source_damaged"),
        (PACKED.content[:9000], "source_damaged"),
        (b"", "source_damaged"),
        (compress_tiled(make_image(180.0, 20.0, ny=800)).content, "source_differs"),
    ],
    ids=["missing", "a tile damaged", "heap cut short", "header cut short", "empty", "another image"],
)
def test_what_cannot_be_cut_fails_with_its_reason(stored: bytes | None, code: str) -> None:
    bench = Bench(stored, SOURCE)
    bench.work(crop(0))
    assert bench.failure(crop(0))["code"] == code


def test_a_quicklook_is_cut_from_its_tiles_alone() -> None:
    from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles

    key = SOURCE.replace("/image/", "/quicklook/")
    stored = compress_quicklook_tiles(IMAGE, 4)
    objects = MemoryStore()
    obstore.put(objects, key, stored.content)
    image = Counting(objects, key, ImageType.QUICKLOOK)
    (part,) = image.crops([PixelBox(5, 500, 50, 50)])
    assert len(part) > 2880
    assert image.read < 0.6 * len(stored.content)


class Counting(StoredImage):
    """Counts the bytes that are read of it."""

    read = 0

    def read_range(self, start: int, length: int) -> bytes:
        Counting.read += length
        return super().read_range(start, length)


def test_a_key_that_names_no_image_is_refused() -> None:
    with pytest.raises(NotFound):
        stored_image(MemoryStore(), "twomass/readme.txt")
    assert parse_key(SOURCE)[2] == TILED_SUFFIX


def test_a_whole_image_in_tiles_has_a_preview_too() -> None:
    store, places = BatchStore(MemoryStore(), BATCH_ID), ImagePlaces()
    tiled, plain = "990101n_j0010009.fits.fz", "990101n_j0010009.fits"
    store.write(keys.image(tiled), PACKED.content)
    store.write(keys.image(plain), IMAGE)
    picture = previews.read_or_draw(store, places, f"{tiled}.png")
    assert picture is not None
    assert picture == previews.read_or_draw(store, places, f"{plain}.png")
