"""What can go wrong on the client's side of the wire, and the server's own errors as it told them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from skybatch import errors
from skybatch.errors import CellError, SkybatchError


class Unreachable(errors.Transient):
    """The server did not answer, or not well, however often it was asked."""

    code, title = "unreachable", "The server cannot be reached"


class UnexpectedAnswer(SkybatchError):
    """An answer that is none of this interface's: another server, or a proxy in between."""

    code, title, status = "unexpected_answer", "The answer is not that of a skybatch server", 502


class StillRunning(errors.Transient):
    """The batch had not ended when the waiting was over."""

    code, title, status = "still_running", "The batch is still running", 504


class BatchFailed(SkybatchError):
    """The batch as a whole failed; the server's reason stands in ``detail``."""

    code, title, status = "batch_failed", "The batch failed", 502


class TransferFailed(SkybatchError):
    """Files that could not be fetched whole and right; ``files`` names them."""

    code, title, status = "transfer_failed", "Not every file could be fetched", 502

    def __init__(self, detail: str, *, files: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.files = tuple(files)


class PackageMissing(SkybatchError):
    """An optional package is wanted and not installed."""

    code, title, status = "package_missing", "A package is not installed", 501


def from_answer(status: int, body: bytes) -> SkybatchError:
    """The error that an answer of status 400 or more stands for.

    A problem (RFC 9457) of our server becomes the class of its ``code`` with the row errors it tells;
    any other body, as of a gateway before the server, becomes Transient where asking again can help.
    """
    problem = _problem(body)
    known = _by_code().get(str(problem.get("code")))
    detail = str(problem.get("detail") or problem.get("message") or f"The server answered {status}.")
    if known is not None:
        return known(detail, errors=list(_cells(problem)))
    kind = {404: errors.NotFound, 413: errors.TooLarge, 429: errors.TooMany}.get(status)
    if kind is None:
        kind = errors.Transient if status >= 500 else UnexpectedAnswer
    return kind(detail)


def _problem(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _cells(problem: dict[str, Any]) -> Iterator[CellError]:
    names = CellError.__dataclass_fields__
    listed = problem.get("errors")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            told = {name: entry[name] for name in names if name in entry}
            yield CellError(**{"column": "", "value": "", "rule": "", **told})


def _by_code() -> dict[str, type[SkybatchError]]:
    """The classes of the server's errors, by their stable code."""
    found = vars(errors).values()
    return {kind.code: kind for kind in found if isinstance(kind, type) and issubclass(kind, SkybatchError)}
