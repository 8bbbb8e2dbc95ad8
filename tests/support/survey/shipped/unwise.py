"""Trees of unWISE, whose reference pixel lies outside of the genuine images: those, and made ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

from skybatch.storage.directory_tree import DirectoryTree

PREFIX, TILE = "unwise-coadds/", "3460p121"
OTHER, CENTER, PIXELS, SCALE = "1497p015", (149.7, 1.5), 64, 2.75 / 3600
BANDS = (1, 2, 3, 4)
# Files of other kinds that lie beside the images.
OTHERS = ("w1-img-u.fits", "w1-invvar-u.fits.gz", "w1-std-m.fits.gz", "w1-frames.fits", "w1-mask.tgz")


def key(band: int, product: str = "img", ending: str = "fits", tile: str = TILE) -> str:
    """The key of a file of a tile."""
    return f"{PREFIX}{tile[:3]}/{tile}/unwise-{tile}-w{band}-{product}-m.{ending}"


def copy_images(data: Path, tree: DirectoryTree) -> None:
    """Copy the genuine images to a tree, which an index writes to."""
    for path in sorted(data.glob(f"{PREFIX}**/*.fits*")):
        tree.write(path.relative_to(data).as_posix(), path.read_bytes())


def make_tile(root: Path) -> None:
    """Write a made tile with all that lies beside its images."""
    for band in BANDS:
        _write(root / key(band, tile=OTHER), band)
        for product in ("invvar", "n"):
            _write(root / key(band, product, "fits.gz", OTHER), band)
    for name in OTHERS:
        (root / key(1, tile=OTHER)).with_name(f"unwise-{OTHER}-{name}").write_bytes(b"x")


def _write(path: Path, band: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(band + 10 * len(path.name)).normal(0, 20, (PIXELS, PIXELS))
    header = fits.Header({
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "EQUINOX": 2000.0, "LONPOLE": 180.0, "LATPOLE": 0.0,
        "CRVAL1": CENTER[0], "CRVAL2": CENTER[1], "CRPIX1": PIXELS / 2 + 0.5, "CRPIX2": PIXELS / 2 + 0.5,
        "CUNIT1": "deg", "CUNIT2": "deg", "CD1_1": -SCALE, "CD1_2": 0.0, "CD2_1": 0.0, "CD2_2": SCALE,
        "MAGZP": 22.5, "MJDMIN": 55317.0 + band, "MJDMAX": 58800.0 + band, "BAND": band,
    })  # fmt: skip
    fits.PrimaryHDU(pixels.astype(np.float32), header).writeto(path)
