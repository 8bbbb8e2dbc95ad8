"""The Python client: batches of images from any skybatch server."""

from skybatch.client.client import Client
from skybatch.client.download import Download
from skybatch.client.exceptions import (
    BatchFailed,
    PackageMissing,
    StillRunning,
    TransferFailed,
    UnexpectedAnswer,
    UnexpectedResponse,
    Unreachable,
)
from skybatch.client.models import Batch, CheckedTable, Image, Plan
from skybatch.client.progress import ProgressListener
from skybatch.client.retry import RetryPolicy
from skybatch.status import BatchStatus, ResultFile

__all__ = [
    "Batch",
    "BatchFailed",
    "BatchStatus",
    "CheckedTable",
    "Client",
    "Download",
    "Image",
    "PackageMissing",
    "Plan",
    "ProgressListener",
    "ResultFile",
    "RetryPolicy",
    "StillRunning",
    "TransferFailed",
    "UnexpectedAnswer",
    "UnexpectedResponse",
    "Unreachable",
]
