"""What is known of a batch from its submission on: its owner's address, its end, its chain.

``batch.json`` is written once, at submission; ``request.json`` beside it holds the request, without the
email address.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from skybatch.batch import keys
from skybatch.batch.name_answers import load_name_answers
from skybatch.batch.store import BatchStore
from skybatch.errors import Expired, NotFound
from skybatch.requests.model import Request
from skybatch.requests.resolution import unresolved_names, with_positions

SECONDS_PER_DAY = 86_400


@dataclass(frozen=True)
class BatchRecord:
    """A batch as it was accepted.

    Attributes
    ----------
    batch_id
        32 hexadecimal digits; knowing it is the right to read the batch.
    created, expires
        Unix times.
    base_url
        Where the service was reached, without a slash at its end; links in emails and tables begin with it.
        Empty for a batch in a directory, whose links are names relative to it.
    email
        Address to write to when it is done, or None.
    limit_bytes
        Bytes of image files it may hold.
    upload
        Name of the table as uploaded, or None.
    part, previous
        Its place in a chain of batches, from 1, and the batch it continues.
    image_account
        Account that its images are taken off (`skybatch.batch.submission.image_allowance`), empty for none.
    lost_before
        Images that failed or were cancelled in the parts before it; None in older records.
    quota_markers
        Objects that count it among its address's running batches (`skybatch.batch.submission.quotas`);
        ``markers`` in ``batch.json``.
    """

    batch_id: str
    created: float
    expires: float
    base_url: str
    email: str | None
    limit_bytes: int
    upload: str | None = None
    part: int = 1
    previous: str | None = None
    quota_markers: tuple[str, ...] = ()
    lost_before: int | None = None
    image_account: str = ""

    @property
    def images_lost_before(self) -> int | None:
        """Images that failed or were cancelled in earlier parts: 0 in the first, None where not known."""
        return 0 if self.part == 1 else self.lost_before

    def url(self, path: str = "") -> str:
        """Give the address of this batch, or of something below it."""
        if not self.base_url:
            return path
        return f"{self.base_url}/batches/{self.batch_id}" + (f"/{path}" if path else "")

    def image_url(self, file: str) -> str:
        """Give the address of a delivered image."""
        return self.url(f"images/{file}")

    def preview_url(self, name: str) -> str:
        """Give the address of a preview, by its own name."""
        return self.url(f"previews/{name}")

    def file_url(self, name: str) -> str:
        """Give the address of a file of the results."""
        return self.url(f"files/{name}") if self.base_url else name


def save_record(store: BatchStore, record: BatchRecord, request: Request) -> bool:
    """Write record and request; return False where this batch had been accepted before."""
    store.create_json(keys.REQUEST, request.to_json())
    values = asdict(record)
    values["markers"] = values.pop("quota_markers")
    return store.create_json(keys.RECORD, values)


def load_record(store: BatchStore, now: float | None = None) -> BatchRecord:
    """Read the batch's record.

    Raises
    ------
    NotFound
        There is no such batch.
    Expired
        There was one, and its results have expired by ``now`` (Unix time).
    """
    body = store.read_json(keys.RECORD)
    if body is None:
        raise NotFound("There is no batch of that id.")
    record = BatchRecord(quota_markers=tuple(body.pop("markers", ())), **body)
    if now is not None and now > record.expires:
        raise Expired("This batch's results were kept for their time and have been removed.")
    return record


def load_request(store: BatchStore) -> Request:
    """Read the request as it was understood, with the positions of those names that were resolved.

    Raises NotFound where there is no such batch.
    """
    body: dict[str, Any] | None = store.read_json(keys.REQUEST)
    if body is None:
        raise NotFound("There is no batch of that id.")
    request = Request.from_json(body)
    return with_positions(request, load_name_answers(store).answers) if unresolved_names(request) else request


def has_names(store: BatchStore) -> bool:
    """Tell whether a batch must resolve object names, or has done so."""
    body = store.read_json(keys.REQUEST) or {}
    return bool(unresolved_names(Request.from_json(body))) if body else False
