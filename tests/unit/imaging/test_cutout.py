"""Cutouts: what is kept, what is added, how little is read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skybatch.errors import SourceDamaged
from skybatch.fits.pixel_box import PixelBox, cutout_bytes
from skybatch.fits.provenance import Origin
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.imaging.cutout import cut, cut_ranged
from skybatch.version import VERSION
from tests.support.images import fits_oracle
from tests.support.images.fits_files import gzipped, make_image

BOX = PixelBox(30, 40, 20, 10)
ORIGIN = Origin("made.fits.gz")
IMAGE = make_image(nx=100, ny=120)
ROW = 400  # bytes


def test_provenance_cards() -> None:
    hdu = fits_oracle.opened(next(cut(IMAGE, [BOX], ORIGIN)))
    assert [hdu.header[k] for k in fits_oracle.ADDED] == [
        "made.fits.gz",
        "[31:50,41:50]",
        f"skybatch {VERSION}",
    ]
    assert all(hdu.header.comments[k] for k in fits_oracle.ADDED)


@pytest.mark.parametrize(
    "name", ["it's.fits", "x" * 68, "y" * 200 + ".fits", "'" * 90, "n\u00e4ch\nste.fits"]
)
def test_any_parent_name_can_be_read_back(name: str) -> None:
    hdu = fits_oracle.opened(next(cut(IMAGE, [BOX], Origin(name))))
    assert hdu.header["CUTFILE"] == name.replace("\u00e4", "?").replace("\n", "?")


def test_a_cutout_of_a_cutout_keeps_its_history() -> None:
    once = next(cut(IMAGE, [BOX], ORIGIN))
    hdu = fits_oracle.opened(next(cut(once, [PixelBox(1, 2, 3, 4)], Origin("cut.fits"))))
    assert hdu.header["CUTFILE"] == "cut.fits"
    assert any("made.fits.gz" in line for line in hdu.header["HISTORY"])
    assert hdu.header["CRPIX1"] == 50.5 - 31
    assert hdu.data.tobytes() == fits_oracle.opened(IMAGE).data[42:46, 31:34].tobytes()


def test_a_full_last_block_takes_one_more() -> None:
    image = make_image(nx=100, ny=120, total_cards=4 * 36 - 2)
    cutout = next(cut(image, [BOX], ORIGIN))
    blocks = read_stored_header(image).cutout_blocks(ORIGIN.cards(BOX))
    assert (read_stored_header(image).blocks, blocks) == (4, 5)
    assert len(cutout) == cutout_bytes(blocks, BOX, -32)
    fits_oracle.assert_same_pixels(fits_oracle.opened(cutout), fits_oracle.opened(image), BOX)


def test_every_coordinate_version_moves() -> None:
    image = make_image(nx=100, ny=120, cards={"CRPIX1A": 3, "CRPIX2A": "-1.5D2", "LTV1": 0.0})
    image = image.replace(b"'-1.5D2  '", b"-1.5D2    ")
    header = fits_oracle.opened(next(cut(image, [BOX], ORIGIN))).header
    assert (header["CRPIX1A"], header["CRPIX2A"], header["LTV1"]) == (-27, -190.0, -30.0)
    assert (header["CRPIX1"], header["CRPIX2"]) == (50.5 - 30, 60.5 - 40)


def test_checksums_stay_true(tmp_path: Path) -> None:
    hdu = fits_oracle.opened(IMAGE)
    hdu.add_checksum(when="on a day")
    hdu.writeto(tmp_path / "summed.fits")
    image = (tmp_path / "summed.fits").read_bytes()
    for box in (BOX, PixelBox(0, 0, 1, 1), PixelBox(3, 7, 97, 113)):
        again = fits_oracle.opened(next(cut(image, [box], ORIGIN)))
        assert (again.verify_checksum(), again.verify_datasum()) == (1, 1)
        assert again.header.comments["DATASUM"] == "on a day"


def test_fitsverify_finds_nothing_that_was_not_in_the_parent(survey_data: Path, tmp_path: Path) -> None:
    if shutil.which("fitsverify") is None:
        pytest.skip("fitsverify is not installed")
    stored = next((survey_data / "archive").rglob("*.fits.gz")).read_bytes()
    complaints = []
    for name, image in (("parent", decompress_untiled(stored)), ("cut", next(cut(stored, [BOX], ORIGIN)))):
        (tmp_path / name).write_bytes(image)
        run = subprocess.run(
            ["fitsverify", str(tmp_path / name)], capture_output=True, text=True, check=False
        )
        complaints.append([line for line in (run.stdout + run.stderr).splitlines() if "***" in line])
    assert complaints[0] == complaints[1]


def test_plain_is_what_was_stored() -> None:
    assert decompress_untiled(IMAGE) == decompress_untiled(gzipped(IMAGE)) == IMAGE


def test_several_gzip_members_are_one_file() -> None:
    stored = gzipped(IMAGE[:20_000]) + gzipped(IMAGE[20_000:]) + b"\0" * 100
    assert decompress_untiled(stored) == IMAGE
    assert list(cut(stored, [BOX], ORIGIN)) == list(cut(IMAGE, [BOX], ORIGIN))


def test_a_changed_bit_behind_the_last_row_is_found() -> None:
    """The stream is read to its end, where the checksum of the whole stands."""
    stored = gzipped(IMAGE)
    for place in (len(stored) - 2000, len(stored) - 500, len(stored) - 8, len(stored) - 1):
        damaged = bytearray(stored)
        damaged[place] ^= 1
        with pytest.raises(SourceDamaged):
            cut(bytes(damaged), [PixelBox(0, 0, 5, 5)], ORIGIN)


def test_ranges_are_the_header_and_the_rows() -> None:
    asked = []

    def read_range(start: int, length: int) -> bytes:
        asked.append((start, length))
        return IMAGE[start : start + length]

    cutouts = list(cut_ranged(read_range, len(IMAGE), [BOX], ORIGIN))
    assert cutouts == list(cut(IMAGE, [BOX], ORIGIN))
    assert asked == [(0, 11520), (11520 + 40 * ROW, 10 * ROW)]


def test_ranges_near_each_other_are_one_request() -> None:
    image = make_image(nx=500, ny=1000, total_cards=200)
    asked = []

    def read_range(start: int, length: int) -> bytes:
        asked.append((start, length))
        return image[start : start + length]

    boxes = [PixelBox(0, 900, 9, 9), PixelBox(5, 3, 9, 9), PixelBox(400, 20, 100, 5), PixelBox(0, 905, 2, 2)]
    assert list(cut_ranged(read_range, len(image), boxes, ORIGIN)) == list(cut(image, boxes, ORIGIN))
    head = 6 * 2880
    assert asked == [
        (0, 11520),
        (11520, 28800),
        (head + 6000, 44_000),
        (head + 1_800_000, 18_000),
    ]


def test_a_file_called_plain_may_be_gzip() -> None:
    stored = gzipped(IMAGE)
    cutouts = cut_ranged(lambda start, length: stored[start : start + length], len(stored), [BOX], ORIGIN)
    assert list(cutouts) == list(cut(IMAGE, [BOX], ORIGIN))


def test_an_image_without_its_last_padding_is_whole() -> None:
    bare = IMAGE[: 4 * 2880 + 120 * ROW]
    assert decompress_untiled(bare) == decompress_untiled(gzipped(bare)) == IMAGE
    assert list(cut(bare, [BOX], ORIGIN)) == list(cut(IMAGE, [BOX], ORIGIN))


def test_header_needs_only_the_first_bytes() -> None:
    header = read_stored_header(gzipped(IMAGE)[:9000])
    assert (header.naxis1, header.naxis2, header.bitpix, header.blocks) == (100, 120, -32, 4)
    values = [header.get(k) for k in ("ORDATE", "CRVAL1", "SCANNO", "EXTEND", "NOTHING", "COMMENT")]
    assert values == ["980321", 180.0, 106, True, None, None]


def test_cutting_starts_without_numpy_or_astropy() -> None:
    code = "import sys, skybatch.imaging.cutout; print([m for m in ('astropy', 'numpy') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
