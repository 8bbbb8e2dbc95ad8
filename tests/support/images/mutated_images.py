"""Read images of every kind with something changed in them; run in a process of its own, which a crash ends.

    python -m tests.support.images.mutated_images COUNT

Changes bits, bytes, lengths and cards of made files of every kind, and of genuine ones where they are; cuts
each, in memory and by ranges, makes the whole image, and works out where it lies. Prints as JSON how often
each outcome came, the longest CPU time of one file in seconds, and the peak of memory in MB.
"""

from __future__ import annotations

import json
import os
import random
import resource
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator

from skybatch.archive.described.headers import refusal_of
from skybatch.errors import SourceDiffers, SourceError
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.fits.readers import open_reader
from skybatch.imaging.cutout import cut, cut_ranged
from skybatch.imaging.whole_image import check_stored_file, plain_image
from tests.support.images.compressed_images import compressed
from tests.support.images.fits_files import gzipped, make_image
from tests.support.images.survey_images import FOLDER, IMAGES
from tests.support.machine.processes import peak_bytes
from tests.support.survey.observatory import images

MEMORY = 3 << 30
BOX, ORIGIN = PixelBox(3, 4, 5, 6), Origin("x.fits")
VALUES = (
    *("-1", "0", "1", "2", "3", "8", "-32", "999", "99999999", "2147483647", "9223372036854775807", "1E308"),
    *("NaN", "T", "F", "'x       '", "'RICE_1  '", "'GZIP_2  '", "'PLIO_1  '", "''", "1D-400", "-0.0"),
)


def files() -> list[bytes]:
    """One file of each kind."""
    made = [*images().values(), make_image(nx=40, ny=50), gzipped(make_image(nx=40, ny=50))]
    made += [compressed(bitpix, name) for name in ("RICE_1", "GZIP_1", "GZIP_2") for bitpix in (16, -32)]
    made += [
        compressed(16, "HCOMPRESS_1", nx=128, ny=64, tile=(16, 16)),
        compressed(16, "PLIO_1"),
        gzipped(compressed(-64)),
    ]
    found = [FOLDER / image.path for image in IMAGES]
    return made + [file.read_bytes() for file in found if file.is_file() and file.stat().st_size < 1_000_000]


def mutated(file: bytes, dice: random.Random) -> bytes:
    """The file with something changed: most often a card of its headers."""
    changed = bytearray(file)
    way = dice.choice(["card", "card", "card", "keyword", "bit", "bits", "zeros", "cut", "twice", "gap"])
    at = dice.randrange(len(file))
    if way in ("card", "keyword"):
        start = dice.randrange(max(min(len(file), 20_000) // 80, 1)) * 80
        if way == "keyword":
            changed[start : start + 8] = dice.choice(
                [b"NAXIS1  ", b"END     ", b"XTENSION", b"CTYPE1  ", b"ZTILE1  "]
            )
        else:
            changed[start + 10 : start + 30] = dice.choice(VALUES).encode().rjust(20)
    elif way in ("bit", "bits"):
        for _ in range(1 if way == "bit" else 40):
            changed[dice.randrange(len(file))] ^= 1 << dice.randrange(8)
    elif way == "zeros":
        changed[at : at + 500] = bytes(len(changed[at : at + 500]))
    elif way == "cut":
        del changed[at:]
    elif way == "twice":
        changed[at:at] = changed[at : at + 2880]
    else:
        del changed[at : at + dice.choice([1, 80, 2880])]
    return bytes(changed)


def outcomes(file: bytes) -> Iterator[str]:
    """What becomes of it, in each way to read it; anything but an error of its own kind is raised."""
    for read in (
        lambda: next(cut(file, [BOX], ORIGIN)),
        lambda: next(cut_ranged(lambda start, n: file[start : start + n], len(file), [BOX], ORIGIN)),
        lambda: plain_image(file),
        lambda: check_stored_file(file),
        lambda: place(file),
    ):
        try:
            read()
            yield "read"
        except SourceError as error:
            yield error.code


def place(file: bytes) -> None:
    """Work out where the image lies; what no look-up could rely on is said."""
    header = find_image(open_reader(file)).header
    refusal = refusal_of(read_celestial_wcs(header), header.naxis1, header.naxis2)
    if refusal:
        raise SourceDiffers(refusal)


def main() -> None:
    """Print what came of all files."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    dice, kinds, counts, longest = random.Random(23), files(), Counter[str](), 0.0
    for number in range(int(sys.argv[1])):
        file = mutated(kinds[number % len(kinds)], dice)
        begin = time.process_time()
        counts.update(outcomes(file))
        longest = max(longest, time.process_time() - begin)
    peak = peak_bytes(os.getpid()) / 1024**2  # ru_maxrss would have that of the process it was forked from
    print(json.dumps({"outcomes": counts, "seconds": longest, "megabytes": peak, "kinds": len(kinds)}))


if __name__ == "__main__":
    main()
