"""Responses of the server as objects; ``response`` is always the JSON object as received."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from operator import index
from typing import Any

from skybatch.client.exceptions import UnexpectedResponse
from skybatch.errors import CellError
from skybatch.status import BatchStatus

_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}")
_BATCH_ID = re.compile(r"[0-9a-f]{32}")
_IN_URL = re.compile(r"/batches/([0-9a-f]{32})(?:[/?#]|$)")

JsonObject = Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """What a request would deliver, without a batch.

    ``bytes`` is the size of all images, ``parts`` the number of batches that the server's limit divides them
    into. ``by_outcome`` counts rows, ``by_band`` images; ``cut_at_edge`` of its
    ``crops`` reach beyond their image. ``by_survey`` has ``by_outcome``, ``images`` and ``bytes`` of each of
    several surveys, and is empty for one.
    """

    rows: int
    images: int
    bytes: int
    parts: int
    by_outcome: Mapping[str, int]
    by_band: Mapping[str, int]
    crops: int
    cut_at_edge: int
    notices: tuple[str, ...]
    response: JsonObject = field(repr=False)
    by_survey: Mapping[str, JsonObject] = field(default_factory=dict)

    @classmethod
    def read(cls, response: JsonObject) -> Plan:
        """Read the response of ``POST /plans``."""
        with _expecting("a plan"):
            return cls(
                rows=int(response["rows"]),
                images=int(response["images"]),
                bytes=int(response["bytes"]),
                parts=int(response["parts"]),
                by_outcome=dict(response["by_outcome"]),
                by_band=dict(response["by_band"]),
                crops=int(response.get("crops", 0)),
                cut_at_edge=int(response.get("cut_at_edge", 0)),
                notices=tuple(response["notices"]),
                response=response,
                by_survey=dict(response.get("by_survey") or {}),
            )


@dataclass(frozen=True)
class CheckedTable:
    """How the server understands a table; nothing was started, and no name resolved.

    ``rows`` and ``columns`` are the server's JSON objects: a row has its position (``ra``, ``dec``, ICRS
    degrees), ``name``, ``id``, ``size`` and so on, and ``from``, where the position was read.
    """

    rows: tuple[JsonObject, ...]
    columns: tuple[JsonObject, ...]
    notices: tuple[str, ...]
    errors: tuple[CellError, ...]
    response: JsonObject = field(repr=False)

    @classmethod
    def read(cls, response: JsonObject) -> CheckedTable:
        """Read the response of ``POST /tables``."""
        with _expecting("a table"):
            return cls(
                rows=tuple(response["rows"]),
                columns=tuple(response["columns"]),
                notices=tuple(response["notices"]),
                errors=tuple(CellError(**error) for error in response["errors"]),
                response=response,
            )


@dataclass(frozen=True)
class Batch:
    """An accepted batch: its id (keep it private, it gives access to the batch) and its URLs."""

    batch_id: str
    status_url: str
    results_url: str
    rows: int
    notices: tuple[str, ...]
    response: JsonObject = field(repr=False)

    @classmethod
    def read(cls, response: JsonObject) -> Batch:
        """Read the response of ``POST /batches`` or ``…/resubmit``."""
        with _expecting("a batch"):
            return cls(
                batch_id=id_of(str(response["batch_id"])),
                status_url=str(response["status_url"]),
                results_url=str(response["results_url"]),
                rows=int(response["rows"]),
                notices=tuple(response["notices"]),
                response=response,
            )


def read_status(response: JsonObject) -> BatchStatus:
    """Read the response of ``GET /batches/{id}``.

    Raises
    ------
    UnexpectedResponse
        The response has another shape, an invalid batch id or an unsafe file name.
    """
    with _expecting("a status"):
        status = BatchStatus.from_json(response)
        for file in status.files:
            safe_name(file.name)
            index(file.bytes)
        return replace(status, batch_id=id_of(status.batch_id))


@dataclass(frozen=True)
class Image:
    """One finished image of a batch.

    ``row`` (from 1) and ``id`` are those of the request's row, None where the request was no list;
    ``bundle`` is the server's object that holds it, from byte ``offset`` on, None where that or ``md5`` is
    not known. ``survey`` is that of several surveys to which it belongs, None where the request names one.
    """

    file: str
    bytes: int
    row: int | None
    id: str | None
    band: str
    md5: str | None = None
    bundle: str | None = None
    offset: int = 0
    survey: str | None = None

    @classmethod
    def read(cls, response: JsonObject) -> Image:
        """Read an entry of ``GET /batches/{id}/images``, or of manifest.json."""
        with _expecting("an image"):
            name = safe_name(str(response["file"]).removeprefix("images/"))
            size, band = int(response["bytes"]), str(response["band"])
            md5, bundle = response.get("md5"), response.get("bundle")
            place, offset = (safe_name(str(bundle)), int(response["offset"])) if bundle and md5 else (None, 0)
            row, row_id, survey = (response.get(each) for each in ("row", "id", "survey"))
            return cls(name, size, row, row_id, band, md5, place, offset, survey)


def id_of(batch: object) -> str:
    """Return the id of a batch given by its id, any URL of it, a Batch or a BatchStatus.

    Raises
    ------
    ValueError
        ``batch`` is none of these.
    """
    text = str(getattr(batch, "batch_id", batch)).strip()
    in_url = _IN_URL.search(text)
    if in_url:
        return in_url[1]
    if not _BATCH_ID.fullmatch(text):
        raise ValueError(f"{text[:80]!r} is neither a batch id (32 hexadecimal digits) nor its URL")
    return text


def safe_name(name: str) -> str:
    """Return a file name that cannot leave its directory. Raises ValueError for any other."""
    if not _SAFE_NAME.fullmatch(name):
        raise ValueError(f"{name[:80]!r} is not a safe file name")
    return name


class _expecting:  # noqa: N801  (reads as a statement)
    """Raise UnexpectedResponse where a response has another shape."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, (KeyError, TypeError, ValueError)):
            raise UnexpectedResponse(f"The response is not that of {self.what}: {error!r}.") from error
