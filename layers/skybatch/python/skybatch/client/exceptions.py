"""Exceptions of the client, and the server's own errors rebuilt from their responses.

::

    SkybatchError
    ├── Transient
    │   ├── Unreachable
    │   └── StillRunning
    ├── UnexpectedResponse
    ├── BatchFailed
    ├── TransferFailed
    ├── PackageMissing
    ├── TokenRefused
    └── the classes of `skybatch.errors`, as the server sent them
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from skybatch import errors
from skybatch.errors import CellError, SkybatchError


class Unreachable(errors.Transient):
    """The server gave no response, or an incomplete one, at every attempt."""

    code, title = "unreachable", "The server cannot be reached"


class UnexpectedResponse(SkybatchError):
    """A response that is not of this API: from another server, or from a proxy in between."""

    code, title, status = "unexpected_answer", "The response is not that of a skybatch server", 502


# By its code's name.
UnexpectedAnswer = UnexpectedResponse


class StillRunning(errors.Transient):
    """The batch had not ended."""

    code, title, status = "still_running", "The batch is still running", 504


class BatchFailed(SkybatchError):
    """The batch as a whole failed; ``detail`` is the server's reason."""

    code, title, status = "batch_failed", "The batch failed", 502


class TransferFailed(SkybatchError):
    """Files that could not be fetched, or not with the right contents; ``files`` names them."""

    code, title, status = "transfer_failed", "Not every file could be fetched", 502

    def __init__(self, detail: str, *, files: Sequence[str] = ()) -> None:
        super().__init__(detail)
        self.files = tuple(files)


class TokenRefused(SkybatchError):
    """The service is private: it takes this request with a token of its issuer only."""

    code, title, status = "token_refused", "A token is needed", 401


class PackageMissing(SkybatchError):
    """An optional package is needed and not installed."""

    code, title, status = "package_missing", "A package is not installed", 501


# What API Gateway's authorizer says by its status.
TOKEN_REFUSED = {
    401: "This service is private: no token was sent, or one that it does not take (it may have expired). "
    "Give one by SKYBATCH_TOKEN, or a command that prints one by SKYBATCH_TOKEN_COMMAND.",
    403: "This service is private, and the token that was sent does not allow this: ask its operator.",
}


def from_response(status: int, body: bytes, challenge: str = "") -> SkybatchError:
    """Return the exception for a response of status 400 or more; ``challenge`` is its WWW-Authenticate.

    A problem document (RFC 9457) of the server becomes the class of its ``code``, with its row errors. Any
    other body, such as that of a gateway before the server, becomes Transient where repeating the request
    can help.
    """
    problem = _problem(body)
    if status in TOKEN_REFUSED and "code" not in problem and (status == 401 or challenge):
        return TokenRefused(TOKEN_REFUSED[status])
    known = _classes_by_code().get(str(problem.get("code")))
    detail = str(problem.get("detail") or problem.get("message") or f"The server returned {status}.")
    if known is not None:
        return known(detail, errors=list(_cell_errors(problem)))
    by_status = {413: errors.TooLarge, 429: errors.TooMany}.get(status)
    if by_status is not None:
        return by_status(detail)
    if status >= 500:
        return errors.Transient(detail)
    return UnexpectedResponse(f"{detail} Its errors are not those of a skybatch server.")


def _problem(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _cell_errors(problem: dict[str, Any]) -> Iterator[CellError]:
    names = CellError.__dataclass_fields__
    listed = problem.get("errors")
    for entry in listed if isinstance(listed, list) else []:
        if isinstance(entry, dict):
            given = {name: entry[name] for name in names if name in entry}
            yield CellError(**{"column": "", "value": "", "rule": "", **given})


def _classes_by_code() -> dict[str, type[SkybatchError]]:
    found = vars(errors).values()
    return {kind.code: kind for kind in found if isinstance(kind, type) and issubclass(kind, SkybatchError)}
