"""Where a delivered image lies: in which object, and where in it. A place is decided once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from skybatch.bundles.bundle_format import Member
from skybatch.bundles.tar_members import padded


@dataclass(frozen=True, slots=True)
class Place:
    """Where an image lies, for good: later objects that hold it too are not read.

    Attributes
    ----------
    bundle, etag
        Name and entity tag of the object.
    start, offset, length
        Where the image's tar member and its own bytes begin, and how many bytes it has.
    md5, crc32
        MD5 of the image; CRC-32 of its tar member.
    preview
        Offset and length of its preview in the same object, None where it has none.
    """

    bundle: str
    etag: str
    start: int
    offset: int
    length: int
    md5: str
    crc32: int
    preview: tuple[int, int] | None = None

    @classmethod
    def of_member(cls, bundle: str, etag: str, member: Member) -> Place:
        """Give the place of a bundle's member."""
        return cls(
            bundle,
            etag,
            member.start,
            member.offset,
            member.length,
            member.md5,
            member.crc32,
            member.preview,
        )

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.offset + padded(self.length)

    def to_json(self) -> list[Any]:
        """Give it as a short list."""
        facts = [self.bundle, self.etag, self.start, self.offset, self.length, self.md5, self.crc32]
        return [*facts, *(self.preview or ())]

    @classmethod
    def from_json(cls, values: list[Any]) -> Place:
        """Read what ``to_json`` gave."""
        bundle, etag, start, offset, length, md5, crc32, *preview = values
        pair = (preview[0], preview[1]) if preview else None
        return cls(bundle, etag, start, offset, length, md5, crc32, pair)
