"""Joining files of a directory: the kernel copies ranges, on some file systems without moving a byte."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from skybatch.bundles.assembler import Assembled, MakeTail
from skybatch.bundles.ranges import KeyOf
from skybatch.bundles.spans import Span
from skybatch.errors import Transient

COPY_BYTES = 1 << 30
PARTIAL_SUFFIX = ".part"
# The kernel cannot copy here: between these file systems, on this one, between these kinds of file, in this
# version, or because a sandbox forbids the call (copy_file_range(2)). Reading and writing still can.
CANNOT_COPY = frozenset(
    {errno.EXDEV, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS, errno.EPERM}
)


@dataclass(frozen=True)
class DirectoryAssembler:
    """Joins files below a directory; ``key_of`` gives a bundle's path there."""

    root: Path
    key_of: KeyOf

    def assemble(self, key: str, spans: Sequence[Span], make_tail: MakeTail, media_type: str) -> Assembled:
        """Write the file; see `skybatch.bundles.assembler.Assembler`. Directories keep no media types."""
        target = self.root / key
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + PARTIAL_SUFFIX)
        try:
            with partial.open("wb") as file:
                self._copy(spans, file)
                file.writelines(make_tail())
                size = file.tell()
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return Assembled(size)

    def _copy(self, spans: Iterable[Span], file: BinaryIO) -> None:
        for span in spans:
            path = self.root / self.key_of(span.bundle)
            with path.open("rb") as source:
                if os.fstat(source.fileno()).st_size < span.stop:
                    raise Transient(f"{path} is shorter than its index says")
                copy_range(source, file, span.start, span.length)


def copy_range(source: BinaryIO, target: BinaryIO, start: int, length: int) -> None:
    """Append a range of one file to another, by the kernel where it can.

    Raises Transient where the range ends beyond the file, OSError where the disk fails or is full.
    """
    target.flush()
    at, left = start, length
    while left:
        copied = _copy_some(source.fileno(), target.fileno(), at, min(left, COPY_BYTES))
        if not copied:
            raise Transient(f"{source.name} ends at byte {at}")
        at, left = at + copied, left - copied
    target.seek(0, os.SEEK_END)


def _copy_some(source: int, target: int, start: int, length: int) -> int:
    """Copy up to ``length`` bytes to where the target stands; return how many."""
    if hasattr(os, "copy_file_range"):
        try:
            return os.copy_file_range(source, target, length, offset_src=start)
        except OSError as error:
            if error.errno not in CANNOT_COPY:
                raise
    return os.write(target, os.pread(source, min(length, 1 << 20), start))
