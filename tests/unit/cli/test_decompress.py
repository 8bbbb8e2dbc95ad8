"""Restored images: read by astropy, equal to the original or close to it, and never overwritten unasked."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from skybatch.cli import main
from skybatch.fits.tiles.cfitsio import load_cfitsio
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.imaging.quicklook import SCALE, compress_quicklook
from skybatch.imaging.quicklook_tiles import compress_quicklook_tiles
from tests.support.images.fits_files import make_image


@pytest.fixture
def compressed(tmp_path: Path) -> Path:
    path = tmp_path / "0001_990101n_j0010009_ql.fits.H"
    path.write_bytes(compress_quicklook(make_image(180.0, 20.0, seed=1)))
    return path


def test_writes_plain_fits_beside_the_file(compressed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["decompress", str(compressed)]) == 0
    written = compressed.with_name("0001_990101n_j0010009_ql.fits")
    assert capsys.readouterr().out.strip() == str(written)
    with fits.open(written) as hdus:
        hdus.verify("exception")
        assert hdus[0].header["BITPIX"] == 16
        assert "HCOMPRESS" in hdus[0].header["LOSSY"]
        whole = fits.HDUList.fromstring(make_image(180.0, 20.0, seed=1))[0].data
        seen = np.isfinite(whole)
        # Lossy, but the same sky: what HCOMPRESS takes away is noise.
        assert np.corrcoef(hdus[0].data[seen], whole[seen])[0, 1] > 0.9


def test_an_image_in_tiles_becomes_the_original_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    original = make_image(180.0, 20.0, seed=1)
    packed = tmp_path / "990101n_j0010009.fits.fz"
    packed.write_bytes(compress_tiled(original).content)
    assert main(["decompress", str(packed)]) == 0
    assert (tmp_path / "990101n_j0010009.fits").read_bytes() == original
    damaged = bytearray(packed.read_bytes())
    damaged[-20_000:-10_000] = bytes(10_000)
    packed.write_bytes(damaged)
    assert main(["decompress", "--force", str(packed)]) == 1
    assert packed.name in capsys.readouterr().err
    assert (tmp_path / "990101n_j0010009.fits").read_bytes() == original


def test_a_quicklook_in_tiles_is_restored(tmp_path: Path) -> None:
    image = make_image(180.0, 20.0, seed=1)
    packed = tmp_path / "990101n_j0010009_ql.fits.fz"
    packed.write_bytes(compress_quicklook_tiles(image, SCALE).content)
    assert main(["decompress", str(packed)]) == 0
    assert "HCOMPRESS" in fits.getheader(tmp_path / "990101n_j0010009_ql.fits")["LOSSY"]


def test_genuine_quicklooks(survey_data: Path, tmp_path: Path) -> None:
    files = sorted((survey_data / "quicklook").glob("*.fits.H"))[:3]
    assert files
    assert main(["decompress", *map(str, files), "--output", str(tmp_path)]) == 0
    for file in files:
        stored = next((survey_data / "archive").rglob(file.name.replace(".H", ".gz")))
        atlas, quicklook = fits.getdata(stored), fits.getdata(tmp_path / file.name.removesuffix(".H"))
        seen = np.isfinite(atlas)
        assert quicklook.shape == atlas.shape
        assert np.abs(np.median(quicklook[seen] - atlas[seen])) < 1


def test_existing_files_are_kept_without_force(compressed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = compressed.with_name("0001_990101n_j0010009_ql.fits")
    target.write_text("mine")
    assert main(["decompress", str(compressed)]) == 1
    assert target.read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert main(["decompress", "--force", str(compressed)]) == 0
    assert target.read_bytes().startswith(b"SIMPLE")


def test_a_file_that_is_no_quicklook_does_not_keep_the_others_from_being_restored(
    compressed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.fits.H"
    bad.write_bytes(b"no FITS at all")
    assert main(["decompress", str(bad), str(tmp_path / "nowhere.fits.H"), str(compressed)]) == 1
    captured = capsys.readouterr()
    assert "bad.fits.H" in captured.err
    assert "nowhere.fits.H" in captured.err
    assert captured.out.count("\n") == 1
    assert not list(tmp_path.glob("bad.fits"))


@pytest.mark.parametrize("missing", ["skybatch.imaging.quicklook", "astropy"])
def test_without_its_packages_it_says_what_to_install(
    compressed: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    load_cfitsio.cache_clear()
    monkeypatch.setitem(sys.modules, missing, None)
    assert main(["decompress", str(compressed)]) == 1
    assert "extra 'quicklook'" in capsys.readouterr().err
