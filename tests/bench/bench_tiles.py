"""The archive in tiles: a crop, the bytes it reads, a batch of many, and how fast images are repacked."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from isal import igzip

from local.stack import Plan, running_stack
from skybatch.archive.index import index
from skybatch.archive.repack import repack
from skybatch.fits.cards import with_number
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.stored_file import decompress_untiled, read_stored_header
from skybatch.fits.tiles.gzip2_writer import compress_tiled
from skybatch.fits.tiles.table_writer import TiledFile
from skybatch.imaging.cutout import cut
from skybatch.imaging.tiled_cutout import cut_tiled
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key
from tests.bench.harness import Bench, median_ms
from tests.e2e.service import Service
from tests.support.images.fits_files import gzipped, make_image

ORIGIN = Origin("parent.fits.gz")
SIZE = 50
IMAGES, ROUNDS, SCANS = 1000, 3, 250
GZIP_LEVEL = 3  # within a few per cent of the survey's own files, in a tenth of the time
FORMS = {"asky": ".fits.gz", "askyw": "tiles"}  # one data set in each form, on one stack


def run(bench: Bench) -> None:
    """All that the archive in tiles must reach."""
    originals = genuine_images() or [gzipped(make_image(), 6)]
    if len(originals) == 1:
        bench.skip("genuine survey images: there are none here; a made one is packed instead")
    packed = [compress_tiled(original) for original in originals[:6]]
    a_crop(bench, originals[0], packed[0])
    bytes_read(bench, originals[:6], packed)
    packing(bench, originals[:6])
    with two_data_sets(bench, originals) as archive:
        batches(bench, archive)


def genuine_images() -> list[bytes]:
    """The stored files of the genuine archive, where the machine has it."""
    root = Path(__file__).resolve().parents[2]
    folder = Path(os.environ.get("SKYBATCH_DATA", root.parent / "shared" / "data"))
    return [path.read_bytes() for path in sorted((folder / "archive").rglob("*.fits.gz"))]


def crop(packed: TiledFile, box: PixelBox, reads: list[int] | None = None) -> bytes:
    """One crop of a tiled file in memory, the lengths read noted."""

    def read_range(start: int, length: int) -> bytes:
        if reads is not None:
            reads.append(length)
        return packed.content[start : start + length]

    return next(cut_tiled(read_range, len(packed.content), [box], ORIGIN, heap_offset=packed.heap_offset))


def _first_cut(original: bytes, box: PixelBox) -> bytes:
    return next(cut(original, [box], ORIGIN))


def a_crop(bench: Bench, original: bytes, packed: TiledFile) -> None:
    """Median over all rows that a crop may begin at: two tiles or three."""
    header = read_stored_header(original)
    boxes = [PixelBox(231, y0, SIZE, SIZE) for y0 in range(0, header.naxis2 - SIZE, 5)]
    for box in boxes[::20]:
        assert crop(packed, box) == next(cut(original, [box], ORIGIN))
    theirs = statistics.median(median_ms(partial(_first_cut, original, box), 3) for box in boxes)
    ours = statistics.median(median_ms(partial(crop, packed, box), 5) for box in boxes)
    bench.add("crop of tiles in memory, beside the same of .fits.gz", ours, reference=theirs, at_most=0.6)


def bytes_read(bench: Bench, originals: list[bytes], packed: list[TiledFile]) -> None:
    """Mean over all rows that a crop may begin at, of several images."""
    shares = []
    for original, tiles in zip(originals, packed, strict=True):
        for y0 in range(0, read_stored_header(original).naxis2 - SIZE, 3):
            reads: list[int] = []
            crop(tiles, PixelBox(231, y0, SIZE, SIZE), reads)
            shares.append(100 * sum(reads) / len(original))
    name = "bytes read a crop, of the .fits.gz"
    bench.add(f"{name}, mean", statistics.fmean(shares), unit="%", at_most=12)
    bench.add(f"{name}, most", max(shares), unit="%", at_most=12)


def packing(bench: Bench, originals: list[bytes]) -> None:
    """Packing with its verification, on one core."""
    start = time.process_time()
    for original in originals:
        compress_tiled(original)
    rate = len(originals) / (time.process_time() - start)
    bench.add("packing and verifying on one core", 1000 / rate, at_most=125, target=">= 8 images/s")


@contextmanager
def two_data_sets(bench: Bench, originals: list[bytes]) -> Iterator[Path]:
    """A tree with the same images as .fits.gz in one data set and as tiles alone in another."""
    with tempfile.TemporaryDirectory() as folder:
        tree = DirectoryTree(Path(folder, "archive"))
        for n in range(IMAGES):
            image = placed(decompress_untiled(originals[n % len(originals)]), n)
            stored = igzip.compress(image, GZIP_LEVEL, mtime=0)
            for dataset in FORMS:
                tree.write(
                    atlas_key(identity(dataset, stored_identity(originals[n % len(originals)]), n)), stored
                )
        for dataset in FORMS:
            assert index(tree, dataset).images == IMAGES
        cores = min(os.cpu_count() or 1, 2)
        start = time.perf_counter()
        assert repack(tree, "askyw", delete_originals=True, processes=cores).packed == IMAGES
        rate = IMAGES / (time.perf_counter() - start) / cores
        bench.add(f"repack of {IMAGES} images, a core, start and files included", 1000 / rate, at_most=125)
        yield tree.root


def stored_identity(original: bytes) -> tuple[str, str, str]:
    """Date, hemisphere and band as the header has them."""
    header = read_stored_header(original)
    hem = "n" if str(header.get("TELNAME")).lower() == "hopkins" else "s"
    return str(header.get("ORDATE")), hem, str(header.get("FILTER"))


def identity(dataset: str, said: tuple[str, str, str], n: int) -> ImageId:
    """Scan and image number of an image; a night has fewer scans than the bench has images."""
    return ImageId(dataset, said[0], said[1], n % SCANS + 1, n // SCANS, said[2])


def placed(image: bytes, n: int) -> bytes:
    """The image in a scan and at a place of its own, all else as it was."""
    header = read_stored_header(image)
    cards = bytearray(header.cards)
    ra, dec = centre(n)
    for keyword, text in (("SCANNO", str(n % SCANS + 1)), ("CRVAL1", f"{ra:.8f}"), ("CRVAL2", f"{dec:.8f}")):
        at = cards.find(keyword.ljust(8).encode() + b"=")
        cards[at : at + 80] = with_number(bytes(cards[at : at + 80]), text)
    return bytes(cards) + image[len(cards) :]


def centre(n: int) -> tuple[float, float]:
    """Right ascension and declination of an image, degrees; none overlaps another."""
    return 0.5 + 1.4 * (n % 256), 5.0 + 0.5 * (n // 256)


def batches(bench: Bench, archive: Path) -> None:
    """The same batch from both data sets, in turns: a position on each image."""
    with running_stack(Plan(Path(tempfile.mkdtemp(dir=archive.parent)), archive=archive)) as stack:
        service = Service(stack.url)
        table = positions()
        seconds: dict[str, list[float]] = {dataset: [] for dataset in FORMS}
        for turn in range(ROUNDS + 1):
            for dataset in FORMS:
                start = time.perf_counter()
                status = service.run(mode="positions", dataset=dataset, bands="J", table=table)
                assert status["images"]["retrieved"] == IMAGES, status
                if turn:  # the first round warms the functions
                    seconds[dataset].append(time.perf_counter() - start)
    gzip, tiles = (statistics.median(seconds[dataset]) for dataset in FORMS)
    name = f"batch of {IMAGES} crops, each of an image of its own, in tiles, beside .fits.gz"
    bench.add(name, tiles, unit="s", reference=gzip, ratio_at_least=1.5)


def positions() -> str:
    """A position on each image, anywhere on it, in random order."""
    chance = random.Random(6)
    rows = [
        f"{centre(n)[0] + away(chance, 200):.7f},{centre(n)[1] + away(chance, 380):.7f},{SIZE}"
        for n in range(IMAGES)
    ]
    chance.shuffle(rows)
    return "\n".join(("ra,dec,size", *rows)) + "\n"


def away(chance: random.Random, arcsec: float) -> float:
    """Up to so far to either side, in degrees."""
    return chance.uniform(-arcsec, arcsec) / 3600
