"""A tar file as a stream of chunks: bounded memory, bytes that depend on the contents alone."""

from __future__ import annotations

import hashlib
import tarfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeAlias, TypeVar

import obstore

# Every member carries this time (J2000.0), this owner and this mode, so identical batches are identical
# files.
MEMBER_TIME = 946_728_000
READS_IN_FLIGHT = 32
BYTES_IN_FLIGHT = 96 * 1024 * 1024

T = TypeVar("T")
Chunk: TypeAlias = bytes | obstore.Bytes


def folder_entry(name: str) -> bytes:
    """Make the header of a folder."""
    info = _info(name.rstrip("/") + "/", 0)
    info.type = tarfile.DIRTYPE
    info.mode = 0o755
    return info.tobuf(tarfile.PAX_FORMAT)


def file_entry(name: str, size: int) -> bytes:
    """Make the header that precedes a file's bytes."""
    return _info(name, size).tobuf(tarfile.PAX_FORMAT)


def padding(size: int) -> bytes:
    """Make the bytes that fill a file's last block of 512 bytes."""
    return bytes(-size % tarfile.BLOCKSIZE)


def end(written: int) -> bytes:
    """Make the two empty blocks at the end, filled up to a whole record, as tar programs write them."""
    closing = 2 * tarfile.BLOCKSIZE
    return bytes(closing + -(written + closing) % tarfile.RECORDSIZE)


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    info.mtime = MEMBER_TIME
    info.mode = 0o644
    return info


class CountedStream:
    """Passes chunks on while counting their bytes and computing their MD5."""

    def __init__(self) -> None:
        self.bytes = 0
        self._md5 = hashlib.md5(usedforsecurity=False)

    def through(self, chunks: Iterable[Chunk]) -> Iterator[Chunk]:
        """Yield the chunks unchanged."""
        for chunk in chunks:
            self.bytes += len(chunk)
            self._md5.update(chunk)
            yield chunk

    @property
    def md5(self) -> str:
        """The MD5 so far, in hexadecimal digits."""
        return self._md5.hexdigest()


def read_ahead(
    wanted: Sequence[T], size: Callable[[T], int], read: Callable[[T], Chunk]
) -> Iterator[tuple[T, Chunk]]:
    """Read objects in parallel and yield them in order.

    No more than 32 reads and 96 MiB are ahead of the consumer (always at least one read).
    """
    ahead: deque[tuple[T, Future[Chunk]]] = deque()
    coming = deque(wanted)
    held = 0
    with ThreadPoolExecutor(READS_IN_FLIGHT) as pool:
        while coming or ahead:
            while coming and (not ahead or _fits(len(ahead), held + size(coming[0]))):
                item = coming.popleft()
                held += size(item)
                ahead.append((item, pool.submit(read, item)))
            item, future = ahead.popleft()
            yield item, future.result()
            held -= size(item)


def _fits(reads: int, held: int) -> bool:
    return reads < READS_IN_FLIGHT and held <= BYTES_IN_FLIGHT
