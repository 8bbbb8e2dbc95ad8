"""What the server answers, as objects. ``answer`` is always the JSON object as it came."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from skybatch.client.exceptions import UnexpectedResponse

ENDED = frozenset({"complete", "failed", "cancelled"})
# Row outcomes that leave images wanting which exist; the others are the sky's or the request's own.
WANTING = ("partial", "over_limit", "failed", "unresolved", "cancelled")
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


@dataclass(frozen=True)
class ResultFile:
    """One file of a finished batch; ``md5`` in hexadecimal digits."""

    name: str
    bytes: int
    md5: str


@dataclass(frozen=True)
class Status:
    """How a batch fares.

    ``state`` is one of accepted, resolving, planning, working, packaging, complete, failed, cancelled;
    ``rows`` counts the request's rows by outcome, ``images`` images by outcome. ``left_over`` are the
    images beyond the server's limit, which `Client.resubmit` asks for.
    """

    batch_id: str
    state: str
    label: str | None
    progress: Mapping[str, Any]
    rows: Mapping[str, int]
    images: Mapping[str, int]
    bytes: int
    files: tuple[ResultFile, ...]
    left_over: int
    part: int
    next_id: str | None
    reason: str | None
    notices: tuple[str, ...]
    answer: Answer = field(repr=False)

    @classmethod
    def read(cls, answer: Answer) -> Status:
        """From the answer of ``GET /batches/{id}``."""
        with _expecting("a status"):
            chain = answer.get("chain") or {}
            return cls(
                batch_id=id_of(str(answer["batch_id"])),
                state=str(answer["state"]),
                label=answer.get("label"),
                progress=dict(answer["progress"]),
                rows=dict(answer["rows"]),
                images=dict(answer["images"]),
                bytes=int(answer["bytes"]),
                files=tuple(_file(entry) for entry in answer["files"]),
                left_over=int((answer.get("unretrieved") or {}).get("images", 0)),
                part=int(chain.get("part") or 1),
                next_id=chain.get("next"),
                reason=answer.get("reason"),
                notices=tuple(answer["notices"]),
                answer=answer,
            )

    @property
    def ended(self) -> bool:
        """Whether nothing will change any more."""
        return self.state in ENDED

    @property
    def whole(self) -> bool:
        """Whether it ended with every image that exists for its rows."""
        wanting = any(self.rows.get(outcome) for outcome in WANTING)
        return self.whole_but_for_limit and not (wanting or self.left_over)

    @property
    def whole_but_for_limit(self) -> bool:
        """Whether it ended, and nothing is wanting but what lies beyond the server's limit."""
        lost = self.images.get("failed") or self.rows.get("unresolved") or self.rows.get("cancelled")
        return self.state == "complete" and not lost

    def file(self, name: str) -> ResultFile | None:
        """The result file of this name."""
        return next((file for file in self.files if file.name == name), None)


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
    """The id in a batch id, an address of the batch as emails have it, a Batch or a Status.

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


def _file(entry: Answer) -> ResultFile:
    return ResultFile(safe_name(str(entry["name"])), int(entry["bytes"]), str(entry["md5"]))


class _expecting:  # noqa: N801  (reads as a statement)
    """Makes an answer of another shape an UnexpectedResponse."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (KeyError, TypeError, ValueError)):
            raise UnexpectedResponse(f"The server's answer is not that of {self.what}: {error!r}.") from error
