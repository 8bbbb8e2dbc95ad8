"""Reads and writes the objects of one batch in the results bucket.

An object that decides something is written once, by whoever comes first (`BatchStore.create`); an object that
only reports may be overwritten (`BatchStore.write`). `skybatch.batch.keys` has their names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import obstore

from skybatch.batch import keys
from skybatch.concurrency import parallel_map
from skybatch.errors import NotFound, Transient
from skybatch.storage.conditional_writes import create_object, replace_object
from skybatch.storage.links import presigned_url
from skybatch.storage.s3 import TRANSFER_BYTES, with_time_for

if TYPE_CHECKING:
    from obstore.store import ObjectStore

BATCH_ID = re.compile(r"[0-9a-f]{32}")
SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
READS_IN_FLIGHT = 32
JSON_LINES = "application/jsonl"

T = TypeVar("T")


@dataclass(frozen=True)
class StoredObject:
    """One object in a listing: its name below the listed folder, its size in bytes, its entity tag."""

    name: str
    bytes: int
    etag: str = ""


@dataclass(frozen=True)
class ObjectFacts:
    """What HEAD tells of an object: size in bytes, media type, entity tag in its quotes."""

    bytes: int
    media_type: str
    etag: str


class BatchStore:
    """Reads and writes the objects of one batch.

    Parameters
    ----------
    objects
        The results bucket (any obstore store: S3, or memory in tests).
    batch_id
        32 hexadecimal digits; anything else is no batch (`NotFound`), so that an id can never reach
        outside its folder.
    """

    def __init__(self, objects: ObjectStore, batch_id: str) -> None:
        if not BATCH_ID.fullmatch(batch_id):
            raise NotFound("There is no batch of that id.")
        self.objects = objects
        self.batch_id = batch_id

    def path(self, name: str) -> str:
        """Give the key of an object of this batch."""
        return keys.of_batch(self.batch_id, name)

    # Whole objects ----------------------------------------------------------------------------------

    def read(self, name: str) -> bytes | None:
        """Read the object's bytes, or None where there is none."""
        try:
            return bytes(obstore.get(self.objects, self.path(name)).bytes())
        except FileNotFoundError:
            return None

    def read_range(self, name: str, start: int, length: int) -> bytes:
        """Read some of the object's bytes. Raises FileNotFoundError where there is none."""
        return bytes(obstore.get_range(self.objects, self.path(name), start=start, length=length))

    def write(self, name: str, body: bytes, media_type: str = "application/octet-stream") -> None:
        """Write or overwrite."""
        objects = with_time_for(self.objects, len(body))
        obstore.put(objects, self.path(name), body, attributes={"Content-Type": media_type})

    def create(self, name: str, body: bytes, media_type: str = "application/json") -> bool:
        """Write unless the object exists; return False where it did, True where it has this body from us.

        Raises Transient where S3 does not answer; nothing is known then.
        """
        return create_object(self.objects, self.path(name), body, media_type)

    def exists(self, name: str) -> bool:
        """Tell whether the object exists."""
        return self.size(name) is not None

    def size(self, name: str) -> int | None:
        """Read the object's size in bytes, or None where there is none."""
        try:
            return int(obstore.head(self.objects, self.path(name))["size"])
        except FileNotFoundError:
            return None

    def facts(self, name: str) -> ObjectFacts | None:
        """Read the object's size, media type and entity tag, or None where there is none."""
        try:
            found = obstore.get(self.objects, self.path(name), options={"head": True})
        except FileNotFoundError:
            return None
        media_type = str(found.attributes.get("Content-Type", "application/octet-stream"))
        return ObjectFacts(int(found.meta["size"]), media_type, str(found.meta["e_tag"] or ""))

    def upload(self, name: str, chunks: Iterator[bytes | obstore.Bytes], media_type: str) -> None:
        """Stream chunks of any size into one object, as a multipart upload in constant memory.

        obstore takes the chunks on a thread of its own runtime, where no store can be read: what they are
        made of must be at hand.
        """
        obstore.put(
            with_time_for(self.objects, TRANSFER_BYTES),
            self.path(name),
            chunks,
            attributes={"Content-Type": media_type},
            chunk_size=8 * 1024 * 1024,
            max_concurrency=4,
        )

    # JSON -------------------------------------------------------------------------------------------

    def read_json(self, name: str) -> dict[str, Any] | None:
        """Read a JSON object, or None where there is none."""
        body = self.read(name)
        return None if body is None else json.loads(body)

    def read_jsons(self, *names: str) -> list[dict[str, Any] | None]:
        """Read several JSON objects in parallel."""
        return [None if body is None else json.loads(body) for body in self.read_many(names)]

    def write_json(self, name: str, value: dict[str, Any]) -> None:
        """Write or overwrite a JSON object."""
        self.write(name, _compact(value), "application/json")

    def create_json(self, name: str, value: dict[str, Any]) -> bool:
        """Write a JSON object unless it exists; return False where it did."""
        return self.create(name, _compact(value))

    def read_json_and_tag(self, name: str) -> tuple[dict[str, Any] | None, str]:
        """Read a JSON object and its entity tag, None and empty where there is none."""
        try:
            found = obstore.get(self.objects, self.path(name))
        except FileNotFoundError:
            return None, ""
        return json.loads(bytes(found.bytes())), str(found.meta["e_tag"] or "")

    def replace_json(self, name: str, value: dict[str, Any], tag: str) -> bool:
        """Write a JSON object while its entity tag is ``tag``; return False where another was first."""
        return replace_object(self.objects, self.path(name), _compact(value), tag) is not None

    def read_lines(self, name: str, first: int | None = None) -> list[dict[str, Any]] | None:
        """Read a JSON-lines object as a list, or its ``first`` lines alone; None where there is none."""
        body = self.read(name)
        if body is None:
            return None
        lines = body.splitlines() if first is None else body.split(b"\n", first)[:first]
        # One call for all: half of the time of one for each of thousands of short lines.
        values: list[dict[str, Any]] = json.loads(b"[" + b",".join(filter(None, lines)) + b"]")
        return values

    # Many objects -----------------------------------------------------------------------------------

    def list(self, folder: str, after: str = "") -> Iterator[StoredObject]:
        """List a folder in name order, strictly after the name ``after``.

        S3 listings are strongly consistent: what was written before the call is in it.
        """
        prefix = self.path(folder) + "/"
        offset = prefix + after if after else None
        for page in obstore.list(self.objects, prefix, offset=offset, chunk_size=1000):
            for entry in page:
                name = entry["path"].removeprefix(prefix)
                if name > after:
                    yield StoredObject(name, int(entry["size"]), entry["e_tag"] or "")

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Read objects in parallel, in the order of the names."""
        return parallel_map(self.read, names, READS_IN_FLIGHT)

    # Links ------------------------------------------------------------------------------------------

    def presigned_url(self, name: str, method: Literal["GET", "HEAD"] = "GET", media_type: str = "") -> str:
        """Presign a URL for one method, valid for an hour or the rest of the role's session, if shorter.

        With its media type, the object is answered with that and under the last part of its name.
        """
        filename = name.rsplit("/", 1)[-1] if media_type else ""
        return presigned_url(self.objects, self.path(name), method, filename=filename, media_type=media_type)


def written_first(value: T | None, name: str) -> T:
    """Return what another run wrote to an object before this one could.

    Raises Transient where there is nothing: what this run would have written must not take its place.
    """
    if value is None:
        raise Transient(f"{name} was written by another run and cannot be read")
    return value


def to_json_lines(values: Iterable[dict[str, Any]]) -> bytes:
    """Encode JSON lines, one compact object a line."""
    return b"".join(_compact(value) + b"\n" for value in values)


def _compact(value: dict[str, Any]) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
