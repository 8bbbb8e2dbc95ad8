"""Files that are not what they should be: one typed error for each kind, and no memory beyond the claim."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.stored_file import decompress_untiled
from skybatch.imaging.cutout import cut, cut_ranged
from tests.support.images.fits_files import gzipped, make_image

BOX = PixelBox(30, 40, 20, 10)
ORIGIN = Origin("made.fits.gz")
IMAGE = make_image(nx=100, ny=120)


def changed(old: bytes, new: bytes, image: bytes = IMAGE) -> bytes:
    assert image.count(old) == 1
    assert len(new) <= len(old)
    return image.replace(old, new.ljust(len(old)))


def card(keyword: str, number: object) -> bytes:
    return f"{keyword:<8}= {number:>20}".encode()


def ranged(stored: bytes) -> Iterator[bytes]:
    return cut_ranged(lambda start, length: stored[start : start + length], len(stored), [BOX], ORIGIN)


BAD: dict[str, tuple[bytes, type[SourceError], str]] = {
    "empty": (b"", SourceDamaged, "the file is empty"),
    "a web page": (b"<!DOCTYPE html><html></html>" * 900, SourceDamaged, "neither FITS nor gzip"),
    "gzip of something else": (gzipped(b"hello" * 9000), SourceDamaged, "neither FITS"),
    "truncated gzip": (gzipped(IMAGE)[:-900], SourceDamaged, "break off"),
    "truncated gzip trailer": (gzipped(IMAGE)[:-5], SourceDamaged, "break off"),
    "truncated gzip header": (gzipped(IMAGE)[:1000], SourceDamaged, "break off"),
    "two bytes of gzip": (b"\x1f\x8b", SourceDamaged, "break off"),
    "damaged gzip": (gzipped(IMAGE)[:700] + b"\xff" * 3000, SourceDamaged, "gzip"),
    "truncated": (IMAGE[:-8000], SourceDamaged, "ends before"),
    "truncated in its header": (IMAGE[:9000], SourceDamaged, "ends within its header"),
    "no END": (IMAGE[:2880] * 500, SourceDamaged, "no END"),
    "too many rows claimed": (
        changed(card("NAXIS2", 120), card("NAXIS2", 240)),
        SourceDamaged,
        "ends before",
    ),
    "too few rows claimed": (changed(card("NAXIS2", 120), card("NAXIS2", 60)), SourceDamaged, "more than"),
    "gzip, too many": (
        gzipped(changed(card("NAXIS2", 120), card("NAXIS2", 240))),
        SourceDamaged,
        "ends before",
    ),
    "gzip, too few": (gzipped(changed(card("NAXIS2", 120), card("NAXIS2", 60))), SourceDamaged, "more than"),
    "negative": (changed(card("NAXIS2", 120), card("NAXIS2", -120)), SourceDamaged, "-120"),
    "not a number": (
        changed(card("NAXIS2", 120), card("NAXIS2", "1_20")),
        SourceDamaged,
        "no value in header card 'NAXIS2",
    ),
    "no pixels": (changed(card("NAXIS2", 120), card("NAXIS2", 0)), SourceUnsupported, "no pixels"),
    "BITPIX of nothing": (changed(card("BITPIX", -32), card("BITPIX", 12)), SourceDamaged, "BITPIX is 12"),
    "CRPIX of nothing": (changed(card("CRPIX1", 50.5), card("CRPIX1", "NaN")), SourceDamaged, "no number"),
    "cards out of order": (changed(b"BITPIX  ", b"BITPIXEL"), SourceDamaged, "card 2 is not BITPIX"),
    "10 GB claimed, plain": (
        changed(card("NAXIS1", 100), card("NAXIS1", 20833333)),
        SourceDamaged,
        "ends before",
    ),
    "10 GB claimed, gzip": (
        gzipped(changed(card("NAXIS1", 100), card("NAXIS1", 20833333))),
        SourceUnsupported,
        "10,000,",
    ),
    "SIMPLE = F": (changed(card("SIMPLE", "T"), card("SIMPLE", "F")), SourceUnsupported, "SIMPLE is not T"),
    "cube": (changed(card("NAXIS", 2), card("NAXIS", 3)), SourceDamaged, "NAXIS3"),
    "no primary image": (
        changed(card("NAXIS", 2), card("NAXIS", 0)),
        SourceUnsupported,
        "no image of two axes",
    ),
    "plate solution": (make_image(nx=100, ny=120, cards={"CNPIX1": 17}), SourceUnsupported, "plate solution"),
    "no CRPIX2": (make_image(nx=100, ny=120, cards={"CRPIX2": None}), SourceUnsupported, "no CRPIX2"),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("way", ["cut", "ranged"])
def test_one_typed_error_each(name: str, way: str) -> None:
    stored, kind, detail = BAD[name]
    with pytest.raises(kind, match=detail) as caught:
        cut(stored, [BOX], ORIGIN) if way == "cut" else ranged(stored)
    assert type(caught.value) is kind


@pytest.mark.parametrize("name", sorted(set(BAD) - {"plate solution", "no CRPIX2", "CRPIX of nothing"}))
def test_whole_images_are_checked_too(name: str) -> None:
    with pytest.raises(SourceError):
        decompress_untiled(BAD[name][0])


def test_a_damaged_byte_of_a_whole_image_is_found() -> None:
    stored = bytearray(gzipped(IMAGE))
    stored[-6] ^= 1  # of the CRC
    with pytest.raises(SourceDamaged, match="gzip"):
        decompress_untiled(bytes(stored))


def test_no_more_is_inflated_than_the_header_claims() -> None:
    bomb = gzipped(IMAGE + bytes(30_000_000), 9)
    tracemalloc.start()
    decompress_untiled(bomb)
    cut(bomb, [BOX], ORIGIN)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 10 * len(IMAGE)


def test_a_box_outside_is_another_image() -> None:
    with pytest.raises(SourceDiffers, match="100 x 120"):
        cut(IMAGE, [BOX, PixelBox(90, 0, 11, 1)], ORIGIN)
