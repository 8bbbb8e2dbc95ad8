"""The made Atlas as a tree in the layout of its public bucket, and its inventory in an archive's tree."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from pathlib import Path

from isal import igzip

from local.allwise.pixels import fits_file
from local.allwise.tiles import BANDS, FEW, TILES, Tile
from skybatch.archive.described.index import index_described
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.catalogue import packaged_description

SURVEY = "allwise"
PREFIX = "wise/allwise/images/p3am_cdd"
# Of each image the public bucket has the plain file and a gzipped one; of what lies beside it the latter.
FORMS = {"int": ("fits", "fits.gz"), "unc": ("fits.gz",), "cov": ("fits.gz",)}
GZIP_LEVEL = 1  # noise hardly compresses


def make_allwise(root: Path, tiles: Sequence[Tile], bands: Sequence[int] = BANDS) -> int:
    """Write tiles below ``root`` as the public bucket has them; return the number of images.

    The images are the same bytes on every machine and every time.
    """
    files = list(product(tiles, bands, FORMS))
    context = multiprocessing.get_context("spawn")  # a fork would take over threads of the caller
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=context) as pool:
        list(pool.map(_write, [root] * len(files), *zip(*files, strict=True)))
    return len(tiles) * len(bands)


def sample_tiles(*, few: bool) -> Sequence[Tile]:
    """Return the tiles of the sample, or of its small form."""
    return FEW if few else TILES


def index_allwise(archive: Path, images: Path) -> None:
    """Publish the inventory of the tiles below ``images`` in the archive's tree."""
    index_described(
        DirectoryTree(archive), packaged_description(SURVEY), f"{SURVEY}.toml", images=DirectoryTree(images)
    )


def path(tile: Tile, band: int, kind: str, ending: str) -> str:
    """Return the key of a file of a tile: ``int``, ``unc`` or ``cov``."""
    return path_of(tile.coadd_id, band, kind, ending)


def path_of(coadd_id: str, band: int, kind: str, ending: str) -> str:
    """Return the key of a file of a tile by its identifier."""
    folder = f"{PREFIX}/{coadd_id[:2]}/{coadd_id[:4]}/{coadd_id}"
    return f"{folder}/{coadd_id}-w{band}-{kind}-3.{ending}"


def _write(root: Path, tile: Tile, band: int, kind: str) -> None:
    plain = fits_file(tile, band, kind)
    for ending in FORMS[kind]:
        body = igzip.compress(plain, GZIP_LEVEL, mtime=0) if ending.endswith("gz") else plain
        file = root / path(tile, band, kind, ending)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        digest = hashlib.md5(body, usedforsecurity=False).hexdigest()
        file.with_name(f"{file.name}.md5").write_text(f"{digest}  {file.name}\n")
