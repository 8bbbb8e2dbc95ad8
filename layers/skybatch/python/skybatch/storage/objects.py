"""Where an archive lies: a directory or an object store, read and written through the same few verbs.

Paths are keys with forward slashes, below the archive's root. What is not there raises FileNotFoundError;
an object store that refuses access raises `skybatch.errors.InventoryError`, one that fails otherwise
`Transient`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from skybatch.errors import InventoryError, Transient

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

# Requests in flight are obstore's to bound; asking for ranges this near as one saves round trips.
COALESCE_BYTES = 1 << 17


@dataclass(frozen=True)
class Entry:
    """One object of a listing: key, size in bytes, time of last change in whole seconds since 1970."""

    path: str
    size: int
    modified: int


class Source(Protocol):
    """What an inventory is read from."""

    def read(self, path: str) -> bytes:
        """The whole object."""

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """``length`` bytes from ``start``; fewer at the end of the object."""

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        """Several ranges of one object, fetched side by side where that helps."""

    def local(self, path: str) -> Path | None:
        """The object as a file on this machine that can be mapped, if it is one."""


class Tree(Source, Protocol):
    """What operators' commands read from and write to."""

    def write(self, path: str, data: bytes) -> None:
        """Write the whole object, or nothing of it."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Every object below ``prefix`` (empty, or ending in a slash), in order of its path."""

    def delete(self, path: str) -> None:
        """Remove one object; one that is gone already is no error."""


@dataclass(frozen=True)
class DirectorySource:
    """An archive as a directory tree."""

    root: Path

    def read(self, path: str) -> bytes:
        return self._at(path).read_bytes()

    def read_range(self, path: str, start: int, length: int) -> bytes:
        with self._at(path).open("rb") as file:
            file.seek(start)
            return file.read(length)

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        with self._at(path).open("rb") as file:
            return [os.pread(file.fileno(), n, start) for start, n in zip(starts, lengths, strict=True)]

    def local(self, path: str) -> Path | None:
        return self._at(path)

    def write(self, path: str, data: bytes) -> None:
        target = self._at(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name of this process alone, so that two writers never share a half-written file.
        partial = target.with_name(f".{target.name}.{os.getpid()}.part")
        partial.write_bytes(data)
        partial.replace(target)

    def entries(self, prefix: str) -> Iterator[Entry]:
        yield from _walk(self._at(prefix) if prefix else self.root, prefix)

    def delete(self, path: str) -> None:
        self._at(path).unlink(missing_ok=True)

    def _at(self, path: str) -> Path:
        return Path(self.root, path)


def _walk(folder: Path, prefix: str) -> Iterator[Entry]:
    """Files below a folder in the order in which an object store lists keys; hidden ones left out."""
    if not folder.is_dir():
        return
    found = [(e.name + "/" if e.is_dir() else e.name, e) for e in os.scandir(folder) if e.name[0] != "."]
    for name, entry in sorted(found, key=lambda pair: pair[0]):
        if entry.is_dir():
            yield from _walk(Path(entry.path), prefix + name)
        else:
            status = entry.stat()
            yield Entry(prefix + name, status.st_size, int(status.st_mtime))


@dataclass(frozen=True)
class StoreSource:
    """An archive in an object store, below an optional key prefix."""

    store: ObjectStore
    prefix: str = ""

    def read(self, path: str) -> bytes:
        import obstore

        return _asked(lambda: obstore.get(self.store, self._at(path)).bytes().to_bytes())

    def read_range(self, path: str, start: int, length: int) -> bytes:
        import obstore

        at = self._at(path)
        return _asked(lambda: obstore.get_range(self.store, at, start=start, length=length).to_bytes())

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        import obstore

        at = self._at(path)
        parts = _asked(
            lambda: obstore.get_ranges(
                self.store, at, starts=starts, lengths=lengths, coalesce=COALESCE_BYTES
            )
        )
        return [part.to_bytes() for part in parts]

    def local(self, path: str) -> Path | None:
        return None

    def write(self, path: str, data: bytes) -> None:
        import obstore

        _asked(lambda: obstore.put(self.store, self._at(path), data))

    def entries(self, prefix: str) -> Iterator[Entry]:
        import obstore

        cut = len(self._at(""))
        pages = iter(obstore.list(self.store, prefix=self._at(prefix) or None, chunk_size=1000))
        while page := _asked(lambda: next(pages, None)):
            for item in page:
                modified = int(item["last_modified"].timestamp())
                yield Entry(item["path"][cut:], item["size"], modified)

    def delete(self, path: str) -> None:
        import obstore

        try:
            _asked(lambda: obstore.delete(self.store, self._at(path)))
        except FileNotFoundError:
            return

    def _at(self, path: str) -> str:
        return f"{self.prefix.strip('/')}/{path}" if self.prefix.strip("/") else path


def _asked(call: Callable[[], T]) -> T:
    """The store's answer, its errors in our words; their first line says all, debug output follows it."""
    from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError

    try:
        return call()
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(_first_line(error)) from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise InventoryError(f"the archive's store refuses: {_first_line(error)}") from error
    except BaseError as error:
        raise Transient(f"the archive's store did not answer: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def open_tree(location: str) -> Tree:
    """The tree at ``s3://bucket/prefix`` or at a local path.

    Credentials, region and endpoint of S3 come from the environment as AWS tools read them;
    ``AWS_ENDPOINT_URL`` may be plain http, as emulators are.
    """
    if not location.startswith("s3://"):
        return DirectorySource(Path(location))
    from obstore.store import S3Store

    bucket, _, prefix = location.removeprefix("s3://").partition("/")
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    if not endpoint:
        return StoreSource(S3Store(bucket), prefix)
    plain = endpoint.startswith("http://")
    store = S3Store(bucket, endpoint=endpoint, client_options={"allow_http": plain})
    return StoreSource(store, prefix)
