"""Image sets and image rows for tests: any number, spread over the sky, poles and RA 0 included."""

from __future__ import annotations

from typing import Any

import numpy as np

from skybatch.inventory.image_sets import ImageSets
from skybatch.tables.model import Table
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_table
from skybatch.tables.writers.formats import Format

BANDS = ("j", "h", "k")


def sample_image_sets(n: int, dataset: str = "askyw", **given: Any) -> ImageSets:
    """N image sets with inventory numbers 7, 17, 27...; ``given`` replaces arrays."""
    rng = np.random.default_rng(len(dataset))
    ra = rng.uniform(0, 360, n)
    dec = np.degrees(np.arcsin(rng.uniform(-1, 1, n)))
    ra[:1], dec[: min(n, 3)] = 0.001, [0.0, 89.95, -89.95][: min(n, 3)]
    number = np.arange(n)
    values: dict[str, Any] = {
        "set_index": number * 10 + 7,
        "crval1": ra,
        "crval2": dec,
        "crpix1": np.full(n, 256.5),
        "crpix2": np.full(n, 512.5),
        "cdelt1": np.full(n, -0.0002777777845),
        "cdelt2": np.full(n, 0.0002777777845),
        "crota2": rng.normal(0, 0.02, n),
        "naxis1": np.full(n, 512),
        "naxis2": np.full(n, 1024),
        "date": np.array([f"{i % 100:02d}1114" for i in number], dtype="U6"),
        "hem": np.array(["ns"[i % 2] for i in number], dtype="U1"),
        "scan": number % 200 + 1,
        "image": number % 23 * 12 + 9,
        "ut_date": np.array([f"{i % 100:02d}1115" for i in number], dtype="U6"),
        "coadd_key": number + 443573,
        "header_blocks": np.full(n, 4),
        "dataset": dataset,
    }
    for name, text in (("suffix", ".fits.gz"), ("quicklook_suffix", ".fits.H")):
        values[name] = {band: np.full(n, text, dtype=object) for band in BANDS}
    for name in ("bytes", "quicklook_bytes"):
        values[name] = {band: np.full(n, 1_540_000) for band in BANDS}
    for k, name in enumerate(("seesh", "magzp", "msnr10")):
        values[name] = {band: rng.uniform(k, 25, n) for band in BANDS}
    return ImageSets(**{**values, **given})


def sample_image_rows(sets: ImageSets, *, positions: bool = True, **given: Any) -> ImageRows:
    """One image a set, bands in turn, with every fact filled; ``given`` replaces some."""
    n = len(sets)
    rng = np.random.default_rng(n)
    number = range(n)
    values: dict[str, Any] = {
        "dataset": [sets.dataset] * n,
        "set_index": sets.set_index,
        "band": [BANDS[i % 3] for i in number],
        "type": ["A"] * n,
        "url": [f"https://example.org/batches/b/images/{i}.fits?a=1&b=2" for i in number],
        "preview": [f"https://example.org/batches/b/previews/{i}.png" for i in number],
        "row_number": [i // 3 + 1 for i in number],
        "id": [f"M{i}" if i % 4 else None for i in number],
        "status": ["retrieved" if i % 5 else "failed" for i in number],
        "reason": [None if i % 5 else "the stored image is damaged" for i in number],
        "file": [f"images/{i:04d}_M{i}.fits" for i in number],
        "bytes": [1_000_000_000_0 + i for i in number],
        "md5": [f"{i:032x}" for i in number],
        "delivery_format": ["fits"] * n,
    }
    if positions:
        values |= {
            "req_ra": rng.uniform(0, 360, n),
            "req_dec": rng.uniform(-90, 90, n),
            "size": np.where(np.arange(n) % 2, rng.uniform(1, 300, n), np.nan),
            "edge_dist": rng.uniform(0, 256, n),
        }
    return ImageRows(**{**values, **given})


def sample_image_table(n: int, fmt: Format) -> Table:
    """The image table of a batch of n images."""
    sets = sample_image_sets(n)
    return image_table(
        {"askyw": sets}, sample_image_rows(sets), fmt, title="A batch", keywords={"label": "my label"}
    )


def centre_and_corner_pixels(nx: int, ny: int) -> list[tuple[float, float]]:
    """FITS pixel positions of an image's centre and outer corners, these from the first pixel on."""
    return [
        ((nx + 1) / 2, (ny + 1) / 2),
        (0.5, 0.5),
        (nx + 0.5, 0.5),
        (nx + 0.5, ny + 0.5),
        (0.5, ny + 0.5),
    ]
