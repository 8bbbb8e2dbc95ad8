"""What the server answers, as objects. ``answer`` is always the JSON object as it came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import index
from typing import Any

from skybatch.client.exceptions import UnexpectedResponse
from skybatch.status import BatchStatus

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
_BATCH_ID = re.compile(r"[0-9a-f]{32}")
_IN_URL = re.compile(r"/batches/([0-9a-f]{32})(?:[/?#]|$)")

Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What a request would give, nothing started.

    ``bytes`` are those of all images, ``parts`` how many batches of the server's limit they make.
    ``by_outcome`` counts rows, ``by_band`` images.
    """

    rows: int
    images: int
    bytes: int
    parts: int
    by_outcome: Mapping[str, int]
    by_band: Mapping[str, int]
    notices: tuple[str, ...]
    answer: Answer = field(repr=False)

    @classmethod
    def read(cls, answer: Answer) -> Plan:
        """From the answer of ``POST /plans``."""
        with _expecting("a plan"):
            return cls(
                rows=int(answer["rows"]),
                images=int(answer["images"]),
                bytes=int(answer["bytes"]),
                parts=int(answer["parts"]),
                by_outcome=dict(answer["by_outcome"]),
                by_band=dict(answer["by_band"]),
                notices=tuple(answer["notices"]),
                answer=answer,
            )


@dataclass(frozen=True)
class Batch:
    """A batch that was accepted: its id (keep it to yourself, it opens the batch) and its addresses."""

    batch_id: str
    status_url: str
    results_url: str
    rows: int
    notices: tuple[str, ...]
    answer: Answer = field(repr=False)

    @classmethod
    def read(cls, answer: Answer) -> Batch:
        """From the answer of ``POST /batches`` or ``…/resubmit``."""
        with _expecting("a batch"):
            return cls(
                batch_id=id_of(str(answer["batch_id"])),
                status_url=str(answer["status_url"]),
                results_url=str(answer["results_url"]),
                rows=int(answer["rows"]),
                notices=tuple(answer["notices"]),
                answer=answer,
            )


def read_status(answer: Answer) -> BatchStatus:
    """Read the answer of ``GET /batches/{id}``.

    Raises UnexpectedResponse for another shape, a batch id that is none or an unsafe file name.
    """
    with _expecting("a status"):
        status = BatchStatus.from_json(answer)
        for file in status.files:
            safe_name(file.name)
            index(file.bytes)
        return replace(status, batch_id=id_of(status.batch_id))


@dataclass(frozen=True)
class Image:
    """One finished image of a batch.

    ``row`` (from 1) and ``id`` are those of the request's row, None where the request was no list; ``md5``
    is known once the batch has ended.
    """

    file: str
    bytes: int
    row: int | None
    id: str | None
    band: str
    md5: str | None = None

    @classmethod
    def read(cls, answer: Answer) -> Image:
        """From an entry of ``GET /batches/{id}/images``, or of manifest.json."""
        with _expecting("an image"):
            name = safe_name(str(answer["file"]).removeprefix("images/"))
            size, band = int(answer["bytes"]), str(answer["band"])
            return cls(name, size, answer.get("row"), answer.get("id"), band, answer.get("md5"))


def id_of(batch: object) -> str:
    """The id in a batch id, an address of the batch as emails have it, a Batch or a BatchStatus.

    Raises ValueError for anything else.
    """
    text = str(getattr(batch, "batch_id", batch)).strip()
    in_url = _IN_URL.search(text)
    if in_url:
        return in_url[1]
    if not _BATCH_ID.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is neither a batch id (32 hexadecimal digits) nor its address")
    return text


def safe_name(name: str) -> str:
    """A file name that cannot leave the folder it is written to. Raises ValueError for any other."""
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a safe file name")
    return name


class _expecting:  # noqa: N801  (reads as a statement)
    """Makes an answer of another shape an UnexpectedResponse."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (KeyError, TypeError, ValueError)):
            raise UnexpectedResponse(f"The server's answer is not that of {self.what}: {error!r}.") from error
