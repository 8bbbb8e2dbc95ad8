"""Sheets: what a worker made from one stored image, kept together as one object beside the images.

A sheet holds small crops and their previews. Packaging brings many crops by one request, and pages their
pictures. It is a help and never the truth: an image that stands on none is read by itself, a preview drawn
when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import obstore

from skybatch.batch import keys
from skybatch.batch.store import BatchStore

LARGEST_KEPT = 128 * 1024
"""Bytes of a crop that a sheet holds: those whose own request costs more than their bytes."""
MOST_GATHERED = 192 * 1024 * 1024
"""Bytes of sheets that packaging holds at once: 7,500 crops of 50 arcsec."""
# Enough for the names and lengths of a hundred crops and previews, and the first of their pictures.
_FRONT_BYTES = 64 * 1024


async def keep(store: BatchStore, name: str, parts: Mapping[str, bytes]) -> None:
    """Write a sheet: the length of each part by its name as a line of JSON, then the parts."""
    lengths = {part: len(body) for part, body in parts.items()}
    sheet = b"".join((json.dumps(lengths).encode(), b"\n", *parts.values()))
    await obstore.put_async(store.objects, store.path(keys.crop_pack(name)), sheet)


def part(store: BatchStore, folder: str, name: str) -> bytes | None:
    """A part by its name from the sheets of a folder, as little of them read as need be; None if on none."""
    for stored in store.list(keys.crop_pack(folder)):
        sheet = keys.crop_pack(f"{folder}/{stored.name}")
        front = store.read_range(sheet, 0, min(_FRONT_BYTES, stored.bytes))
        if place := _places(front).get(name):
            start, end = place
            return front[start:end] if end <= len(front) else store.read_range(sheet, start, end - start)
    return None


def gather(store: BatchStore, sizes: Mapping[str, int], most: int = MOST_GATHERED) -> dict[str, memoryview]:
    """Crops by file name, from as many sheets as ``most`` bytes hold.

    ``sizes`` are those wanted and their real sizes in bytes; a part of another size is left where it is.
    """
    found = {}
    for sheet in store.read_many(keys.crop_pack(name) for name in _that_fit(store, most)):
        for name, body in _parts(sheet or b""):
            if sizes.get(name) == len(body):
                found[name] = body
    return found


def _that_fit(store: BatchStore, most: int) -> Iterator[str]:
    held = 0
    for stored in store.list(keys.CROP_PACKS):
        held += stored.bytes
        if held > most:
            return
        yield stored.name


def _parts(sheet: bytes) -> Iterator[tuple[str, memoryview]]:
    for name, (start, end) in _places(sheet).items():
        yield name, memoryview(sheet)[start:end]


def _places(front: bytes) -> dict[str, tuple[int, int]]:
    """Where each part begins and ends, by the first line of a sheet."""
    line, newline, _ = front.partition(b"\n")
    places, start = {}, len(line) + len(newline)
    for name, length in json.loads(line or b"{}").items():
        places[name] = (start, start + length)
        start += length
    return places
