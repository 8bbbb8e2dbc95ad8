"""A tree of objects in an object store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from skybatch.concurrency import parallel_map
from skybatch.errors import InventoryError, Transient
from skybatch.storage.trees import Entry

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

# obstore merges ranges that are as near as this: it saves round trips.
COALESCE_BYTES = 1 << 17
# But not into requests of more bytes than this: one stream fills a part of a function's bandwidth only.
REQUEST_BYTES = 8 << 20
REQUESTS_AT_ONCE = 8
UPDATE_TRIES = 20


@dataclass(frozen=True)
class BucketTree:
    """A tree of objects in an object store, below an optional key prefix."""

    store: ObjectStore
    prefix: str = ""

    def read(self, path: str) -> bytes:
        """Read the whole object."""
        import obstore

        return _translated(lambda: obstore.get(self.store, self._at(path)).bytes().to_bytes())

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read ``length`` bytes from ``start``; fewer at the end of the object."""
        import obstore

        at = self._at(path)
        return _translated(lambda: obstore.get_range(self.store, at, start=start, length=length).to_bytes())

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        """Read several ranges of one object, in their order; large ones side by side."""
        runs = list(_runs(starts, lengths))
        if len(runs) == 1:
            return self._read_run(path, *runs[0])
        parts = parallel_map(lambda run: self._read_run(path, *run), runs, REQUESTS_AT_ONCE)
        return [part for run in parts for part in run]

    def _read_run(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        import obstore

        at = self._at(path)
        parts = _translated(
            lambda: obstore.get_ranges(
                self.store, at, starts=starts, lengths=lengths, coalesce=COALESCE_BYTES
            )
        )
        return [part.to_bytes() for part in parts]

    def local(self, path: str) -> Path | None:
        """Return None: no object is a local file."""
        return None

    def write(self, path: str, data: bytes) -> None:
        """Write the whole object."""
        import obstore

        _translated(lambda: obstore.put(self.store, self._at(path), data))

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> None:
        """Write what ``change`` makes of the object's content, on the condition that it is still that."""
        for _ in range(UPDATE_TRIES):
            content, mode = self._content_and_condition(path)
            changed = change(content)
            if changed == content or self._put_on(path, changed, mode):
                return
        raise Transient(f"others write {path} all the time")

    def _content_and_condition(self, path: str) -> tuple[bytes | None, Any]:
        import obstore

        try:
            found = _translated(lambda: obstore.get(self.store, self._at(path)))
        except FileNotFoundError:
            return None, "create"
        content = _translated(lambda: found.bytes().to_bytes())
        known = {"e_tag": found.meta["e_tag"], "version": found.meta["version"]}
        return content, {name: value for name, value in known.items() if value is not None}

    def _put_on(self, path: str, data: bytes, mode: Any) -> bool:
        import obstore
        from obstore.exceptions import AlreadyExistsError, PreconditionError

        try:
            obstore.put(self.store, self._at(path), data, mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return False
        except NotImplementedError:  # obstore's store of local files knows no conditions
            self.write(path, data)
        return True

    def entries(self, prefix: str) -> Iterator[Entry]:
        """List the objects below ``prefix`` in order of their paths, a page of 1000 at a time."""
        import obstore

        cut = len(self._at(""))
        pages = iter(obstore.list(self.store, prefix=self._at(prefix) or None, chunk_size=1000))
        while page := _translated(lambda: next(pages, None)):
            for item in page:
                modified = int(item["last_modified"].timestamp())
                yield Entry(item["path"][cut:], item["size"], modified)

    def delete(self, path: str) -> None:
        """Delete one object; an absent one is no error."""
        import obstore

        try:
            _translated(lambda: obstore.delete(self.store, self._at(path)))
        except FileNotFoundError:
            return

    def _at(self, path: str) -> str:
        return f"{self.prefix.strip('/')}/{path}" if self.prefix.strip("/") else path


def _runs(starts: Sequence[int], lengths: Sequence[int]) -> Iterator[tuple[list[int], list[int]]]:
    """Divide ranges, in their order, into runs of at most `REQUEST_BYTES`, or of one range."""
    run: tuple[list[int], list[int]] = ([], [])
    for start, length in zip(starts, lengths, strict=True):
        if run[0] and sum(run[1]) + length > REQUEST_BYTES:
            yield run
            run = ([], [])
        run[0].append(start)
        run[1].append(length)
    if run[0]:
        yield run


def _translated(call: Callable[[], T]) -> T:
    """Translate a store's errors into ours, with their first line only: debug output follows it."""
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
