"""The status of a batch, as ``GET /batches/{id}`` answers it.

One set of types for everybody who reads or writes a status: the service, its pages and emails, and the
Python client, which is why it needs the standard library alone. Unknown fields are ignored and missing or
null ones take their defaults, so that client and server may differ in version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar, Self

from skybatch.counts import AbsentImages as AbsentImages
from skybatch.counts import ImageCounts as ImageCounts
from skybatch.counts import RowCounts as RowCounts
from skybatch.counts import SurveyCounts as SurveyCounts
from skybatch.wire import Json, WireRecord

# JSON Schema of some fields, for the OpenAPI document that is generated from these types.
_ID = {"pattern": "^[0-9a-f]{32}$"}
_URI = {"format": "uri"}
_INSTANT = {"format": "date-time"}


class BatchState(StrEnum):
    """The states of a batch, in the order it passes through them; the last three are final."""

    ACCEPTED = "accepted"
    RESOLVING = "resolving"
    PLANNING = "planning"
    WORKING = "working"
    PACKAGING = "packaging"
    COMPLETE = "complete"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL_STATES = frozenset({BatchState.COMPLETE, BatchState.FAILED, BatchState.CANCELLED})


@dataclass(frozen=True)
class Progress(WireRecord):
    """How far a running batch is; ``tasks`` are the images within the limit.

    ``updated`` is the Unix time of the last count, None before the first.
    """

    tasks: int = 0
    done: int = 0
    failed: int = 0
    bytes_done: int = 0
    bytes_planned: int = 0
    updated: float | None = None

    absent_if_none = ("updated",)


@dataclass(frozen=True)
class ResultFile(WireRecord):
    """One file of a finished batch.

    ``md5`` and ``crc32`` (zlib's) are in hexadecimal digits, None where they are not known: of
    ``images.tar``, which is joined inside S3, there is the CRC-32 alone.
    """

    name: str
    bytes: int
    md5: str | None = field(default=None, metadata={"pattern": "^[0-9a-f]{32}$"})
    media_type: str = "application/octet-stream"
    url: str = field(default="", metadata=_URI)
    crc32: str | None = field(default=None, metadata={"pattern": "^[0-9a-f]{8}$"})

    absent_if_none = ("crc32",)


@dataclass(frozen=True)
class Unretrieved(WireRecord):
    """The images beyond the limit, and where to ask for them in another batch."""

    images: int = 0
    bytes: int = 0
    resubmit_url: str = field(default="", metadata=_URI)


@dataclass(frozen=True)
class Chain(WireRecord):
    """The place of a batch among those that share a request; ``retry`` is the batch of its failed images.

    ``part`` counts from 1; ``parts`` are expected by planned sizes, None where these are not known yet.
    ``lost_before`` counts the images that failed or were cancelled in the parts before this one, None where
    that is not known.
    """

    part: int = field(default=1, metadata={"minimum": 1})
    parts: int | None = field(default=None, metadata={"minimum": 1})
    previous: str | None = field(default=None, metadata=_ID)
    next: str | None = field(default=None, metadata=_ID)
    retry: str | None = field(default=None, metadata=_ID)
    lost_before: int | None = field(default=None, metadata={"minimum": 0})


@dataclass(frozen=True)
class ReasonCount(WireRecord):
    """How many rows ended in one outcome for one reason; ``named`` are the first few of them.

    ``code`` says what kind of failure it was, and then ``reason`` has its details; None for other reasons.
    """

    outcome: str
    reason: str
    rows: int = 0
    named: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True)
class RegionSummary(WireRecord):
    """The region of a request: centre (ICRS) and diameter in degrees; no centre where its name is unknown."""

    center: tuple[float, float] | None = None
    name: str | None = None
    diameter: float = 0.0
    relation: str = "overlap"


@dataclass(frozen=True)
class ScanSummary(WireRecord):
    """The scan of a request: night as yymmdd, hemisphere n or s, number in the night."""

    date: str | None = None
    hem: str | None = None
    scan: int | None = None


@dataclass(frozen=True)
class RequestSummary(WireRecord):
    """A request in the few facts that pages and emails show, whatever its number of rows.

    ``from_service`` is a table of an earlier batch, sent back; ``quicklooks``, whether any row asks for one;
    ``edge`` is ``pad`` where any crop is to be padded; ``surveys`` are the ids of several, else None.
    """

    mode: str = ""
    bands: tuple[str, ...] = ()
    image_type: str = "atlas"
    decompress: bool = True
    delivery_format: str = "fits.gz"
    dataset: str = ""
    rows: int = 0
    table_name: str | None = None
    quicklooks: bool = False
    from_service: bool = False
    edge: str = "clip"
    region: RegionSummary | None = None
    scan: ScanSummary | None = None
    surveys: tuple[str, ...] | None = None

    wire_names: ClassVar = {"delivery_format": "form", "from_service": "ours"}
    absent_if_none = ("region", "scan", "surveys")
    readers: ClassVar = {"region": RegionSummary.from_json, "scan": ScanSummary.from_json}


@dataclass(frozen=True)
class BatchStatus(WireRecord):
    """The status of a batch in any state.

    Attributes
    ----------
    state
        One of `BatchState`; text, so that a client reads states that a newer server adds.
    created, finished, expires
        ISO 8601 in UTC.
    bytes, limit_bytes
        Bytes of the image files delivered so far, and how many one batch may deliver.
    reason
        Why a batch failed as a whole.
    reasons
        Why rows lack images, most frequent first.
    absent
        The images asked for that the archive does not hold, None where there are none.
    request
        The request in a few facts (``asked`` on the wire, empty where they are not stored yet).
    surveys
        What came of each survey, by its id, where the request names several; else None.
    mail
        What became of the email: ``sending``, ``sent``, ``failed``, ``bounced`` (it came back),
        ``complained`` (it was reported as unwanted), ``blocked`` (its address wants none), ``held`` (until
        its address is confirmed), or None where none was begun.
    """

    batch_id: str = field(metadata=_ID)
    state: str = field(metadata={"enum": list(BatchState)})
    label: str | None = None
    mode: str | None = None
    created: str | None = field(default=None, metadata=_INSTANT)
    finished: str | None = field(default=None, metadata=_INSTANT)
    expires: str | None = field(default=None, metadata=_INSTANT)
    notices: tuple[str, ...] = ()
    progress: Progress = field(default_factory=Progress)
    rows: RowCounts = field(default_factory=RowCounts)
    images: ImageCounts = field(default_factory=ImageCounts)
    bytes: int = 0
    limit_bytes: int = 0
    files: tuple[ResultFile, ...] = ()
    unretrieved: Unretrieved | None = None
    chain: Chain = field(default_factory=Chain)
    reason: str | None = None
    reasons: tuple[ReasonCount, ...] = ()
    request: RequestSummary | None = None
    mail: str | None = None
    absent: AbsentImages | None = None
    surveys: dict[str, SurveyCounts] | None = None

    wire_names: ClassVar = {"request": "asked"}
    absent_if_none = ("surveys",)
    readers: ClassVar = {
        "progress": Progress.from_json,
        "rows": RowCounts.from_json,
        "images": ImageCounts.from_json,
        "files": ResultFile.from_json,
        "unretrieved": Unretrieved.from_json,
        "chain": Chain.from_json,
        "reasons": ReasonCount.from_json,
        "request": RequestSummary.from_json,
        "absent": AbsentImages.from_json,
        "surveys": SurveyCounts.by_id,
    }

    @classmethod
    def from_json(cls, answer: Json | None) -> Self:
        """Read a status from the wire or from ``status.json``. Raises TypeError for what is no status."""
        return super().from_json({**(answer or {}), "asked": (answer or {}).get("asked") or None})

    def to_json(self) -> dict[str, Any]:
        """Return the status as on the wire and in ``status.json``."""
        told = super().to_json()
        return {**told, "asked": told["asked"] or {}}

    @property
    def ended(self) -> bool:
        """Whether the state is final."""
        return self.state in FINAL_STATES

    @property
    def left_over(self) -> int:
        """Images beyond the limit of the batch."""
        return self.unretrieved.images if self.unretrieved else 0

    @property
    def retrieved_within_limit(self) -> bool:
        """Whether the batch is complete and lacks at most the images beyond its limit."""
        lost = self.images.failed or self.rows.unresolved or self.rows.cancelled
        return self.state == BatchState.COMPLETE and not lost

    @property
    def retrieved_all(self) -> bool:
        """Whether the batch is complete with every image that exists for its rows."""
        rows = self.rows
        lacking = rows.partial or rows.over_limit or rows.failed or rows.unresolved or rows.cancelled
        return self.retrieved_within_limit and not (lacking or self.left_over)

    def file(self, name: str) -> ResultFile | None:
        """Return the result file of this name, None where there is none."""
        return next((each for each in self.files if each.name == name), None)
