"""Writing a bundle: files are added one by one, the object is given as pieces that follow each other."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field, replace

from skybatch.bundles.bundle_format import BundleIndex, FailedTask, Member, encode_index
from skybatch.bundles.tar_members import file_entry, padding


@dataclass
class BundleWriter:
    """Collects the files and failures of a bundle, in the order in which they are added.

    ``size`` counts the bytes of the fragment, ``preview_bytes`` those of the previews. Nothing is copied:
    pieces are kept as they are given.
    """

    size: int = 0
    preview_bytes: int = 0
    _pieces: list[bytes] = field(default_factory=list)
    _previews: list[bytes] = field(default_factory=list)
    _members: list[Member] = field(default_factory=list)
    _failures: list[FailedTask] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added."""
        return not self._members and not self._failures

    def add_file(self, number: int, name: str, body: bytes, preview: bytes | None = None) -> None:
        """Add the file of a task by its path in the archive, with its preview if there is one."""
        header, filling = file_entry(name, len(body)), padding(len(body))
        crc32 = zlib.crc32(filling, zlib.crc32(body, zlib.crc32(header)))
        md5 = hashlib.md5(body, usedforsecurity=False).hexdigest()
        # Where its preview lies counts from the first preview until the fragment is complete.
        place = (self.preview_bytes, len(preview)) if preview else None
        member = Member(number, self.size, self.size + len(header), len(body), md5, crc32, place)
        self._members.append(member)
        self._pieces += [header, body, filling]
        self.size = member.end
        if preview:
            self._previews.append(preview)
            self.preview_bytes += len(preview)

    def add_failure(self, number: int, code: str, reason: str) -> None:
        """Record why a task cannot be done."""
        self._failures.append(FailedTask(number, code, reason))

    def index(self) -> BundleIndex:
        """Give the index of what was added."""
        return BundleIndex(tuple(map(self._placed, self._members)), tuple(self._failures))

    def pieces(self) -> list[bytes]:
        """Give the bytes of the object: fragment, previews, index and footer."""
        tail = encode_index(self.index(), self.preview_bytes)
        return [piece for piece in (*self._pieces, *self._previews, tail) if piece]

    def _placed(self, member: Member) -> Member:
        if member.preview is None:
            return member
        start, length = member.preview
        return replace(member, preview=(self.size + start, length))
