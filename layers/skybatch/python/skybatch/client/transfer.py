"""Bytes from the server's files: begun again where they stopped, several ranges at a time, in order.

Memory is bounded by the ranges in flight, whatever the size of the file.
"""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from skybatch.client.connections import Answer, LostConnection, reason
from skybatch.client.exceptions import TransferFailed, Unreachable, from_answer
from skybatch.client.retry import RETRYABLE, retry_after
from skybatch.client.transport import Transport
from skybatch.errors import SkybatchError

SEGMENT_BYTES = 2 * 1024 * 1024
PIECE_BYTES = 256 * 1024
# A signed URL that is over: S3 answers 403, or 400 where the signing session itself has ended.
STALE = frozenset({400, 401, 403, 410})
STALE_TRIES = 3
PART = ".part"

Progress = Callable[[int], None]


def silent(_: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Wanted:
    """A file to fetch: its path on the server, its size, its MD5 where that is known."""

    path: str
    bytes: int
    md5: str | None = None


class Link:
    """The signed URL behind a path, asked for once and again only when it is over."""

    def __init__(self, transport: Transport, path: str) -> None:
        self.transport = transport
        self.path = path
        self._url: str | None = None
        self._lock = threading.Lock()

    def url(self, stale: str | None = None) -> str:
        """The URL; another one than ``stale`` where that is told."""
        with self._lock:
            if self._url is None or self._url == stale:
                self._url = self.transport.location(self.path)
            return self._url


def stream(link: Link, start: int, stop: int, progress: Progress = silent) -> Iterator[bytes]:
    """The bytes ``start`` to before ``stop``, however often the connection breaks on the way.

    Raises Unreachable when no byte came in as many tries as the transport makes, and the server's error
    for what cannot be had.
    """
    at, attempt, url = start, 0, None
    while at < stop:
        attempt += 1
        told: float | None = None
        try:
            url = link.url()
            for chunk in _pieces(link.transport, url, at, stop):
                at, attempt = at + len(chunk), 0
                progress(len(chunk))
                yield chunk
            continue
        except LostConnection as lost:
            failure: SkybatchError = Unreachable(f"the connection broke: {reason(lost)}")
        except _Refused as refused:
            failure, told = refused.failure, refused.retry_after
            if refused.status in STALE and attempt < STALE_TRIES:
                link.url(stale=url)
            elif refused.status not in RETRYABLE:
                raise failure from None
        link.transport.give_way(failure, attempt, told)


class _Refused(Exception):
    """An error answer to a range."""

    def __init__(self, answer: Answer) -> None:
        self.status = answer.status
        self.failure = from_answer(answer.status, answer.read())
        self.retry_after = retry_after(answer.headers.get("Retry-After"))


def _pieces(transport: Transport, url: str, start: int, stop: int) -> Iterator[bytes]:
    """What one try gives of a range; an answer that ends early raises LostConnection."""
    with transport.open(url, start, stop) as answer:
        if answer.status >= 400:
            raise _Refused(answer)
        skip = 0 if answer.status == 206 else start  # a server without ranges sends it all
        left = stop - start
        while left and (chunk := answer.read1(PIECE_BYTES, decode_content=False)):
            if transport.stopped.is_set():
                raise LostConnection("stopped")
            piece = chunk[skip : skip + left]
            skip -= min(skip, len(chunk))
            left -= len(piece)
            if piece:
                yield piece
        if left:
            raise LostConnection(f"the answer ended {left} bytes early")


def ahead(
    link: Link, start: int, stop: int, in_flight: int, progress: Progress = silent
) -> Generator[bytearray, None, None]:
    """The same bytes in order, ``in_flight`` segments of 2 MiB fetched side by side."""
    starts = iter(range(start, stop, SEGMENT_BYTES))
    coming: deque[Future[bytearray]] = deque()

    def fetch(first: int) -> bytearray:
        last = min(first + SEGMENT_BYTES, stop)
        segment, at = bytearray(last - first), 0
        for chunk in stream(link, first, last, progress):
            segment[at : at + len(chunk)] = chunk
            at += len(chunk)
        return segment

    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="skybatch-range")
    try:
        for first in starts:
            coming.append(pool.submit(fetch, first))
            if len(coming) >= in_flight:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def fetch(transport: Transport, wanted: Wanted, path: Path, progress: Progress = silent) -> Path:
    """One file to ``path``, going on with what ``path`` + ``.part`` holds; checked before it takes its name.

    Raises TransferFailed where the bytes are not those that were told.
    """
    if holds(path, wanted.bytes, wanted.md5):
        progress(wanted.bytes)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + PART)
    begun = part.stat().st_size if part.exists() else 0
    if begun > wanted.bytes:
        part.unlink()
        begun = 0
    progress(begun)
    with part.open("ab") as file:
        for chunk in stream(Link(transport, wanted.path), begun, wanted.bytes, progress):
            file.write(chunk)
    if not holds(part, wanted.bytes, wanted.md5):
        part.unlink()
        if begun:  # what was begun was not of this file: once more from its first byte
            progress(-wanted.bytes)
            return fetch(transport, wanted, path, progress)
        raise TransferFailed(f"{path.name} did not come as the server says it is.", files=[path.name])
    return part.replace(path)


def holds(path: Path, size: int, md5: str | None) -> bool:
    """Whether a file has this size and, where told, this MD5."""
    try:
        if path.stat().st_size != size:
            return False
        return md5 is None or md5_of(path) == md5
    except FileNotFoundError:
        return False


def md5_of(path: Path) -> str:
    """A file's MD5 in hexadecimal digits, read in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
