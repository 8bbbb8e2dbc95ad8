"""The Python client: batches of images from any skybatch server."""

from skybatch.client.client import Client
from skybatch.client.download import Download
from skybatch.client.exceptions import (
    BatchFailed,
    PackageMissing,
    StillRunning,
    TransferFailed,
    UnexpectedAnswer,
    Unreachable,
)
from skybatch.client.models import Batch, Image, Plan, ResultFile, Status
from skybatch.client.progress import Watch
from skybatch.client.retry import Backoff

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
