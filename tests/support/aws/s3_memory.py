"""Objects and uploads of a bucket in memory, kept by S3's rules."""

from __future__ import annotations

import base64
import hashlib
import threading
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from tests.support.aws.s3_rules import (
    NO_SUCH_KEY,
    NO_SUCH_UPLOAD,
    Refused,
    check_conditions,
    check_part_number,
    check_parts,
    copied_range,
)

Headers = Mapping[str, str]


def crc32_text(body: bytes) -> str:
    """Return a CRC-32 as S3 writes it: base64 of its four bytes."""
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def _tag(body: bytes) -> str:
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


@dataclass(frozen=True)
class S3Object:
    """One object: its bytes, entity tag with quotes, and the headers it was written with."""

    body: bytes
    e_tag: str
    headers: Headers = field(default_factory=dict)
    crc32: str | None = None
    written: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))


@dataclass
class Upload:
    """A multipart upload under way: parts by number."""

    key: str
    headers: Headers
    parts: dict[int, bytes] = field(default_factory=dict)

    @property
    def is_full_object_crc32(self) -> bool:
        """Whether S3 is to keep the CRC-32 of the whole object."""
        algorithm = self.headers.get("x-amz-checksum-algorithm")
        return algorithm == "CRC32" and self.headers.get("x-amz-checksum-type") == "FULL_OBJECT"


@dataclass
class S3Memory:
    """One bucket."""

    objects: dict[str, S3Object] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _ids: count[int] = field(default_factory=lambda: count(1))

    def get(self, key: str, headers: Headers | None = None, *, copied: bool = False) -> S3Object:
        """Return an object, if it is the one that the conditions ask for."""
        found = self.objects.get(key)
        if found is None:
            raise NO_SUCH_KEY
        check_conditions(headers or {}, found.e_tag, copied=copied)
        return found

    def put(self, key: str, body: bytes, headers: Headers) -> S3Object:
        """Write an object, if the conditions hold."""
        with self.lock:
            self._check_write(key, headers)
            self.objects[key] = S3Object(body, _tag(body), headers, crc32_text(body))
            return self.objects[key]

    def copy(self, source: str, key: str, headers: Headers) -> S3Object:
        """Copy an object as it is."""
        found = self.get(source, headers, copied=True)
        copied_range(None, len(found.body))
        return self.put(key, found.body, headers)

    def create_upload(self, key: str, headers: Headers) -> str:
        """Begin an upload."""
        upload_id = f"upload-{next(self._ids)}"
        self.uploads[upload_id] = Upload(key, headers)
        return upload_id

    def put_part(self, upload_id: str, number: int, body: bytes) -> str:
        """Take a part; return its entity tag."""
        check_part_number(number)
        self._upload(upload_id).parts[number] = body
        return _tag(body)

    def copy_part(self, upload_id: str, number: int, source: str, headers: Headers) -> str:
        """Take a part from an object; return its entity tag."""
        found = self.get(source, headers, copied=True)
        taken = copied_range(headers.get("x-amz-copy-source-range"), len(found.body))
        return self.put_part(upload_id, number, found.body[taken])

    def complete(self, upload_id: str, parts: Sequence[tuple[int, str]], headers: Headers) -> S3Object:
        """Join the named parts to the object."""
        with self.lock:
            upload = self._upload(upload_id)
            bodies = _named_parts(upload, parts)
            self._check_write(upload.key, headers)
            made = _joined(upload, bodies)
            told = headers.get("x-amz-checksum-crc32")
            if told is not None and told != made.crc32:
                raise Refused(
                    400, "BadDigest", "The CRC32 you specified did not match the calculated checksum."
                )
            del self.uploads[upload_id]
            self.objects[upload.key] = made
            return made

    def abort(self, upload_id: str) -> None:
        """End an upload without an object."""
        with self.lock:
            self._upload(upload_id)
            del self.uploads[upload_id]

    def _upload(self, upload_id: str) -> Upload:
        if upload_id not in self.uploads:
            raise NO_SUCH_UPLOAD
        return self.uploads[upload_id]

    def _check_write(self, key: str, headers: Headers) -> None:
        found = self.objects.get(key)
        check_conditions(headers, None if found is None else found.e_tag)


def _named_parts(upload: Upload, parts: Sequence[tuple[int, str]]) -> list[bytes]:
    numbers = [number for number, _ in parts]
    if numbers != sorted(set(numbers)) or not numbers:
        raise Refused(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
    for number, e_tag in parts:
        if number not in upload.parts or _tag(upload.parts[number]).strip('"') != e_tag.strip('"'):
            raise Refused(400, "InvalidPart", "One or more of the specified parts could not be found.")
    bodies = [upload.parts[number] for number in numbers]
    check_parts([len(body) for body in bodies])
    return bodies


def _joined(upload: Upload, bodies: Sequence[bytes]) -> S3Object:
    body = b"".join(bodies)
    digests = b"".join(hashlib.md5(each, usedforsecurity=False).digest() for each in bodies)
    e_tag = f'{_tag(digests)[:-1]}-{len(bodies)}"'
    return S3Object(body, e_tag, upload.headers, crc32_text(body) if upload.is_full_object_crc32 else None)
