"""A tree of objects in an object store."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from skybatch.concurrency import parallel_map
from skybatch.errors import AccessRefused, InventoryError, Transient
from skybatch.storage.refusals import elsewhere, is_elsewhere, is_refusal
from skybatch.storage.trees import Entry

if TYPE_CHECKING:
    from obstore.store import ObjectStore

T = TypeVar("T")

# Ranges that are as near as this are one request: it saves round trips. obstore's own merging knows no limit,
# and ends with a panic, which no handler of exceptions sees, where an object is shorter than it should be.
COALESCE_BYTES = 1 << 17
# Requests are of no more bytes than this: one stream fills a part of a function's bandwidth only.
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

        return _translated(self.store, lambda: obstore.get(self.store, self._at(path)).bytes().to_bytes())

    def read_range(self, path: str, start: int, length: int) -> bytes:
        """Read ``length`` bytes from ``start``; fewer at the end of the object, none beyond it."""
        import obstore

        at = self._at(path)
        if not length:  # stores refuse a range of no bytes
            return b""
        try:
            return _translated(
                self.store, lambda: obstore.get_range(self.store, at, start=start, length=length).to_bytes()
            )
        except Transient:
            if self._size(path) > start:
                raise
            return b""

    def read_start(self, path: str, length: int) -> tuple[bytes, int]:
        """Read the first bytes of an object, and its size, by one request."""
        import obstore

        options: Any = {"range": (0, length)}
        found = _translated(self.store, lambda: obstore.get(self.store, self._at(path), options=options))
        return _translated(self.store, lambda: found.bytes().to_bytes()), int(found.meta["size"])

    def read_ranges(self, path: str, starts: Sequence[int], lengths: Sequence[int]) -> list[bytes]:
        """Read several ranges of one object, in their order: near ones at once, large ones side by side.

        Parts that lie beyond the end of the object are short or empty.
        """
        requests = _requests(starts, lengths)
        if len(requests) < 2:
            bodies = [self.read_range(path, *one) for one in requests]
        else:
            calls = parallel_map(lambda one: self.read_range(path, *one), requests, REQUESTS_AT_ONCE)
            bodies = list(calls)
        first_bytes = [start for start, _ in requests]
        parts = []
        for start, length in zip(starts, lengths, strict=True):
            number = bisect_right(first_bytes, start) - 1
            place = start - first_bytes[number]
            parts.append(bodies[number][place : place + length])
        return parts

    def _size(self, path: str) -> int:
        import obstore

        return int(_translated(self.store, lambda: obstore.head(self.store, self._at(path)))["size"])

    def local(self, path: str) -> Path | None:
        """Return None: no object is a local file."""
        return None

    def write(self, path: str, data: bytes) -> None:
        """Write the whole object."""
        import obstore

        _translated(self.store, lambda: obstore.put(self.store, self._at(path), data))

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
            found = _translated(self.store, lambda: obstore.get(self.store, self._at(path)))
        except FileNotFoundError:
            return None, "create"
        content = _translated(self.store, lambda: found.bytes().to_bytes())
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
        while page := _translated(self.store, lambda: next(pages, None)):
            for item in page:
                modified = int(item["last_modified"].timestamp())
                yield Entry(item["path"][cut:], item["size"], modified)

    def delete(self, path: str) -> None:
        """Delete one object; an absent one is no error."""
        import obstore

        try:
            _translated(self.store, lambda: obstore.delete(self.store, self._at(path)))
        except FileNotFoundError:
            return

    def _at(self, path: str) -> str:
        return f"{self.prefix.strip('/')}/{path}" if self.prefix.strip("/") else path


def _requests(starts: Sequence[int], lengths: Sequence[int]) -> list[tuple[int, int]]:
    """Return the ranges (start, length) to ask for, ascending; each of the given ones is within one."""
    requests: list[tuple[int, int]] = []
    for start, length in sorted(zip(starts, lengths, strict=True)):
        first, size = requests[-1] if requests else (0, 0)
        together = max(first + size, start + length) - first
        if requests and start <= first + size + COALESCE_BYTES and together <= max(size, REQUEST_BYTES):
            requests[-1] = (first, together)
        else:
            requests.append((start, length))
    return requests


def _translated(store: ObjectStore, call: Callable[[], T]) -> T:
    """Translate a store's errors into ours, with their first line only: debug output follows it."""
    from obstore.exceptions import BaseError, NotFoundError

    try:
        return call()
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(_first_line(error)) from error
    except BaseError as error:
        if is_refusal(error):
            raise AccessRefused(f"the archive's store refuses: {_first_line(error)}") from error
        if is_elsewhere(error):
            raise InventoryError(elsewhere(store, error)) from error
        raise Transient(f"the archive's store did not answer: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
