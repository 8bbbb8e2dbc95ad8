"""Reading the index of a bundle from an object store, in one request where it is short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import PreconditionError

from skybatch.bundles.bundle_format import FOOTER, BundleIndex, UnsoundBundle, decode_footer, decode_index

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Holds the index of some four hundred files; a longer one takes a second request.
FIRST_READ_BYTES = 48 * 1024


def read_index(objects: ObjectStore, key: str, size: int, etag: str) -> BundleIndex:
    """Read the index of the object of this size and entity tag.

    Raises
    ------
    UnsoundBundle
        It is no whole bundle, or another object is in its place.
    """
    tail = read_if_unchanged(objects, key, max(0, size - FIRST_READ_BYTES), size, etag)
    footer = decode_footer(tail, size)
    wanted = footer.index_bytes + FOOTER.size
    if wanted > len(tail):
        tail = read_if_unchanged(objects, key, size - wanted, size, etag)
    return decode_index(tail[-wanted : -FOOTER.size], footer)


def read_if_unchanged(objects: ObjectStore, key: str, start: int, stop: int, etag: str) -> bytes:
    """Read the bytes from ``start`` to before ``stop`` of the object that has this entity tag.

    Raises UnsoundBundle where it is another object or a shorter one.
    """
    if start >= stop:
        return b""
    try:
        found = obstore.get(objects, key, options={"range": (start, stop), "if_match": etag})
        body = bytes(found.bytes())
    except (PreconditionError, FileNotFoundError) as error:
        raise UnsoundBundle(f"{key} is not the object that was listed") from error
    if len(body) != stop - start:
        raise UnsoundBundle(f"{key} has no bytes {start} to {stop}")
    return body
