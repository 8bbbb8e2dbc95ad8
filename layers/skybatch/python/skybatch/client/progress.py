"""Progress of batches and transfers: the events, and a listener that ignores them."""

from __future__ import annotations

from typing import Protocol

from skybatch.errors import SkybatchError
from skybatch.status import BatchStatus


class ProgressListener(Protocol):
    """Receives events while a batch runs and while its files are transferred."""

    def on_status(self, status: BatchStatus) -> None:
        """Receive a batch's status, each time it was requested."""

    def on_retry(self, failure: SkybatchError, delay: float) -> None:
        """Receive why a request is repeated after ``delay`` seconds; called from any thread."""

    def on_transfer_start(self, name: str, total: int) -> None:
        """Learn that a transfer of ``total`` bytes begins."""

    def on_bytes(self, count: int) -> None:
        """Add ``count`` bytes to the transfer, negative to take back; called from any thread."""

    def on_transfer_end(self) -> None:
        """Learn that the transfer that began last has ended."""


class NoProgress:
    """A listener that ignores every event."""

    def on_status(self, status: BatchStatus) -> None:
        """Ignore a status."""

    def on_retry(self, failure: SkybatchError, delay: float) -> None:
        """Ignore a repetition."""

    def on_transfer_start(self, name: str, total: int) -> None:
        """Ignore a transfer."""

    def on_bytes(self, count: int) -> None:
        """Ignore bytes."""

    def on_transfer_end(self) -> None:
        """Ignore the end of a transfer."""
