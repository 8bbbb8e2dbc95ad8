"""The format of a bundle: tar members, previews, an index of both, and a footer of fixed size.

::

    fragment    members of the archive, each a tar header, a file and its padding; no end mark
    previews    PNG pictures of some of the files, end to end
    index       JSON: [[number, start, offset, length, md5, crc32, preview offset, preview length], ...]
                of the members in their order, and [[number, code, reason], ...] of what cannot be delivered
    footer      magic, version, CRC-32 of the index, lengths of fragment, previews and index (big-endian)

Offsets count from the object's first byte. The fragment stands first, so that a copy of a range of the object
is a part of the archive. An index need not name every task that the bundle was meant for.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from skybatch.bundles.tar_members import BLOCK_BYTES, padded

MAGIC = b"SKYBNDL\n"
VERSION = 1
FOOTER = struct.Struct(">8sIIQQQ")


class UnsoundBundle(Exception):
    """An object that is no whole bundle of this version: its contents count as absent."""


@dataclass(frozen=True)
class Member:
    """A file of a bundle.

    Attributes
    ----------
    number
        The task it is the file of.
    start, offset, length
        Where its tar header and its own bytes begin, and how many bytes it has.
    md5, crc32
        MD5 of the file; CRC-32 of the whole member, with its header and padding.
    preview
        Offset and length of its preview, None where it has none.
    """

    number: int
    start: int
    offset: int
    length: int
    md5: str
    crc32: int
    preview: tuple[int, int] | None = None

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.offset + padded(self.length)


@dataclass(frozen=True)
class FailedTask:
    """A task that cannot be done: its number, a code, and the details."""

    number: int
    code: str
    reason: str


@dataclass(frozen=True)
class BundleIndex:
    """What a bundle says of its tasks: files in the order of the fragment, and failures."""

    members: tuple[Member, ...]
    failures: tuple[FailedTask, ...]

    @property
    def fragment_bytes(self) -> int:
        """Bytes of the fragment."""
        return self.members[-1].end if self.members else 0


@dataclass(frozen=True)
class Footer:
    """What the last bytes of a bundle say: checksum of the index, and the lengths of what precedes them."""

    index_crc32: int
    fragment_bytes: int
    preview_bytes: int
    index_bytes: int

    @property
    def object_bytes(self) -> int:
        """Bytes of the whole object."""
        return self.fragment_bytes + self.preview_bytes + self.index_bytes + FOOTER.size


def encode_index(index: BundleIndex, preview_bytes: int) -> bytes:
    """Write index and footer of a bundle whose previews take ``preview_bytes``."""
    members = [_row(member) for member in index.members]
    failures = [[failed.number, failed.code, failed.reason] for failed in index.failures]
    body = json.dumps([members, failures], separators=(",", ":"), ensure_ascii=False).encode()
    lengths = (index.fragment_bytes, preview_bytes, len(body))
    return body + FOOTER.pack(MAGIC, VERSION, zlib.crc32(body), *lengths)


def decode_footer(tail: bytes, object_bytes: int) -> Footer:
    """Read the footer at the end of ``tail``. Raises UnsoundBundle."""
    if len(tail) < FOOTER.size:
        raise UnsoundBundle(f"the object has {object_bytes} bytes, fewer than a footer")
    magic, version, crc32, *lengths = FOOTER.unpack(tail[-FOOTER.size :])
    if (magic, version) != (MAGIC, VERSION):
        raise UnsoundBundle(f"the object ends with {magic!r} and version {version}")
    footer = Footer(crc32, *lengths)
    if footer.object_bytes != object_bytes:
        raise UnsoundBundle(f"its parts make {footer.object_bytes} bytes, the object has {object_bytes}")
    return footer


def decode_index(body: bytes, footer: Footer) -> BundleIndex:
    """Read an index, and check that its members lie end to end. Raises UnsoundBundle."""
    if len(body) != footer.index_bytes or zlib.crc32(body) != footer.index_crc32:
        raise UnsoundBundle("the checksum of the index differs")
    try:
        members, failures = json.loads(body)
        index = BundleIndex(tuple(map(_member, members)), tuple(FailedTask(*row) for row in failures))
    except (ValueError, TypeError) as error:
        raise UnsoundBundle(f"the index cannot be read: {error}") from error
    for fault in _faults(index, footer):
        raise UnsoundBundle(fault)
    return index


def _faults(index: BundleIndex, footer: Footer) -> Iterator[str]:
    """Say what of an index cannot be: gaps, numbers that come twice, previews elsewhere."""
    numbers = [each.number for each in index.members] + [each.number for each in index.failures]
    if len(set(numbers)) < len(numbers):
        yield "a task is named twice"
    yield from _gaps(index.members)
    if index.fragment_bytes != footer.fragment_bytes:
        yield f"the members end at {index.fragment_bytes}, the fragment at {footer.fragment_bytes}"
    end = footer.fragment_bytes + footer.preview_bytes
    for start, length in (member.preview for member in index.members if member.preview):
        if not footer.fragment_bytes <= start <= start + length <= end:
            yield f"a preview at {start} is not among the previews"


def _gaps(members: Iterable[Member]) -> Iterator[str]:
    at = 0
    for member in members:
        header = member.offset - member.start
        if member.start != at or header <= 0 or header % BLOCK_BYTES or member.length < 0:
            yield f"the member of task {member.number} does not follow the one before it"
        at = member.end


def _row(member: Member) -> list[Any]:
    facts = [member.number, member.start, member.offset, member.length, member.md5, member.crc32]
    return [*facts, *(member.preview or ())]


def _member(row: list[Any]) -> Member:
    number, start, offset, length, md5, crc32, *preview = row
    numbers = (number, start, offset, length, crc32, *preview)
    if not all(type(each) is int for each in numbers) or len(preview) not in (0, 2):
        raise ValueError(f"a member is {row}")
    return Member(
        number, start, offset, length, str(md5), crc32, (preview[0], preview[1]) if preview else None
    )
