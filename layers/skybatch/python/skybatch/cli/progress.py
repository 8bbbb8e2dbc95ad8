"""Progress on standard error: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from skybatch.cli.output import running_text, size
from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import Status
    from skybatch.client.progress import Watch

SECONDS_BETWEEN_LINES = 5.0


def progress(quiet: bool) -> Watch | None:
    """What shows progress here; None where nothing shall."""
    if quiet:
        return None
    return Bars() if sys.stderr.isatty() else Lines()


def retry_text(failure: SkybatchError, pause: float) -> str:
    """That, why and when something is tried again."""
    return f"{failure.detail} Trying again in {pause:.0f} s." if pause >= 1 else ""


class Bars:
    """A bar for what is under way."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._lock = threading.Lock()

    def status(self, status: Status) -> None:
        """The batch's own bar, gone when it has ended."""
        if status.ended:
            self.finish()
            return
        total = status.progress.get("tasks") or None
        if self._bar is None:
            self._open(total=total, unit=" images")
        self._bar.total = total
        self._bar.set_description_str(status.state, refresh=False)
        self._bar.n = status.progress.get("done", 0) + status.progress.get("failed", 0)
        self._bar.refresh()

    def retry(self, failure: SkybatchError, pause: float) -> None:
        """A line above the bar."""
        from tqdm import tqdm

        if line := retry_text(failure, pause):
            with self._lock:
                tqdm.write(line, file=sys.stderr)

    def start(self, what: str, total: int) -> None:
        """A bar of bytes."""
        self.finish()
        self._open(total=total, unit="B", unit_scale=True, desc=what)

    def advance(self, count: int) -> None:
        """Bytes that came."""
        with self._lock:
            if self._bar is not None:
                self._bar.update(count)

    def finish(self) -> None:
        """Close the bar."""
        with self._lock:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def _open(self, **look: Any) -> None:
        from tqdm import tqdm

        self._bar = tqdm(file=sys.stderr, dynamic_ncols=True, leave=False, **look)


class Lines:
    """A line now and then, and at each change of state."""

    def __init__(self) -> None:
        self._shown = ""
        self._state = ""
        self._next = 0.0
        self._what, self._total, self._done = "", 0, 0
        self._lock = threading.Lock()

    def status(self, status: Status) -> None:
        """A line where there is something new to tell."""
        if not status.ended:
            self._say(running_text(status), at_once=status.state != self._state)
        self._state = status.state

    def retry(self, failure: SkybatchError, pause: float) -> None:
        """A line, where the pause is one that people notice."""
        if line := retry_text(failure, pause):
            with self._lock:
                print(line, file=sys.stderr, flush=True)

    def start(self, what: str, total: int) -> None:
        """A line that a transfer begins."""
        self._what, self._total, self._done = what, total, 0
        self._say(f"fetching {what}, {size(total)}", at_once=True)

    def advance(self, count: int) -> None:
        """A line now and then."""
        with self._lock:
            self._done += count
            self._say(f"fetching {self._what}, {size(self._done)} of {size(self._total)}", at_once=False)

    def finish(self) -> None:
        """Nothing: what came is told at the end."""

    def _say(self, line: str, *, at_once: bool) -> None:
        now = time.monotonic()
        if line != self._shown and (at_once or now >= self._next):
            self._shown, self._next = line, now + SECONDS_BETWEEN_LINES
            print(line, file=sys.stderr, flush=True)
