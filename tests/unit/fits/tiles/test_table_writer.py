"""Compressed files as they are written: astropy reads the table, and its verification finds nothing."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from astropy.io import fits

from skybatch.fits.header import parse_header
from skybatch.fits.tiles.table_writer import number_card, text_card, write_tiled_file
from tests.support.images import fits_oracle
from tests.support.images.fits_files import make_image
from tests.support.images.tiled_images import TILED

IMAGE = make_image(nx=60, ny=50)
HEADER = parse_header(b"".join(fits_oracle.cards(IMAGE)))
STREAMS = [b"first", b"", b"the third", b"x" * 5000]


def test_astropy_reads_the_streams_in_order() -> None:
    tiled = write_tiled_file(HEADER, STREAMS, (16, 60), iter([text_card("ZCMPTYPE", "GZIP_2", "")]))
    with fits.open(io.BytesIO(tiled.content), disable_image_compression=True) as hdus:
        hdus.verify("exception")
        table = hdus[1]
        assert [bytes(stream) for stream in table.data["COMPRESSED_DATA"]] == STREAMS
        assert table.fileinfo()["datLoc"] == tiled.table_offset
        assert tiled.heap_offset == tiled.table_offset + table.header["NAXIS1"] * table.header["NAXIS2"]
        assert (table.header["ZTILE1"], table.header["ZTILE2"]) == (60, 16)
    assert len(tiled.content) % 2880 == 0


def test_tiles_larger_than_the_image_are_said_as_large_as_it() -> None:
    tiled = write_tiled_file(HEADER, [b"all"], (4096, 4096), iter(()))
    header = fits.getheader(io.BytesIO(tiled.content), 1, disable_image_compression=True)
    assert (header["ZTILE1"], header["ZTILE2"]) == (60, 50)


def test_the_images_cards_stand_in_their_order_under_their_names() -> None:
    tiled = write_tiled_file(HEADER, STREAMS, (16, 60), iter(()))
    original = fits_oracle.cards(IMAGE)
    written = fits_oracle.cards(tiled.content[2880:])[-len(original) :]
    assert [card[8:] for card in written] == [card[8:] for card in original]
    renamed = {new[:8].strip() for old, new in zip(original, written, strict=True) if old != new}
    assert renamed == {b"ZSIMPLE", b"ZBITPIX", b"ZNAXIS", b"ZNAXIS1", b"ZNAXIS2", b"ZEXTEND"}


def test_fitsverify_finds_no_error(tmp_path: Path) -> None:
    if shutil.which("fitsverify") is None:
        pytest.skip("fitsverify is not installed")
    path = tmp_path / "tiled.fits"
    path.write_bytes(TILED.content)
    run = subprocess.run(["fitsverify", "-e", "-q", str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("number", [0, -32, 123456789])
@pytest.mark.parametrize("comment", ["", "rows of a tile"])
def test_cards_of_numbers_are_those_of_astropy(number: int, comment: str) -> None:
    expected = str(fits.Card("ZVAL1", number, comment or None))
    assert number_card("ZVAL1", number, comment).ljust(80).decode() == expected


@pytest.mark.parametrize("text", ["NONE", "HCOMPRESS_1", "COMPRESSED_DATA"])
def test_cards_of_strings_are_those_of_astropy(text: str) -> None:
    assert text_card("ZNAME1", text, "a name").ljust(80).decode() == str(fits.Card("ZNAME1", text, "a name"))
