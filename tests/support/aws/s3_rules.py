"""What S3 refuses and emulators take: the rules of copies and multipart uploads, with AWS's codes.

Sources: Amazon S3 API reference (UploadPartCopy, CompleteMultipartUpload, PutObject) and "Amazon S3 multipart
upload limits". Tried against AWS's documented answers, not against ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# "Minimum object size for a range copy: greater than 5 MB": UploadPartCopy, x-amz-copy-source-range.
LARGEST_WITHOUT_RANGES = 5 * 1024 * 1024
SMALLEST_PART = 5 * 1024 * 1024
LAST_PART = 10_000
LARGEST_PUT = 5 * 1024**3
_RANGE = re.compile(r"bytes=(\d+)-(\d+)")


@dataclass(frozen=True)
class Refused(Exception):
    """An answer of S3 that is an error."""

    status: int
    code: str
    message: str = ""

    def xml(self) -> bytes:
        """Return the body of the answer."""
        return f"<Error><Code>{self.code}</Code><Message>{self.message}</Message></Error>".encode()


PRECONDITION_FAILED = Refused(412, "PreconditionFailed", "At least one of the preconditions did not hold")
CONFLICT = Refused(409, "ConditionalRequestConflict", "A conflicting operation is in progress")
NO_SUCH_KEY = Refused(404, "NoSuchKey", "The specified key does not exist.")
NO_SUCH_UPLOAD = Refused(404, "NoSuchUpload", "The specified upload does not exist.")


def check_part_number(number: int) -> None:
    """Refuse a part beyond the last."""
    if not 1 <= number <= LAST_PART:
        raise Refused(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")


def copied_range(text: str | None, size: int) -> slice:
    """Return the bytes that a range copy takes of a source of ``size`` bytes, as S3 reads the header."""
    if text is None:
        if size > LARGEST_PUT:
            raise Refused(400, "InvalidRequest", "The specified copy source is larger than the maximum")
        return slice(0, size)
    found = _RANGE.fullmatch(text)
    if found is None:
        raise Refused(
            400, "InvalidArgument", "The x-amz-copy-source-range value must be of the form bytes=a-b"
        )
    if size <= LARGEST_WITHOUT_RANGES:
        message = "The specified copy source is not supported as a byte-range copy source"
        raise Refused(400, "InvalidRequest", message)
    start, last = int(found[1]), int(found[2])
    if start > last or last >= size:
        message = f"Range specified is not valid for source object of size: {size}"
        raise Refused(400, "InvalidArgument", message)
    return slice(start, last + 1)


def check_parts(sizes: Sequence[int]) -> None:
    """Refuse an upload of which a part before the last is too small."""
    if any(size < SMALLEST_PART for size in sizes[:-1]):
        raise Refused(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")


def check_conditions(headers: Mapping[str, str], e_tag: str | None, *, copied: bool = False) -> None:
    """Refuse where the object's entity tag (None: no object) is not what the request asks for."""
    prefix = "x-amz-copy-source-" if copied else ""
    wanted, unwanted = headers.get(f"{prefix}if-match"), headers.get(f"{prefix}if-none-match")
    if wanted is not None:
        if e_tag is None:
            raise NO_SUCH_KEY
        if wanted.strip('"') not in ("*", e_tag.strip('"')):
            raise PRECONDITION_FAILED
    if unwanted is not None and e_tag is not None and unwanted.strip('"') in ("*", e_tag.strip('"')):
        raise PRECONDITION_FAILED
