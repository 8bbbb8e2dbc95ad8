"""Every error the service can name, in one small tree.

Each class carries a stable ``code``, the HTTP ``status`` it answers with, and whether trying the same
thing again can help (``retryable``). How an error is rendered (problem+json, VOTable, page) is decided
at the edge, never here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class CellError:
    """One bad value of a request: where it stands, what it is, and the rule it breaks.

    ``line`` counts from 1 in the uploaded text, ``row`` from 1 in the table's data; both are None for a
    field outside the table. ``column`` is the table column or the request field.
    """

    column: str
    value: str
    rule: str
    line: int | None = None
    row: int | None = None

    def sentence(self) -> str:
        """One sentence a person can act on."""
        place = f"line {self.line}, " if self.line is not None else ""
        place += f"row {self.row}, " if self.row is not None else ""
        shown = self.value if len(self.value) <= 60 else self.value[:57] + "..."
        return f"{place}{self.column} {shown!r}: {self.rule}"


class SkybatchError(Exception):
    """Root of the tree; raised itself only for unexpected failures."""

    code: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str, *, errors: Sequence[CellError] = (), retry_after: int = 5) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after = retry_after  # seconds, where trying again can help
        self.errors = tuple(errors)

    def problem(self) -> dict[str, Any]:
        """Render the error as an RFC 9457 ``application/problem+json`` object."""
        body: dict[str, Any] = {
            "type": f"urn:skybatch:error:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors:
            body["errors"] = [asdict(error) for error in self.errors]
        return body


# What the caller can correct ------------------------------------------------------------------------


class MalformedRequest(SkybatchError):
    """The body is not what its media type says."""

    code, title, status = "malformed", "The request could not be read", 400


class InvalidRequest(SkybatchError):
    """Read, but some values break a rule; ``errors`` names up to 100 of them."""

    code, title, status = "invalid", "Some values are not valid", 422


class UnknownNames(InvalidRequest):
    """No name service knows some object names, and the request asked to be refused then."""

    code, title = "unknown_names", "Some object names are not known"


class TooLarge(SkybatchError):
    """More rows, images or bytes than one request may carry."""

    code, title, status = "too_large", "The request is too large", 413


class UnsupportedMedia(SkybatchError):
    """The content type is not supported."""

    code, title, status = "unsupported_media", "This media type is not supported", 415


class NotFound(SkybatchError):
    """No such batch, file or image."""

    code, title, status = "not_found", "Not found", 404


class Closed(SkybatchError):
    """The operator of this deployment has closed the endpoint."""

    code, title, status = "closed", "This is not offered here", 403


class Expired(SkybatchError):
    """The results have expired."""

    code, title, status = "expired", "The results have expired", 410


class Conflict(SkybatchError):
    """The batch is not in a state that allows this."""

    code, title, status = "conflict", "The batch is not in a state for this", 409


class TooMany(SkybatchError):
    """Come back later; the answer's Retry-After says when."""

    code, title, status, retryable = "too_many", "Too many requests", 429, True


# Errors of one stored image -------------------------------------------------------------------------


class SourceError(SkybatchError):
    """A stored image that cannot be delivered, for good; ``reason`` stands in the tables."""

    code, title, status = "source", "The stored image cannot be delivered", 502


class SourceMissing(SourceError):
    """The inventory lists the image, the archive does not hold it."""

    code = "source_missing"


class SourceElsewhere(SourceError):
    """The bucket of the image is in another region than its survey's description says."""

    code = "source_elsewhere"


class SourceDamaged(SourceError):
    """Truncated, not gzip where it must be, or not FITS."""

    code = "source_damaged"


class SourceUnsupported(SourceError):
    """A FITS file of a kind we do not cut: a cube, a multi-extension file, another pixel type."""

    code = "source_unsupported"


class SourceDiffers(SourceError):
    """The stored image is not the one the inventory describes (its size changed, say)."""

    code = "source_differs"


# Errors of the service ------------------------------------------------------------------------------


class Transient(SkybatchError):
    """A service answered badly for now; the same call may pass later."""

    code, title, status, retryable = "transient", "Please try again in a moment", 503, True


class SourceForbidden(Transient):
    """The bucket refuses to give an image, which may be missing or not; an operator must act."""

    code, title = "source_forbidden", "The archive refuses to give the image"


class InventoryError(SkybatchError):
    """The inventory is absent or not whole; an operator must act."""

    code, title, status = "inventory", "The image inventory cannot be read", 503


class AccessRefused(InventoryError):
    """A store refuses what an operator's command asks of it."""

    code, title = "access_refused", "The archive's store refuses access"


class InvalidSurvey(InventoryError):
    """The description of a survey breaks rules; each line of ``detail`` names file, key and rule."""

    code, title = "survey_invalid", "The description of the survey is not valid"


class DatasetAbsent(InventoryError):
    """A data set of the survey that this archive does not hold; nothing is broken."""

    code, title, status = "dataset_absent", "This archive does not hold that data set", 404
