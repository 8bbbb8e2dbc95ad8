"""What stands about a batch from its first moment: who may be written to, when it ends, its chain.

``batch.json`` is written once, at submission; ``request.json`` beside it holds the request, without the
address.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from skybatch.batch.store import BatchStore
from skybatch.errors import Expired, NotFound
from skybatch.requests.request import Request

SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Record:
    """A batch as it was accepted.

    Attributes
    ----------
    batch_id
        32 hexadecimal digits; knowing it is the right to read the batch.
    created, expires
        Unix times.
    base_url
        Where the service was reached, without a slash at its end; links in emails and tables start so.
    email
        Where to write when it is done, or None.
    limit_bytes
        Bytes of image files it may hold.
    upload
        Name of the table as uploaded, or None.
    part, previous
        Its place in a chain of batches, from 1, and the batch it continues.
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

    def url(self, path: str = "") -> str:
        """The address of this batch, or of something below it."""
        return f"{self.base_url}/batches/{self.batch_id}" + (f"/{path}" if path else "")


def save_record(store: BatchStore, record: Record, request: Request) -> bool:
    """Write record and request; False where this batch had been accepted before."""
    store.create_json("request.json", request.to_json())
    return store.create_json("batch.json", asdict(record))


def load_record(store: BatchStore, now: float | None = None) -> Record:
    """The batch's record.

    Raises
    ------
    NotFound
        There is no such batch.
    Expired
        There was, and by ``now`` its results are gone.
    """
    body = store.read_json("batch.json")
    if body is None:
        raise NotFound("There is no batch of that id.")
    record = Record(**body)
    if now is not None and now > record.expires:
        raise Expired("This batch's results were kept for their time and have been removed.")
    return record


def load_request(store: BatchStore) -> Request:
    """The request as it was understood."""
    body: dict[str, Any] | None = store.read_json("request.json")
    if body is None:
        raise NotFound("There is no batch of that id.")
    return Request.from_json(body)
