"""Codes for what became of images and rows, as they are stored and shown to programs."""

from __future__ import annotations

from enum import StrEnum


class ImageStatus(StrEnum):
    """What became of an image."""

    RETRIEVED = "retrieved"
    OVER_LIMIT = "over_limit"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowStatus(StrEnum):
    """What became of a row of the request, in the order in which the status lists its counts."""

    RETRIEVED = "retrieved"
    PARTIAL = "partial"
    OVER_LIMIT = "over_limit"
    FAILED = "failed"
    NOT_COVERED = "not_covered"
    UNRESOLVED = "unresolved"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"


class FailureCode(StrEnum):
    """Why a single image could not be delivered; those that begin with ``source`` are `SourceError`'s."""

    SOURCE_MISSING = "source_missing"
    SOURCE_ELSEWHERE = "source_elsewhere"
    SOURCE_DAMAGED = "source_damaged"
    SOURCE_UNSUPPORTED = "source_unsupported"
    SOURCE_DIFFERS = "source_differs"
    GAVE_UP = "gave_up"
    OVER_BATCH_LIMIT = "over_batch_limit"
    OUTSIDE_IMAGE = "outside_image"
    PADDED_TOO_LARGE = "padded_too_large"
    OVER_WORKER_TIME = "over_worker_time"


class Remainder(StrEnum):
    """What a finished batch left, which another batch can be made of; also the names of its tables."""

    UNRETRIEVED = "unretrieved"
    FAILED = "failed"
