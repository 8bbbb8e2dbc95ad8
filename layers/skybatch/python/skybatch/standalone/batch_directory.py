"""The objects of one batch as files of a directory: results at its top, all else below ``.skybatch``.

A directory keeps no media types and lists in no order. One process at a time owns it (`locked`); files appear
whole or not at all.
"""

from __future__ import annotations

import fcntl
import itertools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from obstore.store import LocalStore

from skybatch.batch import keys
from skybatch.batch.store import BatchStore, StoredObject
from skybatch.errors import Conflict

if TYPE_CHECKING:
    import obstore

WORK = ".skybatch"
LOCK = "lock"
PARTIAL = "#"
"""In the names of files that are being written, before a number."""
_numbers = itertools.count()


class BatchDirectory(BatchStore):
    """Reads and writes the objects of the batch in a directory."""

    def __init__(self, root: Path, batch_id: str) -> None:
        root.mkdir(parents=True, exist_ok=True)
        super().__init__(LocalStore(str(root)), batch_id)
        self.root = root

    def path(self, name: str) -> str:
        """Give the path of an object below the directory."""
        folder, _, rest = name.partition("/")
        return rest if folder == keys.RESULTS else f"{WORK}/{name}"

    def name_of(self, path: str) -> str:
        """Give the name of the object whose path is given: the inverse of `path`."""
        name = path.removeprefix(f"{WORK}/")
        return name if name != path else keys.result(path)

    def file(self, name: str) -> Path:
        """Give the file of an object."""
        return self.root / self.path(name)

    def read(self, name: str) -> bytes | None:
        """Read the file's bytes, or None where there is none."""
        with suppress(FileNotFoundError):
            return self.file(name).read_bytes()
        return None

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Read some of the file's bytes. Raises FileNotFoundError where there is none."""
        with self.file(name).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def write(self, name: str, body: bytes, media_type: str = "application/octet-stream") -> None:
        """Write or overwrite."""
        with _whole(self.file(name), os.replace) as file:
            file.write(body)

    def upload(self, name: str, chunks: Iterator[bytes | obstore.Bytes], media_type: str) -> None:
        """Write or overwrite, chunk by chunk."""
        with _whole(self.file(name), os.replace) as file:
            file.writelines(chunks)

    def create(self, name: str, body: bytes, media_type: str = "application/json") -> bool:
        """Write unless the file exists; return False where it did."""
        return self.create_of_pieces(name, [body])

    def create_of_pieces(self, name: str, pieces: list[bytes]) -> bool:
        """Write pieces that follow each other as `create` does, without joining them."""
        try:
            with _whole(self.file(name), place_new) as file:
                file.writelines(pieces)
        except FileExistsError:
            return False
        return True

    def size(self, name: str) -> int | None:
        """Read the file's size in bytes, or None where there is none."""
        with suppress(FileNotFoundError):
            return self.file(name).stat().st_size
        return None

    def delete(self, name: str) -> None:
        """Delete a file; an absent one is no error."""
        self.file(name).unlink(missing_ok=True)

    def list(self, folder: str, after: str = "") -> Iterator[StoredObject]:
        """List a folder in name order, strictly after the name ``after``, without what is being written."""
        listed = (stored for stored in super().list(folder, after) if PARTIAL not in stored.name)
        yield from sorted(listed, key=lambda stored: stored.name)

    def remove_leftovers(self) -> int:
        """Remove files that a run which died was writing, and places that it had taken; return how many."""
        work = self.root / WORK
        leftovers = {*self.root.glob(f"*{PARTIAL}*"), *work.rglob(f"*{PARTIAL}*")}
        empty = (path for path in work.rglob("*") if path.is_file() and not path.stat().st_size)
        leftovers |= {path for path in empty if path.name != LOCK}
        for path in leftovers:
            path.unlink(missing_ok=True)
        return len(leftovers)


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Own a directory until the block ends, whatever becomes of the process.

    Raises
    ------
    Conflict
        Another process owns it.
    """
    (root / WORK).mkdir(parents=True, exist_ok=True)
    with (root / WORK / LOCK).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another run is writing to {root}.") from None
        yield


@contextmanager
def _whole(target: Path, place: Callable[[Path, Path], None]) -> Iterator[BinaryIO]:
    """Write a file beside its target, and put it there when the block ends without an error."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}{PARTIAL}{os.getpid()}-{next(_numbers)}")
    try:
        with partial.open("xb") as file:
            yield file
        place(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def place_new(partial: Path, target: Path, link: Callable[[Path, Path], None] = os.link) -> None:
    """Put a file in a place that is free.

    By a hard link, of which one writer makes the first. Where the file system has none, the place is taken by
    an empty file that only one writer creates, which the whole one then replaces.

    Raises
    ------
    FileExistsError
        The place is taken.
    """
    try:
        link(partial, target)
    except FileExistsError:
        raise
    except OSError:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o644))
        partial.replace(target)
