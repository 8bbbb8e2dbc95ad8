"""Multipart uploads to S3 whose parts may be copies of ranges of other objects.

obstore copies no ranges, so these few calls go through boto3. What AWS says of them: a part has 5 MiB or more
unless it is the last; a range is copied only from an object of more than 5 MB; CopyObject's and completion's
answer of 200 may hold an error (botocore raises it); a completion whose answer was lost is told by
NoSuchUpload.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from skybatch.errors import Transient

PART_BYTES = 8 * 1024 * 1024
_GONE = {"NoSuchUpload"}


@dataclass
class MultipartUpload:
    """An upload that was begun; parts may be written from several threads."""

    s3: Any
    bucket: str
    key: str
    upload_id: str
    parts: dict[int, dict[str, Any]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def copy_part(self, number: int, source: str, etag: str, start: int, stop: int) -> None:
        """Copy the bytes from ``start`` to before ``stop`` of another object of the bucket.

        Raises Transient where that object has another entity tag, or S3 fails for now.
        """
        with _translated(f"the copy of {source}"):
            answer = self.s3.upload_part_copy(
                **self._named,
                PartNumber=number,
                CopySource={"Bucket": self.bucket, "Key": source},
                CopySourceRange=f"bytes={start}-{stop - 1}",
                CopySourceIfMatch=etag,
            )
        self._keep(number, answer["CopyPartResult"]["ETag"])

    def write_part(self, number: int, body: bytes) -> None:
        """Write a part. Raises Transient."""
        with _translated(f"part {number}"):
            answer = self.s3.upload_part(**self._named, PartNumber=number, Body=body)
        self._keep(number, answer["ETag"])

    def complete(self, size: int, *, create: bool = False) -> bool:
        """Make the object of its parts; return False where ``create`` found one there already.

        ``size`` is what the object must have: an upload that is gone had perhaps been completed by a call
        whose answer was lost.

        Raises Transient.
        """
        listed = [{"PartNumber": number, "ETag": self.parts[number]["ETag"]} for number in sorted(self.parts)]
        condition = {"IfNoneMatch": "*"} if create else {}
        try:
            self.s3.complete_multipart_upload(**self._named, MultipartUpload={"Parts": listed}, **condition)
        except Exception as error:
            code = error_code(error)
            if create and code in ("PreconditionFailed", "412"):
                self.abort()
                return False
            if code in _GONE and self._stored_size() == size:
                return True
            raise _transient(f"the completion of {self.key}", error) from error
        return True

    def abort(self) -> None:
        """Drop the parts; what S3 does not drop now, its lifecycle rule drops."""
        with suppress(Transient), _translated(f"the end of the upload of {self.key}"):
            self.s3.abort_multipart_upload(**self._named)

    @contextmanager
    def aborted_on_error(self) -> Iterator[None]:
        """Abort the upload where the block raises."""
        try:
            yield
        except BaseException:
            self.abort()
            raise

    @property
    def _named(self) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.key, "UploadId": self.upload_id}

    def _keep(self, number: int, etag: str) -> None:
        with self._lock:
            self.parts[number] = {"ETag": etag}

    def _stored_size(self) -> int | None:
        with suppress(Transient), _translated(f"the size of {self.key}"):
            return int(self.s3.head_object(Bucket=self.bucket, Key=self.key)["ContentLength"])
        return None


def begin_upload(s3: Any, bucket: str, key: str, media_type: str, **headers: str) -> MultipartUpload:
    """Begin an upload whose object gets a CRC-32 of the whole, by boto3's client. Raises Transient."""
    with _translated(f"the upload of {key}"):
        begun = s3.create_multipart_upload(
            Bucket=bucket,
            Key=key,
            ContentType=media_type,
            ChecksumAlgorithm="CRC32",
            ChecksumType="FULL_OBJECT",
            **headers,
        )
    return MultipartUpload(s3, bucket, key, begun["UploadId"])


def create_large(s3: Any, bucket: str, key: str, pieces: Iterable[bytes]) -> bool:
    """Create an object that is too large for one PUT; return False where there is one already.

    ``pieces`` follow each other. Raises Transient.
    """
    upload = begin_upload(s3, bucket, key, "application/octet-stream")
    with upload.aborted_on_error():
        size = 0
        for number, body in enumerate(_parts(pieces), 1):
            upload.write_part(number, body)
            size += len(body)
        return upload.complete(size, create=True)


def _parts(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Join pieces to parts, each of the least size or more but for the last."""
    held: list[bytes] = []
    for piece in pieces:
        held.append(piece)
        if sum(map(len, held)) >= PART_BYTES:
            yield b"".join(held)
            held = []
    if held:
        yield b"".join(held)


def stored_crc32(s3: Any, bucket: str, key: str) -> int | None:
    """Ask S3 for the CRC-32 of a whole object, None where it has none."""
    with _translated(f"the checksum of {key}"):
        found = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
    text = found.get("ChecksumCRC32")
    if not text or found.get("ChecksumType") != "FULL_OBJECT":
        return None
    return int.from_bytes(base64.b64decode(text), "big")


def error_code(error: Exception) -> str:
    """Give the code of an answer of AWS that boto3 raised as an error; empty for other errors."""
    answer: dict[str, Any] = getattr(error, "response", {})
    return str(answer.get("Error", {}).get("Code", ""))


def _transient(what: str, error: Exception) -> Exception:
    """Make boto3's errors transient: S3 refused for now, or did not answer; give others as they are."""
    from botocore.exceptions import BotoCoreError, ClientError  # 50 ms of a cold start

    if isinstance(error, ClientError):
        return Transient(f"S3 refused {what}: {error_code(error)}")
    return Transient(f"S3 did not answer {what}: {error}") if isinstance(error, BotoCoreError) else error


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise _transient(what, error) from error
