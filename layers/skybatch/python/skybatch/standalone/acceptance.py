"""A request for a directory: parsed as the service parses it, without its limits, and written down once."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from skybatch.batch import keys
from skybatch.batch.file_names import upload_name
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.status import accepted_facts
from skybatch.errors import Conflict
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.standalone.batch_directory import WORK, BatchDirectory

UNLIMITED = 2**62
SETTINGS = Settings(max_rows=10**9, max_upload_bytes=2**40, max_images=UNLIMITED, max_batch_bytes=UNLIMITED)
"""A machine's owner limits what runs on it."""
NEVER = 253_402_300_799.0
"""The last second of the year 9999: results on a disk do not expire."""


@dataclass(frozen=True)
class PostedRequest:
    """A request as it would be posted to the service: a body, its media type, and the name of its table."""

    body: bytes
    content_type: str


def accept(posted: PostedRequest, archive: Path, out: Path, now: float) -> BatchDirectory:
    """Write down what a directory is for, or find that it was before.

    The same request for the same archive is the same batch, so that a stopped run goes on.

    Raises
    ------
    InvalidRequest, MalformedRequest
        What the service would refuse.
    Conflict
        The directory is of another request.
    """
    batch_id = _batch_id(posted, archive)
    kept = _batch_of(out)
    if kept not in (None, batch_id):
        raise Conflict(f"{out} holds the batch of another request or archive. Give another directory.")
    store = BatchDirectory(out, batch_id)
    if kept is None:
        _write(store, posted, now)
    return store


def _batch_of(out: Path) -> str | None:
    """Return the id of the batch in a directory, None where there is none."""
    try:
        return str(json.loads((out / WORK / keys.RECORD).read_bytes())["batch_id"])
    except FileNotFoundError:
        return None


def _batch_id(posted: PostedRequest, archive: Path) -> str:
    asked = f"{archive.resolve()}\0{posted.content_type}\0".encode() + posted.body
    return hashlib.sha256(asked).hexdigest()[:32]


def _write(store: BatchDirectory, posted: PostedRequest, now: float) -> None:
    request, upload = parse_body(posted.body, posted.content_type, SETTINGS)
    record = BatchRecord(
        batch_id=store.batch_id,
        created=now,
        expires=NEVER,
        base_url="",
        email=None,
        limit_bytes=UNLIMITED,
        upload=None if upload is None else upload_name(request.table_name),
    )
    if upload is not None and record.upload is not None:
        store.create(keys.result(record.upload), upload)
    store.create_json(keys.ACCEPTED, accepted_facts(request))
    save_record(store, record, request)
