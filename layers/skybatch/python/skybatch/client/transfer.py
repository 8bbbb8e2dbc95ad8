"""Transfer of single files: resumed where they stopped, several ranges at a time, delivered in order.

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

from skybatch.client.connections import ConnectionLost, Response, root_cause
from skybatch.client.exceptions import TransferFailed, Unreachable, from_response
from skybatch.client.retry import RETRYABLE, parse_retry_after
from skybatch.client.transport import Transport
from skybatch.errors import SkybatchError

SEGMENT_BYTES = 2 * 1024 * 1024
READ_BYTES = 256 * 1024
# For an expired presigned URL S3 returns 403, or 400 where the signing session itself has ended.
EXPIRED_URL_STATUSES = frozenset({400, 401, 403, 410})
EXPIRED_URL_ATTEMPTS = 3
PARTIAL_SUFFIX = ".part"

ByteCallback = Callable[[int], None]


def ignore_bytes(_: int) -> None:
    """Ignore a count of transferred bytes."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the server: its path, its size in bytes, and its MD5 in hexadecimal digits if known."""

    path: str
    size: int
    md5: str | None = None


class PresignedUrl:
    """The presigned URL behind a path, requested once and again only when it has expired."""

    def __init__(self, transport: Transport, path: str) -> None:
        self.transport = transport
        self.path = path
        self._url: str | None = None
        self._lock = threading.Lock()

    def get(self, expired: str | None = None) -> str:
        """Return the URL, or a new one where it is still the ``expired`` one."""
        with self._lock:
            if self._url is None or self._url == expired:
                self._url = self.transport.resolve(self.path)
            return self._url


def stream_range(
    url: PresignedUrl, start: int, stop: int, on_bytes: ByteCallback = ignore_bytes
) -> Iterator[bytes]:
    """Yield the bytes ``start`` to before ``stop``, reconnecting as often as the connection breaks.

    Raises
    ------
    Unreachable
        No byte came in as many attempts as the transport makes.
    SkybatchError
        The server's error for a file that cannot be had.
    """
    position, attempt, current = start, 0, None
    while position < stop:
        attempt += 1
        retry_after: float | None = None
        try:
            current = url.get()
            for chunk in _read_range(url.transport, current, position, stop):
                position, attempt = position + len(chunk), 0
                on_bytes(len(chunk))
                yield chunk
            continue
        except ConnectionLost as lost:
            failure: SkybatchError = Unreachable(f"the connection broke: {root_cause(lost)}")
        except _ErrorResponse as refused:
            failure, retry_after = refused.failure, refused.retry_after
            if refused.status in EXPIRED_URL_STATUSES and attempt < EXPIRED_URL_ATTEMPTS:
                url.get(expired=current)
            elif refused.status not in RETRYABLE:
                raise failure from None
        url.transport.wait_before_retry(failure, attempt, retry_after)


class _ErrorResponse(Exception):
    """An error response to the request for a range."""

    def __init__(self, response: Response) -> None:
        self.status = response.status
        self.failure = from_response(response.status, response.read())
        self.retry_after = parse_retry_after(response.headers.get("Retry-After"))


def _read_range(transport: Transport, url: str, start: int, stop: int) -> Iterator[bytes]:
    """Yield what one attempt gives of a range; a response that ends early raises ConnectionLost."""
    with transport.open_range(url, start, stop) as response:
        if response.status >= 400:
            raise _ErrorResponse(response)
        skip = 0 if response.status == 206 else start  # a server without ranges sends the whole file
        left = stop - start
        while left and (chunk := response.read1(READ_BYTES, decode_content=False)):
            if transport.closed.is_set():
                raise ConnectionLost("the client was closed")
            piece = chunk[skip : skip + left]
            skip -= min(skip, len(chunk))
            left -= len(piece)
            if piece:
                yield piece
        if left:
            raise ConnectionLost(f"the response ended {left} bytes early")


def stream_segments(
    url: PresignedUrl, start: int, stop: int, in_flight: int, on_bytes: ByteCallback = ignore_bytes
) -> Generator[bytearray, None, None]:
    """Yield the same bytes in order, fetching ``in_flight`` segments of 2 MiB at a time."""
    pending: deque[Future[bytearray]] = deque()

    def fetch_segment(first: int) -> bytearray:
        last = min(first + SEGMENT_BYTES, stop)
        segment, position = bytearray(last - first), 0
        for chunk in stream_range(url, first, last, on_bytes):
            segment[position : position + len(chunk)] = chunk
            position += len(chunk)
        return segment

    pool = ThreadPoolExecutor(in_flight, thread_name_prefix="skybatch-range")
    try:
        for first in range(start, stop, SEGMENT_BYTES):
            pending.append(pool.submit(fetch_segment, first))
            if len(pending) >= in_flight:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def fetch_file(
    transport: Transport, remote: RemoteFile, path: Path, on_bytes: ByteCallback = ignore_bytes
) -> Path:
    """Fetch one file to ``path``, continuing a partial file and verifying it before it gets its name.

    Raises
    ------
    TransferFailed
        The contents differ from what the server announced.
    """
    if is_verified(path, remote.size, remote.md5):
        on_bytes(remote.size)
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + PARTIAL_SUFFIX)
    start = _resume_position(partial, remote.size)
    on_bytes(start)
    with partial.open("ab") as file:
        for chunk in stream_range(PresignedUrl(transport, remote.path), start, remote.size, on_bytes):
            file.write(chunk)
    if is_verified(partial, remote.size, remote.md5):
        return partial.replace(path)
    partial.unlink()
    if start:  # the partial file was of other contents: once more from the first byte
        on_bytes(-remote.size)
        return fetch_file(transport, remote, path, on_bytes)
    raise TransferFailed(f"{path.name} differs from what the server announced.", files=[path.name])


def _resume_position(partial: Path, size: int) -> int:
    """Return the size of a partial file; one that is longer than the file itself is removed."""
    position = partial.stat().st_size if partial.exists() else 0
    if position <= size:
        return position
    partial.unlink()
    return 0


def is_verified(path: Path, size: int, md5: str | None) -> bool:
    """Whether a file exists with this size and, where given, this MD5."""
    try:
        if path.stat().st_size != size:
            return False
        return md5 is None or md5_of(path) == md5
    except FileNotFoundError:
        return False


def md5_of(path: Path) -> str:
    """Return a file's MD5 in hexadecimal digits, reading in constant memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
