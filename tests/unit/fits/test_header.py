"""Headers: values as astropy reads them, cutouts patched in place, one typed error for what is no image."""

from __future__ import annotations

import zlib

import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceDiffers, SourceError, SourceUnsupported
from skybatch.fits.header import Header, find_end, parse_header, read_cards, read_header, with_end
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.readers import FITS_MAGIC, PlainReader
from tests.support.images.fits_files import make_image

IMAGE = make_image(nx=100, ny=120)
BOX = PixelBox(30, 40, 20, 10)


def header_of(plain: bytes) -> Header:
    return read_header(PlainReader(plain))


def cards(**values: object) -> bytes:
    """The cards of a minimal header, changed; None leaves one out."""
    standard = {"SIMPLE": "T", "BITPIX": -32, "NAXIS": 2, "NAXIS1": 100, "NAXIS2": 120}
    given = {**standard, **values}
    return b"".join(f"{key:<8}= {value:>20}".encode().ljust(80) for key, value in given.items() if value)


def test_sizes_are_those_of_the_file() -> None:
    header = header_of(IMAGE)
    assert (header.naxis1, header.naxis2, header.bitpix) == (100, 120, -32)
    assert (header.row_bytes, header.data_bytes, header.file_bytes) == (400, 48_000, len(IMAGE))
    assert header.crc == zlib.crc32(IMAGE[: find_end(IMAGE)])


def test_values_are_those_astropy_reads() -> None:
    header, expected = header_of(IMAGE), fits.Header.fromstring(IMAGE)
    for keyword in set(expected) - {"COMMENT"}:
        assert header.get(keyword) == expected[keyword]
    assert header.get("ABSENT") is None


def test_reading_leaves_the_reader_at_the_first_pixel() -> None:
    reader = PlainReader(IMAGE)
    header = read_header(reader)
    assert reader.read(8) == IMAGE[header.blocks * 2880 :][:8]


def test_a_cutouts_header_is_that_of_the_image_but_for_its_frame() -> None:
    patched = fits.Header.fromstring(bytes(header_of(IMAGE).cutout(BOX, b"")))
    expected = fits.Header.fromstring(IMAGE)
    expected["NAXIS1"], expected["NAXIS2"] = 20, 10
    expected["CRPIX1"] -= 30
    expected["CRPIX2"] -= 40
    assert patched.tostring() == expected.tostring()


def test_added_cards_stand_before_end_and_may_take_a_block() -> None:
    header = parse_header(cards() + b"HISTORY".ljust(80) * 30)
    added = b"CUTBY   = 'us      '".ljust(80)
    patched = header.cutout(BOX, added)
    assert patched[find_end(bytes(patched)) - 80 :][:80] == added
    assert [header.cutout_blocks(added * count) for count in (0, 1)] == [1, 2]
    assert len(patched) == 2880 * 2


def test_ends_are_padded_with_blanks() -> None:
    whole = with_end(cards())
    assert len(whole) == 2880
    assert whole[400:] == b"END".ljust(2480)


def test_end_is_found_on_the_grid_of_cards_alone() -> None:
    hidden = b"COMMENT" + b"END".ljust(73)
    trap = b"HISTORY " + b" " * 40 + b"END".ljust(32) + b" " * 80
    assert find_end(hidden + trap + b"END".ljust(80)) == len(hidden + trap)
    with pytest.raises(SourceDamaged):
        find_end(hidden * 36)


def test_a_header_of_many_blocks_is_read_to_its_end_and_no_further() -> None:
    long = cards() + b"HISTORY".ljust(80) * 200
    reader = PlainReader(bytes(with_end(long)) + b"pixels")
    assert read_cards(reader, FITS_MAGIC) == long
    assert bytes(reader.read(100)) == b"pixels"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"SIMPLE": "F"}, SourceUnsupported),
        ({"BITPIX": 12}, SourceDamaged),
        ({"BITPIX": None}, SourceDamaged),
        ({"NAXIS": 3}, SourceUnsupported),
        ({"NAXIS": "0"}, SourceUnsupported),
        ({"NAXIS1": -5}, SourceDamaged),
        ({"NAXIS2": "0"}, SourceUnsupported),
        ({"NAXIS2": "many"}, SourceDamaged),
    ],
)
def test_anything_but_an_image_of_two_axes_is_refused(
    changes: dict[str, object], error: type[SourceError]
) -> None:
    with pytest.raises(error):
        parse_header(cards(**changes))


@pytest.mark.parametrize("bitpix", [8, 16, 32, 64, -32, -64])
def test_every_pixel_type_of_the_standard_is_read(bitpix: int) -> None:
    assert parse_header(cards(BITPIX=bitpix)).row_bytes == 100 * abs(bitpix) // 8


@pytest.mark.parametrize("box", [PixelBox(81, 0, 20, 1), PixelBox(0, 120, 1, 1), PixelBox(0, 0, 101, 1)])
def test_a_box_that_leaves_the_image_differs(box: PixelBox) -> None:
    with pytest.raises(SourceDiffers):
        header_of(IMAGE).check([BOX, box])


@pytest.mark.parametrize(
    "extra",
    [
        {"CNPIX1": 7},
        {"CTYPE1": "'RA---SIN'"},
        {"CRVAL2": 5.5},
        {"CTYPE1": "'RA---SIN'", "CRPIX2": 1.0},
    ],
)
def test_coordinates_that_a_shift_does_not_keep_are_refused(extra: dict[str, object]) -> None:
    with pytest.raises(SourceUnsupported):
        parse_header(cards(**extra)).check([BOX])


def test_a_header_without_coordinates_can_be_cut() -> None:
    parse_header(cards()).check([BOX])


@pytest.mark.parametrize("keyword", ["DATASUM", "CHECKSUM"])
def test_either_checksum_counts(keyword: str) -> None:
    assert parse_header(cards(**{keyword: "'0'"})).has_checksums
    assert not parse_header(cards()).has_checksums
