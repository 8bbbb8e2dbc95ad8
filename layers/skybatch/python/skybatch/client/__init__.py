"""The Python client: batches of images from any skybatch server."""

from skybatch.client.answers import Batch, Image, Plan, ResultFile, Status
from skybatch.client.backoff import Backoff
from skybatch.client.client import Client
from skybatch.client.download import Download
from skybatch.client.failures import (
    BatchFailed,
    PackageMissing,
    StillRunning,
    TransferFailed,
    UnexpectedAnswer,
    Unreachable,
)
from skybatch.client.watching import Watch

__all__ = [
    "Backoff",
    "Batch",
    "BatchFailed",
    "Client",
    "Download",
    "Image",
    "PackageMissing",
    "Plan",
    "ResultFile",
    "Status",
    "StillRunning",
    "TransferFailed",
    "UnexpectedAnswer",
    "Unreachable",
    "Watch",
]
