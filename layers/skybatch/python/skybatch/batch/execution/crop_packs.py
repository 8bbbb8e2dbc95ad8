"""Packs of crops: what a worker made from one stored image, as one object beside the images.

A pack holds small crops and their previews, so that packaging reads many crops by one request, and pages
their pictures. It only saves requests: an image that is in no pack is read by itself, a preview is drawn
when it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import obstore

from skybatch.batch import keys
from skybatch.batch.store import BatchStore

LARGEST_PACKED = 128 * 1024
"""Bytes of a crop that goes into a pack: those whose own request costs more than their bytes."""
LARGEST_READ = 192 * 1024 * 1024
"""Bytes of packs that packaging holds at once: 7,500 crops of 50 arcsec."""
# Enough for the names and lengths of a hundred crops and previews, and the first of their pictures.
_FIRST_READ_BYTES = 64 * 1024


async def write_pack(store: BatchStore, name: str, members: Mapping[str, bytes]) -> None:
    """Write a pack: the length of each member by its name as a line of JSON, then the members."""
    lengths = {member: len(body) for member, body in members.items()}
    pack = b"".join((json.dumps(lengths).encode(), b"\n", *members.values()))
    await obstore.put_async(store.objects, store.path(keys.crop_pack(name)), pack)


def read_member(store: BatchStore, folder: str, name: str) -> bytes | None:
    """Read one member from the packs of a folder, with as few bytes as possible; None if in none."""
    for stored in store.list(keys.crop_pack(folder)):
        pack = keys.crop_pack(f"{folder}/{stored.name}")
        first = store.read_range(pack, 0, min(_FIRST_READ_BYTES, stored.bytes))
        if span := _spans(first).get(name):
            start, end = span
            return first[start:end] if end <= len(first) else store.read_range(pack, start, end - start)
    return None


def read_packed_crops(
    store: BatchStore, sizes: Mapping[str, int], max_bytes: int = LARGEST_READ
) -> dict[str, memoryview]:
    """Read crops by file name, from as many packs as ``max_bytes`` hold.

    ``sizes`` are the real sizes in bytes of those wanted; a member of another size is left out.
    """
    found = {}
    for pack in store.read_many(keys.crop_pack(name) for name in _packs_within(store, max_bytes)):
        for name, body in _members(pack or b""):
            if sizes.get(name) == len(body):
                found[name] = body
    return found


def _packs_within(store: BatchStore, max_bytes: int) -> Iterator[str]:
    total = 0
    for stored in store.list(keys.CROP_PACKS):
        total += stored.bytes
        if total > max_bytes:
            return
        yield stored.name


def _members(pack: bytes) -> Iterator[tuple[str, memoryview]]:
    for name, (start, end) in _spans(pack).items():
        yield name, memoryview(pack)[start:end]


def _spans(pack: bytes) -> dict[str, tuple[int, int]]:
    """Find where each member begins and ends, by the first line of a pack."""
    line, newline, _ = pack.partition(b"\n")
    spans, start = {}, len(line) + len(newline)
    for name, length in json.loads(line or b"{}").items():
        spans[name] = (start, start + length)
        start += length
    return spans
