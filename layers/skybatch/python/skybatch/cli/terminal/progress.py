"""Progress on standard error: bars on a terminal, a line from time to time elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from skybatch.cli.terminal.output import format_bytes, running_text
from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import BatchStatus
    from skybatch.client.progress import ProgressListener

SECONDS_BETWEEN_LINES = 5.0


def make_listener(quiet: bool) -> ProgressListener | None:
    """Return the listener that suits standard error, or None for no output."""
    if quiet:
        return None
    return ProgressBars() if sys.stderr.isatty() else ProgressLines()


def retry_text(failure: SkybatchError, delay: float) -> str:
    """Format why and when a request is repeated; empty for a delay that nobody notices."""
    return f"{failure.detail} Trying again in {delay:.0f} s." if delay >= 1 else ""


class ProgressBars:
    """A bar for the running batch or transfer."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._lock = threading.Lock()

    def on_status(self, status: BatchStatus) -> None:
        """Show the batch's bar, and remove it when the batch has ended."""
        if status.ended:
            self.on_transfer_end()
            return
        total = status.progress.tasks or None
        if self._bar is None:
            self._open(total=total, unit=" images")
        self._bar.total = total
        self._bar.set_description_str(status.state, refresh=False)
        self._bar.n = status.progress.done + status.progress.failed
        self._bar.refresh()

    def on_retry(self, failure: SkybatchError, delay: float) -> None:
        """Print a line above the bar."""
        from tqdm import tqdm

        if line := retry_text(failure, delay):
            with self._lock:
                tqdm.write(line, file=sys.stderr)

    def on_transfer_start(self, name: str, total: int) -> None:
        """Show a bar of bytes."""
        self.on_transfer_end()
        self._open(total=total, unit="B", unit_scale=True, desc=name)

    def on_bytes(self, count: int) -> None:
        """Move the bar."""
        with self._lock:
            if self._bar is not None:
                self._bar.update(count)

    def on_transfer_end(self) -> None:
        """Remove the bar."""
        with self._lock:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def _open(self, **options: Any) -> None:
        from tqdm import tqdm

        self._bar = tqdm(file=sys.stderr, dynamic_ncols=True, leave=False, **options)


class ProgressLines:
    """A line at each change of state, and from time to time in between."""

    def __init__(self) -> None:
        self._shown = ""
        self._state = ""
        self._next = 0.0
        self._name, self._total, self._done = "", 0, 0
        self._lock = threading.Lock()

    def on_status(self, status: BatchStatus) -> None:
        """Print a line where there is news."""
        if not status.ended:
            self._print(running_text(status), at_once=status.state != self._state)
        self._state = status.state

    def on_retry(self, failure: SkybatchError, delay: float) -> None:
        """Print why and when a request is repeated."""
        if line := retry_text(failure, delay):
            with self._lock:
                print(line, file=sys.stderr, flush=True)

    def on_transfer_start(self, name: str, total: int) -> None:
        """Print that a transfer begins."""
        self._name, self._total, self._done = name, total, 0
        self._print(f"fetching {name}, {format_bytes(total)}", at_once=True)

    def on_bytes(self, count: int) -> None:
        """Print the bytes received, from time to time."""
        with self._lock:
            self._done += count
            done, total = format_bytes(self._done), format_bytes(self._total)
            self._print(f"fetching {self._name}, {done} of {total}", at_once=False)

    def on_transfer_end(self) -> None:
        """Print nothing: the command prints the result."""

    def _print(self, line: str, *, at_once: bool) -> None:
        now = time.monotonic()
        if line != self._shown and (at_once or now >= self._next):
            self._shown, self._next = line, now + SECONDS_BETWEEN_LINES
            print(line, file=sys.stderr, flush=True)


@contextmanager
def progress_bar(name: str, unit: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on standard error where that is a terminal."""
    from tqdm import tqdm

    with tqdm(total=total, desc=name, unit=f" {unit}", disable=None) as bar:
        yield bar.update
