"""Accepting a batch: give it an id, store its record and request, start its execution."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace

import obstore
from obstore.store import ObjectStore

from skybatch.batch import keys
from skybatch.batch.codes import Remainder
from skybatch.batch.file_names import upload_name
from skybatch.batch.record import SECONDS_PER_DAY, BatchRecord, load_record, load_request, save_record
from skybatch.batch.status import accepted_facts
from skybatch.batch.store import BatchStore
from skybatch.batch.submission import quotas
from skybatch.batch.submission.executions import StartExecution
from skybatch.batch.submission.image_allowance import image_account
from skybatch.batch.submission.resubmission import request_from_table
from skybatch.callers.addresses import Addresses
from skybatch.errors import CellError, Conflict, Expired, InvalidRequest
from skybatch.requests.model import Request
from skybatch.settings import Settings
from skybatch.status import BatchStatus
from skybatch.storage.conditional_writes import create_object

ID_BYTES = 16


@dataclass(frozen=True)
class AcceptedBatch:
    """A batch that was accepted, now or by the same call before."""

    record: BatchRecord
    request: Request


@dataclass(frozen=True)
class BatchSubmitter:
    """Accepts batches for one deployment and caller.

    Attributes
    ----------
    objects
        The results bucket.
    start
        Starts the execution of a batch id accepted at a Unix time; starting twice is no error.
    settings
        Limits of this deployment.
    base_url
        Where the caller reached the service, without a slash at its end.
    now
        Unix time.
    caller
        The IP address that submits, empty where batches are not counted by it.
    """

    objects: ObjectStore
    start: StartExecution
    settings: Settings
    base_url: str
    now: float
    caller: str = ""

    def submit(
        self, request: Request, upload: bytes | None = None, seed: bytes | None = None
    ) -> AcceptedBatch:
        """Accept a request.

        Parameters
        ----------
        request
            As parsed.
        upload
            The table as uploaded, if there is one.
        seed
            Calls of the same seed (an idempotency key with the body) give the same batch; without one every
            call is a new batch.

        Raises
        ------
        TooMany
            The email address or the caller has reached a quota.
        InvalidRequest
            The email address has asked for no more mail.
        Expired
            The same call made a batch whose objects are just being removed.
        """
        batch_id = secrets.token_hex(ID_BYTES) if seed is None else self._id_of(seed)
        return self._accept(self._record(batch_id, request, upload), request, upload)

    def resubmit(self, parent_id: str, remainder: Remainder) -> AcceptedBatch:
        """Accept a batch of what a finished one left; the same call again gives the same batch.

        Raises
        ------
        NotFound, Expired
            No such batch, or no longer.
        Conflict
            It is still running, or left nothing of the kind.
        TooMany
            Its email address or the caller has reached a quota.
        """
        parent = BatchStore(self.objects, parent_id)
        record = load_record(parent, self.now)
        final = parent.read_json(keys.STATUS)
        if final is None:
            raise Conflict("The batch is still running; what it leaves over is known when it is done.")
        table = parent.read(keys.result(f"{remainder}.tbl"))
        if table is None:
            raise Conflict(f"The batch left no {remainder} images.")
        posted = request_from_table(table, load_request(parent))
        email = None if record.email and self._is_blocked(record.email) else record.email
        request = replace(posted, email=email, table_name=f"{remainder}.tbl")
        batch_id = self._id_of(f"resubmit {parent_id} {remainder}".encode())
        child = replace(
            self._record(batch_id, request, table),
            part=record.part + 1 if remainder is Remainder.UNRETRIEVED else 1,
            previous=parent_id,
            lost_before=_lost(record, BatchStatus.from_json(final)),
        )
        accepted = self._accept(child, request, table)
        parent.create_json(keys.next_batch(remainder), {"batch_id": batch_id})
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
        ended = store.exists(keys.STATUS)
        if new and ended:
            raise Expired("The batch of this call has expired; its last objects are gone within a day.")
        if new:
            self._check_address(record.email)
            record = replace(record, quota_markers=self._admit(record))
            record = replace(record, image_account=image_account(self.objects, self.caller))
            new = self._save(store, record, request, upload)
        if not new:
            record, request = load_record(store), load_request(store)
        if not ended:
            self.start(record.batch_id, record.created)
        return AcceptedBatch(record, request)

    def _check_address(self, email: str | None) -> None:
        if email and self._is_blocked(email):
            rule = "has asked for no more mail from this service; leave it out, or give another"
            error = CellError("email", email, rule)
            raise InvalidRequest(error.sentence(), errors=[error])

    def _is_blocked(self, email: str) -> bool:
        addresses = Addresses(self.objects)
        return addresses.is_blocked(addresses.name(email))

    def _admit(self, record: BatchRecord) -> tuple[str, ...]:
        secret, settings = self._secret(), self.settings
        subjects = [quotas.address_subject(secret, record.email, settings)] if record.email else []
        subjects += [quotas.caller_subject(secret, self.caller, settings)] if self.caller else []
        return quotas.admit(self.objects, subjects, record.batch_id, self.now)

    def _save(self, store: BatchStore, record: BatchRecord, request: Request, upload: bytes | None) -> bool:
        if upload is not None and record.upload is not None:
            store.create(keys.result(record.upload), upload, "application/octet-stream")
        store.create_json(keys.ACCEPTED, accepted_facts(request))
        return save_record(store, record, request)

    def _id_of(self, seed: bytes) -> str:
        """Derive an id that only the same seed gives, and that nobody can guess from it."""
        digest = hmac.new(self._secret(), seed, hashlib.sha256).digest()
        return digest[:ID_BYTES].hex()

    def _secret(self) -> bytes:
        """Read the deployment's own key, made by the first call that needs it."""
        with suppress(FileNotFoundError):
            return bytes(obstore.get(self.objects, keys.ID_KEY).bytes())
        create_object(self.objects, keys.ID_KEY, secrets.token_bytes(32))
        return bytes(obstore.get(self.objects, keys.ID_KEY).bytes())


def _lost(record: BatchRecord, status: BatchStatus) -> int | None:
    """Count the images that failed or were cancelled in a batch and the parts before it."""
    before = record.images_lost_before
    return None if before is None else before + status.images.failed + status.images.cancelled
