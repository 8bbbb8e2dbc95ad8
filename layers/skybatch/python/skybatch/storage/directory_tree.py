"""A tree of objects as files in a directory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from skybatch.storage.trees import Entry


@dataclass(frozen=True)
class DirectoryTree:
    """A tree of files below a directory.

    ``confined`` trees list nothing that a link brings from outside: each folder of the root is listed without
    the links below it that leave it. Otherwise links are followed, as to further disks of an archive.
    """

    root: Path
    confined: bool = False

    def read(self, path: str) -> bytes:
        """Read the whole object."""
        return self._at(path).read_bytes()

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read ``length`` bytes from ``start``; fewer at the end of the object."""
        with self._at(path).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def read_start(self, path: str, length: int) -> tuple[bytes, int]:
        """Read the first bytes of a file, and its size."""
        with self._at(path).open("rb") as file:
            return file.read(length), os.fstat(file.fileno()).st_size

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        """Read several ranges of one object, in their order."""
        with self._at(path).open("rb") as file:
            return [
                os.pread(file.fileno(), length, start) for start, length in zip(starts, lengths, strict=True)
            ]

    def local(self, path: str) -> Path | None:
        """Return the path of the object's file."""
        return self._at(path)

    def write(self, path: str, data: bytes) -> None:
        """Write a new file and put it in the place of an old one."""
        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        _replace(target, data)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> None:
        """Write what ``change`` makes of the file's content; a lock beside it keeps other writers out."""
        import fcntl

        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_name(f".{target.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            _replace(target, change(target.read_bytes() if target.exists() else None))

    def entries(self, prefix: str) -> Iterator[Entry]:
        """List the files below ``prefix`` in order of their paths; hidden ones are left out."""
        inside = self._at(prefix.partition("/")[0]).resolve() if self.confined else None
        yield from _walk(self._at(prefix) if prefix else self.root, prefix, inside)

    def delete(self, path: str) -> None:
        """Delete one object; an absent one is no error."""
        self._at(path).unlink(missing_ok=True)

    def _at(self, path: str) -> Path:
        return Path(self.root, path)


def _replace(target: Path, data: bytes) -> None:
    # Named after the process, so that two writers never share a half-written file.
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    partial.write_bytes(data)
    partial.replace(target)


def _walk(folder: Path, prefix: str, inside: Path | None) -> Iterator[Entry]:
    """List the files below a folder in the order of an object store's keys, without hidden ones.

    Links that lead out of ``inside``, or back to a folder they lie in, are left out.
    """
    if not folder.is_dir() or (inside is not None and not folder.resolve().is_relative_to(inside)):
        return
    shown = [entry for entry in os.scandir(folder) if entry.name[0] != "." and _is_followed(entry, inside)]
    for name, entry in sorted(
        ((e.name + "/" if e.is_dir() else e.name, e) for e in shown), key=lambda pair: pair[0]
    ):
        if entry.is_dir():
            yield from _walk(Path(entry.path), prefix + name, inside)
        else:
            yield _listed(prefix + name, entry)


def _is_followed(entry: os.DirEntry[str], inside: Path | None) -> bool:
    """Tell whether an entry is no link, or one to a place below ``inside`` that does not hold the link."""
    if not entry.is_symlink():
        return True
    try:
        target = Path(entry.path).resolve()
    except (OSError, RuntimeError):  # links in a circle
        return False
    if Path(entry.path).parent.resolve().is_relative_to(target):
        return False
    return inside is None or target.is_relative_to(inside)


def _listed(path: str, entry: os.DirEntry[str]) -> Entry:
    """Return a file's entry; a link to nothing has no bytes, so that it is named and spoils no listing."""
    try:
        status = entry.stat()
    except OSError:
        return Entry(path, 0, 0)
    return Entry(path, status.st_size, int(status.st_mtime))
