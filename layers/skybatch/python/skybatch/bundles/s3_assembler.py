"""Joining ranges of bundles inside S3: an upload whose parts are copies, so that almost no byte is moved."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

import obstore

from skybatch.bundles.assembler import Assembled, MakeTail
from skybatch.bundles.ranges import KeyOf, read_spans
from skybatch.bundles.spans import GATHERED_BYTES, Copied, Gathered, Part, Span, plan_parts
from skybatch.storage.multipart_upload import MultipartUpload, begin_upload, stored_crc32
from skybatch.storage.s3 import with_time_for

if TYPE_CHECKING:
    from obstore.store import ObjectStore

COPIES_IN_FLIGHT = 16
GATHERED_IN_FLIGHT = 4
"""Parts that are read and written at a time: each holds up to 21 MiB."""


@dataclass(frozen=True)
class S3Assembler:
    """Joins objects of one bucket.

    Attributes
    ----------
    objects, key_of
        The bucket, and the keys of its bundles by name.
    s3
        Makes the boto3 client; called only where there is something to copy.
    bucket
        The bucket's name.
    """

    objects: ObjectStore
    key_of: KeyOf
    s3: Callable[[], Any]
    bucket: str

    def assemble(self, key: str, spans: Sequence[Span], make_tail: MakeTail, media_type: str) -> Assembled:
        """Write the object; see `skybatch.bundles.assembler.Assembler`.

        Where nothing can be copied and all is short, it is one PUT.
        """
        parts, rest = plan_parts(spans)
        chunks = self._ending(rest, make_tail)
        if not parts:
            first, second = next(chunks, b""), next(chunks, None)
            if second is None:
                objects = with_time_for(self.objects, len(first))
                obstore.put(objects, key, first, attributes={"Content-Type": media_type})
                return Assembled(len(first), zlib.crc32(first))
            chunks = chain((first, second), chunks)
        upload = begin_upload(self.s3(), self.bucket, key, media_type)
        with upload.aborted_on_error():
            size = self._write_parts(upload, parts, chunks)
            upload.complete(size)
        return Assembled(size, stored_crc32(self.s3(), self.bucket, key))

    def _ending(self, rest: Gathered, make_tail: MakeTail) -> Iterator[bytes]:
        """Give the remainder of the spans and the tail, in chunks long enough for a part but for the last."""
        held = read_spans(self.objects, self.key_of, rest.spans)
        size = rest.length
        for piece in make_tail():
            held.append(piece)
            size += len(piece)
            if size >= GATHERED_BYTES:
                yield b"".join(held)
                held, size = [], 0
        if size:
            yield b"".join(held)

    def _write_parts(self, upload: MultipartUpload, parts: Sequence[Part], ending: Iterable[bytes]) -> int:
        """Copy and gather on other threads while the ending is made on this one; return the object's size."""
        size = sum(_length(part) for part in parts)
        with _Pools() as pools:
            for number, part in enumerate(parts, 1):
                pools.submit(part, self._write_part, upload, number, part)
            for number, chunk in enumerate(ending, len(parts) + 1):
                upload.write_part(number, chunk)
                size += len(chunk)
            pools.wait()
        return size

    def _write_part(self, upload: MultipartUpload, number: int, part: Part) -> None:
        if isinstance(part, Copied):
            span = part.span
            upload.copy_part(number, self.key_of(span.bundle), span.etag, span.start, span.stop)
        else:
            upload.write_part(number, b"".join(read_spans(self.objects, self.key_of, part.spans)))


@dataclass
class _Pools:
    """Threads for copies, and fewer for parts that are held in memory."""

    copies: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(COPIES_IN_FLIGHT))
    gathers: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(GATHERED_IN_FLIGHT))
    running: list[Future[None]] = field(default_factory=list)

    def __enter__(self) -> _Pools:
        return self

    def __exit__(self, *_: object) -> None:
        for pool in (self.copies, self.gathers):
            pool.shutdown(cancel_futures=True)

    def submit(self, part: Part, call: Callable[..., None], *args: Any) -> None:
        pool = self.copies if isinstance(part, Copied) else self.gathers
        self.running.append(pool.submit(call, *args))

    def wait(self) -> None:
        """Wait for all; raise what one of them raised."""
        for future in self.running:
            future.result()


def _length(part: Part) -> int:
    return part.span.length if isinstance(part, Copied) else part.length
