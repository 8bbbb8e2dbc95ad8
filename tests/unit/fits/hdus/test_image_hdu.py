"""Which HDU of a file is its image: by number, by name, the first; and why there is none."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy.io import fits

from skybatch.errors import SourceDamaged, SourceUnsupported
from skybatch.fits.blocks import BLOCK_BYTES
from skybatch.fits.hdus.hdu_choice import HduChoice
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.readers import open_reader
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from tests.support.images.compressed_images import compressed
from tests.support.images.fits_files import gzipped, make_image


def written(*hdus: fits.PrimaryHDU | fits.ImageHDU | fits.BinTableHDU) -> bytes:
    file = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(file)
    return file.getvalue()


def image(nx: int, ny: int, name: str = "", *more: int) -> fits.ImageHDU:
    return fits.ImageHDU(np.ones((*more, ny, nx), "i2"), name=name)


TABLE = fits.BinTableHDU(np.zeros(3, dtype=[("a", "i4")]), name="CAT")
SEVERAL = written(
    fits.PrimaryHDU(),
    TABLE,
    image(7, 5, "SCI"),
    image(4, 3, "dq"),
    image(6, 2, "CUBE", 1, 1),
    image(6, 2, "BAD", 2),
)


@pytest.mark.parametrize("stored", [SEVERAL, gzipped(SEVERAL)], ids=["plain", "gzip"])
@pytest.mark.parametrize(
    ("wanted", "number", "sides"),
    [
        ("", 2, (7, 5)),
        (2, 2, (7, 5)),
        (3, 3, (4, 3)),
        ("DQ", 3, (4, 3)),
        ("sci", 2, (7, 5)),
        ("cube", 4, (6, 2)),
    ],
)
def test_the_image_that_is_wanted(
    stored: bytes, wanted: HduChoice, number: int, sides: tuple[int, int]
) -> None:
    reader = open_reader(stored)
    found = find_image(reader, wanted)
    assert found.number == number
    assert (found.header.naxis1, found.header.naxis2) == sides
    with fits.open(io.BytesIO(SEVERAL)) as hdus:
        assert found.data_offset == hdus[number].fileinfo()["datLoc"]
    assert bytes(reader.read(2)) == b"\0\1"


def test_a_file_of_one_image_is_its_own_header() -> None:
    found = find_image(open_reader(make_image(nx=20, ny=30)))
    assert (found.number, found.primary, found.table) == (0, None, None)
    assert found.data_offset == found.header.blocks * BLOCK_BYTES


def test_only_our_own_tiles_are_told_as_such() -> None:
    image = make_image(nx=40, ny=50)
    own_tiles = compress_tiled(image).content
    for stored, own in ((own_tiles, True), (compressed(-32), False), (compressed(16), False), (image, False)):
        assert find_image(open_reader(stored)).is_in_own_tiles is own


def test_a_compressed_image_has_its_table() -> None:
    found = find_image(open_reader(compressed(16)))
    assert found.number == 1
    assert found.table is not None
    assert (found.header.bitpix, found.header.naxis1, found.header.naxis2) == (16, 130, 70)
    assert found.header.get("OBJECT") == "noise"
    assert found.header.get("ZSCALE") is None


@pytest.mark.parametrize(
    ("stored", "wanted", "named"),
    [
        (SEVERAL, 9, "no HDU 9"),
        (SEVERAL, "ERR", "no HDU 'ERR'"),
        (SEVERAL, 0, "HDU 0 .* no pixels"),
        (SEVERAL, "CAT", "BINTABLE"),
        (SEVERAL, "BAD", "3 axes of 6 x 2 x 2"),
        (written(fits.PrimaryHDU()), "", "no image of two axes; .*no pixels"),
        (written(fits.PrimaryHDU(np.ones((1, 1), "i2"))), "", "one pixel"),
        (written(fits.PrimaryHDU(np.ones(5, "i2"))), "", "one axis"),
        (written(fits.PrimaryHDU(), TABLE), "", "BINTABLE"),
        (written(fits.PrimaryHDU(np.ones((3, 4, 5), "i2"))), "", "5 x 4 x 3"),
    ],
)
def test_why_there_is_none_is_told(stored: bytes, wanted: HduChoice, named: str) -> None:
    with pytest.raises(SourceUnsupported, match=named):
        find_image(open_reader(stored), wanted)


def test_what_ends_within_a_header_is_damaged() -> None:
    with pytest.raises(SourceDamaged, match="ends within its header"):
        find_image(open_reader(SEVERAL[: SEVERAL.index(b"XTENSION= 'IMAGE") + 400]))


def test_a_keyword_that_the_image_lacks_is_the_primary_headers() -> None:
    primary = fits.PrimaryHDU()
    primary.header["FILTER"] = "z"
    found = find_image(open_reader(written(primary, image(3, 4))))
    assert (found.get("FILTER"), found.header.get("FILTER"), found.get("NONE")) == ("z", None, None)


def test_a_primary_header_without_its_end_is_no_table() -> None:
    stored = compressed(16)
    end = stored.index(b"END".ljust(80))
    with pytest.raises(SourceUnsupported, match="no image of two axes"):
        find_image(open_reader(stored[: end + 70] + b"`" + stored[end + 71 :]))
