"""Accepting a batch: an id, its record, and a started execution."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import obstore
from obstore.exceptions import AlreadyExistsError, PreconditionError
from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.batch.file_names import UNSAFE_CHARACTERS
from skybatch.batch.record import SECONDS_PER_DAY, BatchRecord, load_record, load_request, save_record
from skybatch.batch.status import accepted_facts
from skybatch.batch.store import BatchStore
from skybatch.batch.submission import quotas
from skybatch.errors import Conflict
from skybatch.redaction import batch_hash
from skybatch.requests.model import Mode, Request
from skybatch.requests.table_rows import RowDefaults, read_rows
from skybatch.settings import Settings

ID_BYTES = 16
LONGEST_UPLOAD_NAME = 80


@dataclass(frozen=True)
class AcceptedBatch:
    """A batch that was accepted, now or by the same call before."""

    record: BatchRecord
    request: Request


@dataclass(frozen=True)
class BatchSubmitter:
    """Where batches are handed in.

    Attributes
    ----------
    objects
        The results bucket.
    start
        Starts the execution of a batch id; starting twice is no error.
    settings
        Limits and names of this deployment.
    base_url
        Where the caller reached us.
    now
        Unix time.
    caller
        The IP address that hands in, empty where nobody is to be counted by it.
    """

    objects: ObjectStore
    start: Callable[[str], None]
    settings: Settings
    base_url: str
    now: float
    caller: str = ""

    def submit(
        self, request: Request, upload: bytes | None = None, seed: bytes | None = None
    ) -> AcceptedBatch:
        """Accept a request.

        ``seed`` is what makes two calls the same call (an idempotency key with the body); without one
        every call is a new batch.

        Raises TooMany where the address or the caller has reached a bound.
        """
        batch_id = secrets.token_hex(ID_BYTES) if seed is None else self._id_of(seed)
        return self._accept(self._record(batch_id, request, upload), request, upload)

    def resubmit(self, parent_id: str, what: str) -> AcceptedBatch:
        """The next batch, of what a finished one left over (``unretrieved``) or failed at (``failed``).

        The same call again answers with the same batch.

        Raises
        ------
        NotFound, Expired
            No such batch, or no longer.
        Conflict
            It is still running, or left nothing of the kind.
        TooMany
            Its address or the caller has reached a bound.
        """
        parent = BatchStore(self.objects, parent_id)
        record = load_record(parent, self.now)
        if parent.read_json(keys.STATUS) is None:
            raise Conflict("The batch is still running; what it leaves over is known when it is done.")
        table = parent.read(keys.result(f"{what}.tbl"))
        if table is None:
            raise Conflict(f"The batch left no {what} images.")
        posted = request_from_table(table, load_request(parent))
        request = replace(posted, email=record.email, table_name=f"{what}.tbl")
        batch_id = self._id_of(f"resubmit {parent_id} {what}".encode())
        child = replace(
            self._record(batch_id, request, table),
            part=record.part + 1 if what == "unretrieved" else 1,
            previous=parent_id,
        )
        accepted = self._accept(child, request, table)
        parent.create_json(keys.next_batch(what), {"batch_id": batch_id})
        return accepted

    def _record(self, batch_id: str, request: Request, upload: bytes | None) -> BatchRecord:
        return BatchRecord(
            batch_id=batch_id,
            created=self.now,
            expires=self.now + self.settings.expire_days * SECONDS_PER_DAY,
            base_url=self.base_url,
            email=request.email,
            limit_bytes=self.settings.max_batch_bytes,
            upload=None if upload is None else upload_name(request.table_name),
        )

    def _accept(self, record: BatchRecord, request: Request, upload: bytes | None) -> AcceptedBatch:
        store = BatchStore(self.objects, record.batch_id)
        new = not store.exists(keys.RECORD)
        if new:
            record = replace(record, quota_markers=self._admit(record))
            new = self._keep(store, record, request, upload)
        if not new:
            record, request = load_record(store), load_request(store)
        self.start(record.batch_id)
        return AcceptedBatch(record, request)

    def _admit(self, record: BatchRecord) -> tuple[str, ...]:
        secret, here = self._secret(), self.settings
        parties = [quotas.address_party(secret, record.email, here)] if record.email else []
        parties += [quotas.caller_party(secret, self.caller, here)] if self.caller else []
        return quotas.admit(self.objects, parties, record.batch_id, self.now)

    def _keep(self, store: BatchStore, record: BatchRecord, request: Request, upload: bytes | None) -> bool:
        if upload is not None and record.upload is not None:
            store.create(keys.result(record.upload), upload, "application/octet-stream")
        store.create_json(keys.ACCEPTED, accepted_facts(request))
        return save_record(store, record, request)

    def _id_of(self, seed: bytes) -> str:
        """An id that only the same seed gives, and that nobody can guess from it."""
        digest = hmac.new(self._secret(), seed, hashlib.sha256).digest()
        return digest[:ID_BYTES].hex()

    def _secret(self) -> bytes:
        """The deployment's own key, made by whoever first needs it."""
        with suppress(AlreadyExistsError, PreconditionError):  # usually it exists, and is read below
            obstore.put(self.objects, keys.ID_KEY, secrets.token_bytes(32), mode="create")
        return bytes(obstore.get(self.objects, keys.ID_KEY).bytes())


def request_from_table(table: bytes, parent: Request) -> Request:
    """The request that posting one of our own tables back makes, its other fields those of ``parent``."""
    listing = read_rows(
        table, Mode.COADD_KEYS, RowDefaults(parent.bands, best_only=False), max_rows=0, max_bytes=len(table)
    )
    return replace(
        parent,
        mode=Mode.COADD_KEYS,
        rows=listing.rows,
        from_service=True,
        region=None,
        notices=(),
        table_name=None,
    )


def upload_name(given: str | None) -> str:
    """A safe name for the uploaded table, never one of our own files'."""
    base = UNSAFE_CHARACTERS.sub("_", (given or "table").replace("\\", "/").rsplit("/", 1)[-1])
    return "uploaded_" + base[-LONGEST_UPLOAD_NAME:]


def execution_starter(client: Any, machine_arn: str) -> Callable[[str], None]:
    """What starts a batch's execution in Step Functions, named after the batch so that it starts once.

    By its hash: an execution's name stands in logs, events and consoles, and the id opens the batch.
    """

    def start(batch_id: str) -> None:
        try:
            client.start_execution(
                stateMachineArn=machine_arn,
                name=batch_hash(batch_id),
                input=json.dumps({"batch_id": batch_id}),
            )
        except client.exceptions.ExecutionAlreadyExists:
            return  # the same call made before started it

    return start


def cancel(store: BatchStore, now: float) -> BatchRecord:
    """Ask a running batch to end; what it delivered so far stays.

    Raises `Conflict` where it has already ended.
    """
    record = load_record(store, now)
    if store.exists(keys.STATUS):
        raise Conflict("The batch has ended; there is nothing to cancel.")
    store.create_json(keys.CANCELLATION, {"at": now})
    return record
