"""What stands about a batch from its first moment: who may be written to, when it ends, its chain.

``batch.json`` is written once, at submission; ``request.json`` beside it holds the request, without the
address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from skybatch.batch import keys
from skybatch.batch.store import BatchStore
from skybatch.errors import Expired, NotFound
from skybatch.names.model import NameResult
from skybatch.requests.model import Request
from skybatch.requests.resolution import unresolved_names, with_positions

SECONDS_A_DAY = 86_400


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
        Where the service was reached, without a slash at its end; links in emails and tables start so.
    email
        Where to write when it is done, or None.
    limit_bytes
        Bytes of image files it may hold.
    upload
        Name of the table as uploaded, or None.
    part, previous
        Its place in a chain of batches, from 1, and the batch it continues.
    markers
        What counts it among its address's running batches (`limits`).
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
    markers: tuple[str, ...] = ()

    def url(self, path: str = "") -> str:
        """The address of this batch, or of something below it."""
        return f"{self.base_url}/batches/{self.batch_id}" + (f"/{path}" if path else "")

    def image_url(self, file: str) -> str:
        """Give the address of a delivered image."""
        return self.url(f"images/{file}")

    def preview_url(self, name: str) -> str:
        """Give the address of a preview, by its own name."""
        return self.url(f"previews/{name}")

    def file_url(self, name: str) -> str:
        """Give the address of a file of the results."""
        return self.url(f"files/{name}")


def save_record(store: BatchStore, record: BatchRecord, request: Request) -> bool:
    """Write record and request; False where this batch had been accepted before."""
    store.create_json(keys.REQUEST, request.to_json())
    return store.create_json(keys.RECORD, asdict(record))


def load_record(store: BatchStore, now: float | None = None) -> BatchRecord:
    """The batch's record.

    Raises
    ------
    NotFound
        There is no such batch.
    Expired
        There was, and by ``now`` its results are gone.
    """
    body = store.read_json(keys.RECORD)
    if body is None:
        raise NotFound("There is no batch of that id.")
    record = BatchRecord(**{**body, "markers": tuple(body.get("markers", ()))})
    if now is not None and now > record.expires:
        raise Expired("This batch's results were kept for their time and have been removed.")
    return record


def load_request(store: BatchStore) -> Request:
    """The request as it was understood, with the positions of those names that were resolved."""
    body: dict[str, Any] | None = store.read_json(keys.REQUEST)
    if body is None:
        raise NotFound("There is no batch of that id.")
    request = Request.from_json(body)
    return with_positions(request, load_names(store).answers) if unresolved_names(request) else request


@dataclass(frozen=True)
class Names:
    """What is known of a batch's object names so far (`names.json`).

    ``rounds`` counts how often they were asked, ``settled`` says that it will not be done again.
    """

    answers: Mapping[str, NameResult]
    started: float = 0.0
    rounds: int = 0
    settled: bool = False


def load_names(store: BatchStore) -> Names:
    """What is known of the batch's names; nothing where nobody asked yet."""
    body = store.read_json(keys.NAMES)
    if body is None:
        return Names({})
    answers = [NameResult.from_json(answer) for answer in body.pop("answers")]
    return Names({answer.name: answer for answer in answers}, **body)


def save_names(store: BatchStore, names: Names) -> None:
    """Keep what is known of the batch's names."""
    answers = [answer.to_json() for answer in names.answers.values()]
    store.write_json(keys.NAMES, {**vars(names), "answers": answers})
