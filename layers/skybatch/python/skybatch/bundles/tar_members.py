"""Members of a tar file, byte for byte: what precedes a file, what follows it, how the archive ends.

Archives are made of fragments that different processes write, so a member's bytes depend on its name, its
size and its contents alone (POSIX.1-2001, pax interchange format).
"""

from __future__ import annotations

import tarfile

BLOCK_BYTES = tarfile.BLOCKSIZE
# Every member carries this time (J2000.0), this owner and this mode, so identical batches are identical
# files.
MEMBER_TIME = 946_728_000
_MODE = 0o644


def file_entry(name: str, size: int) -> bytes:
    """Make the header that precedes a file's bytes."""
    info = tarfile.TarInfo(name)
    info.size = size
    info.mtime = MEMBER_TIME
    info.mode = _MODE
    return info.tobuf(tarfile.PAX_FORMAT)


def padding(size: int) -> bytes:
    """Make the bytes that fill a file's last block of 512 bytes."""
    return bytes(-size % BLOCK_BYTES)


def padded(size: int) -> int:
    """Give the bytes that a file's blocks take."""
    return size + -size % BLOCK_BYTES


def end(written: int) -> bytes:
    """Make the two empty blocks at the end, filled up to a whole record, as tar programs write them."""
    closing = 2 * BLOCK_BYTES
    return bytes(closing + -(written + closing) % tarfile.RECORDSIZE)
