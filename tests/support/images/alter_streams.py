"""Read thousands of altered Quicklooks; run in a process of its own, which a bad decoder would take down.

    python -m tests.support.images.alter_streams COUNT FILE...

Alters one byte, or the length, of each file in turn at random places; prints as JSON how often each outcome
came, and by how much memory grew in kB.
"""

from __future__ import annotations

import json
import random
import resource
import sys
from collections import Counter
from pathlib import Path

from skybatch.errors import SourceError
from skybatch.imaging.quicklook import decompress_quicklook, read_quicklook_header


def altered(stored: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(stored))
    if dice.random() < 0.1:
        return stored[:place]
    return stored[:place] + bytes([dice.randrange(256)]) + stored[place + 1 :]


def outcome(stored: bytes, most: int) -> str:
    try:
        plain = decompress_quicklook(stored)
    except SourceError as error:
        return error.code
    size = read_quicklook_header(stored).file_bytes
    assert len(plain) - size in (0, 2880)
    assert len(plain) <= most
    return "read"


def main() -> None:
    count, files = int(sys.argv[1]), [Path(name).read_bytes() for name in sys.argv[2:]]
    dice, outcomes = random.Random(count), Counter[str]()
    sizes = [len(decompress_quicklook(stored)) for stored in files]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for number in range(count):
        stored, size = files[number % len(files)], sizes[number % len(files)]
        outcomes[outcome(altered(stored, dice), 10 * size)] += 1
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(json.dumps({"outcomes": outcomes, "grown_kb": grown}))


if __name__ == "__main__":
    main()
