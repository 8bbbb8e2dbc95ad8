"""Montage makes a mosaic of a batch: mImgtbl, mMakeHdr, mProjExec, mAdd."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tests.contract.addresses import DEC, RA
from tests.e2e.service import Service

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(shutil.which("mImgtbl") is None, reason="Montage is not installed (apt: montage)"),
]


def montage(*words: object, folder: Path) -> None:
    ran = subprocess.run(
        [str(word) for word in words], cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert 'stat="OK"' in ran.stdout, ran.stdout


def test_a_mosaic_of_a_batch_holds_its_pixels(service: Service, tmp_path: Path) -> None:
    status = service.run(mode="region", center=f"{RA} {DEC}", diameter=0.3, form="fits")
    for folder in ("raw", "projected"):
        (tmp_path / folder).mkdir()
    images = service.images(status)
    assert len(images) >= 2
    for name, body in images.items():
        plain = gzip.decompress(body) if name.endswith(".gz") else body
        (tmp_path / "raw" / name.removesuffix(".gz")).write_bytes(plain)
    montage("mImgtbl", "raw", "images.tbl", folder=tmp_path)
    montage("mMakeHdr", "images.tbl", "mosaic.hdr", folder=tmp_path)
    montage("mProjExec", "-p", "raw", "images.tbl", "mosaic.hdr", "projected", "stats.tbl", folder=tmp_path)
    montage("mImgtbl", "projected", "projected.tbl", folder=tmp_path)
    montage("mAdd", "-p", "projected", "projected.tbl", "mosaic.hdr", "mosaic.fits", folder=tmp_path)
    mosaic = fits.getdata(tmp_path / "mosaic.fits")
    levels = [float(np.nanmedian(fits.getdata(path))) for path in (tmp_path / "raw").iterdir()]
    assert np.isfinite(mosaic).mean() > 0.5
    assert min(levels) - 5 < float(np.nanmedian(mosaic)) < max(levels) + 5
