"""One stored image: read in ranges where its form allows, and the same cutouts from every form."""

from __future__ import annotations

import gzip
import io
import zlib
from typing import Any

import numpy as np
import obstore
import pytest
from astropy.io import fits
from obstore.store import MemoryStore, S3Store

from skybatch.errors import NotFound, SourceDamaged, SourceDiffers, SourceMissing, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import compress_quicklook
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from skybatch.inventory.stored_image import HEADER_BYTES, StoredImage, max_gzipped_size, stored_image
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, quicklook_key
from skybatch.surveys.image_type import ImageType
from tests.support.images.fits_files import make_image
from tests.support.servers.range_server import range_server
from tests.support.survey.sample_archive import MadeArchive

IMAGE = ImageId("asky", "990101", "n", 1, 9, "j")
PLAIN = make_image(180.0, 20.0, seed=3)
BOX = PixelBox(100, 200, 31, 17)


def held(suffix: str, body: bytes) -> StoredImage:
    store = MemoryStore()
    obstore.put(store, atlas_key(IMAGE, suffix), body)
    return stored_image(store, atlas_key(IMAGE, suffix))


def pixels(body: bytes) -> Any:
    with fits.open(io.BytesIO(body)) as hdus:
        return hdus[0].data.copy()


@pytest.mark.parametrize(("suffix", "body"), [(".fits", PLAIN), (".fits.gz", gzip.compress(PLAIN))])
def test_cutouts_are_astropys_from_every_form(suffix: str, body: bytes) -> None:
    cut = next(iter(held(suffix, body).crops([BOX])))
    whole = pixels(PLAIN)
    np.testing.assert_array_equal(pixels(cut), whole[BOX.y0 : BOX.y0 + BOX.ny, BOX.x0 : BOX.x0 + BOX.nx])


@pytest.mark.parametrize(("suffix", "body"), [(".fits", PLAIN), (".fits.gz", gzip.compress(PLAIN))])
def test_the_whole_image_is_the_original_file(suffix: str, body: bytes) -> None:
    image = held(suffix, body)
    assert image.size == len(body)
    assert image.plain() == PLAIN
    assert gzip.decompress(image.gzipped()) == PLAIN


PARENTS = {
    atlas_key(IMAGE): (gzip.compress(PLAIN), "ji0010009.fits.gz"),
    atlas_key(IMAGE, ".fits"): (PLAIN, "ji0010009.fits"),
    atlas_key(IMAGE, ".fits.fz"): (compress_tiled(PLAIN).content, "ji0010009.fits.fz"),
    quicklook_key(IMAGE): (compress_quicklook(PLAIN), "quicklook/ji0010009.fits.H"),
    quicklook_key(IMAGE, ".fits.fz"): (
        compress_quicklook_tiles(PLAIN, 4).content,
        "quicklook/ji0010009.fits.fz",
    ),
}


@pytest.mark.parametrize("key", PARENTS)
def test_a_crop_names_the_file_that_was_read(key: str) -> None:
    stored, name = PARENTS[key]
    store = MemoryStore()
    obstore.put(store, key, stored)
    crop = next(iter(stored_image(store, key).crops([BOX])))
    with fits.open(io.BytesIO(crop)) as hdus:
        assert hdus[0].header["CUTFILE"] == name


@pytest.mark.parametrize(
    ("suffix", "body", "agrees"),
    [
        (".fits", PLAIN, True),
        (".fits", gzip.compress(PLAIN), False),
        (".fits", compress_tiled(PLAIN).content, False),
        (".fits.gz", PLAIN, False),
        (".fits.gz", gzip.compress(PLAIN), True),
        (".fits.fz", compress_tiled(PLAIN).content, True),
    ],
)
def test_content_and_name_are_compared(suffix: str, body: bytes, agrees: bool) -> None:
    assert held(suffix, body).has_content_of_its_name() == agrees
    held(suffix, body).check_whole()


def test_the_inventory_says_where_an_image_must_lie() -> None:
    archive = MadeArchive(centres=[(180.0, 20.0), (180.5, 20.0)])
    inventory = archive.open("asky", None)
    key, other = archive.key(0, "j"), archive.key(1, "j")
    obstore.put(archive.objects, key, obstore.get(archive.objects, other).bytes())
    assert list(stored_image(archive.objects, other, inventory).crops([BOX]))
    moved = stored_image(archive.objects, key, inventory)
    with pytest.raises(SourceDiffers):
        moved.crops([BOX])
    with pytest.raises(SourceDiffers):
        moved.plain()
    assert stored_image(archive.objects, key).plain() == archive.plain[other]


def test_what_is_not_there_is_missing() -> None:
    image = StoredImage(MemoryStore(), atlas_key(IMAGE), ImageType.ATLAS)
    for read in (lambda: image.size, lambda: image.whole, lambda: image.read_range(0, 10)):
        with pytest.raises(SourceMissing):
            read()


def test_what_is_larger_than_any_image_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skybatch.fits.limits.MAX_IMAGE_BYTES", len(PLAIN) - 1)
    with pytest.raises(SourceUnsupported):
        _ = held(".fits.gz", PLAIN).whole


def test_a_range_beyond_the_end_is_damage() -> None:
    image = held(".fits", PLAIN)
    assert image.read_range(0, 6) == b"SIMPLE"
    with pytest.raises(SourceDamaged):
        image.read_range(len(PLAIN) + 10, 5)


def test_a_key_tells_the_type_of_the_image() -> None:
    store = MemoryStore()
    assert stored_image(store, quicklook_key(IMAGE)).image_type is ImageType.QUICKLOOK
    assert stored_image(store, atlas_key(IMAGE)).image_type is ImageType.ATLAS
    with pytest.raises(NotFound):
        stored_image(store, "twomass/readme.txt")


@pytest.mark.parametrize("size", [0, 1, 16_383, 16_384, 100_000])
def test_no_gzip_is_larger_than_its_bound(size: int) -> None:
    noise = np.random.default_rng(1).bytes(size)
    assert len(zlib.compress(noise, 6, 31)) <= max_gzipped_size(size)


@pytest.mark.parametrize("key", PARENTS)
@pytest.mark.parametrize("size", [0, 1, 9, 80])
@pytest.mark.parametrize("use", ["crops", "plain", "gzipped", "check_whole"])
def test_a_file_of_few_bytes_is_damaged_whatever_is_made_of_it(key: str, size: int, use: str) -> None:
    store = MemoryStore()
    obstore.put(store, key, PARENTS[key][0][:size])
    made = getattr(stored_image(store, key), use)
    with pytest.raises(SourceDamaged) as refused:
        made([BOX]) if use == "crops" else made()
    assert ("the file is empty" in refused.value.detail) is (size == 0)


def test_a_crop_of_a_plain_file_is_two_requests_for_its_header_and_rows() -> None:
    content = make_image(nx=600, ny=900, total_cards=70)
    with range_server(content) as server:
        store = S3Store(
            "b", endpoint=server.url, skip_signature=True, region="x", client_options={"allow_http": True}
        )
        image = StoredImage(store, "a.fits", ImageType.ATLAS)
        crop = next(image.crops([PixelBox(300, 700, 20, 20)]))
    assert (server.heads, server.bodies) == (0, [HEADER_BYTES, 20 * 600 * 4])
    with fits.open(io.BytesIO(content)) as hdus:
        np.testing.assert_array_equal(fits.getdata(io.BytesIO(crop)), hdus[0].data[700:720, 300:320])
