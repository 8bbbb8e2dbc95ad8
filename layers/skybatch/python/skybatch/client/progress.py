"""Who is told how it goes."""

from __future__ import annotations

from typing import Protocol

from skybatch.client.models import Status
from skybatch.errors import SkybatchError


class Watch(Protocol):
    """Told while a batch runs and while its files come."""

    def status(self, status: Status) -> None:
        """The batch's status, each time it was asked for."""

    def retry(self, failure: SkybatchError, pause: float) -> None:
        """Something is tried again after ``pause`` seconds; from any thread."""

    def start(self, what: str, total: int) -> None:
        """A transfer of ``total`` bytes begins."""

    def advance(self, count: int) -> None:
        """So many bytes more (fewer, where negative); may be called from several threads at a time."""

    def finish(self) -> None:
        """The transfer that began last is over."""


class Unwatched:
    """Tells nobody."""

    def status(self, status: Status) -> None:
        """Nothing."""

    def retry(self, failure: SkybatchError, pause: float) -> None:
        """Nothing."""

    def start(self, what: str, total: int) -> None:
        """Nothing."""

    def advance(self, count: int) -> None:
        """Nothing."""

    def finish(self) -> None:
        """Nothing."""
