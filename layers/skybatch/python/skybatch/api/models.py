"""The bodies of the API's responses that are no batch's status: one frozen dataclass each.

Their fields have the names on the wire. The OpenAPI document is generated from them: a field's metadata is
JSON Schema, its description is the one of the docstring's Attributes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from skybatch.errors import CellError

URI = {"format": "uri"}
BATCH_ID = {"pattern": "^[0-9a-f]{32}$"}


@dataclass(frozen=True)
class SubmittedBatch:
    """A batch that was accepted.

    Attributes
    ----------
    rows
        Rows of the request.
    notices
        What the service did differently from what was asked.
    """

    batch_id: str = field(metadata=BATCH_ID)
    status_url: str = field(metadata=URI)
    results_url: str = field(metadata=URI)
    rows: int
    notices: tuple[str, ...]


@dataclass(frozen=True)
class BatchEstimate:
    """What a batch would give, by the inventory alone.

    Attributes
    ----------
    parts
        Batches that it takes.
    by_outcome
        Rows by expected outcome.
    by_band
        Images by band.
    crops, cut_at_edge
        Crops among the images, and how many of them reach beyond their image.
    notices
        What the service would do differently from what was asked.
    """

    rows: int
    images: int
    bytes: int
    parts: int
    by_outcome: dict[str, int]
    by_band: dict[str, int]
    crops: int
    cut_at_edge: int
    notices: tuple[str, ...]


@dataclass(frozen=True)
class FinishedImage:
    """One image that was retrieved.

    Attributes
    ----------
    n
        Number of the image in the batch's plan, from 0.
    row
        Number of its row in the posted table, from 1; null where the request is no table.
    id
        The row's id, as the request gave it.
    """

    n: int
    file: str
    bytes: int
    row: int | None
    id: str | None
    band: str
    image_type: str
    url: str = field(metadata=URI)
    preview: str = field(metadata=URI)


@dataclass(frozen=True)
class ImagePage:
    """Images of a batch in the order they finished.

    Attributes
    ----------
    next
        Where to go on, as ``after``; null after the last image of a batch that has ended.
    """

    images: tuple[FinishedImage, ...]
    next: str | None


@dataclass(frozen=True)
class ProblemDetails:
    """An error (RFC 9457).

    Attributes
    ----------
    status
        The HTTP status.
    code
        Stable; one of those listed with each status.
    errors
        The values that break a rule; absent where the error is not about values.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[CellError, ...] = ()

    absent_if_none = ("errors",)
