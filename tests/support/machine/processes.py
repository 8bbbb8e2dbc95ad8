"""What the functions' processes take of this machine, as Linux tells it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.2


def children_of(pid: int) -> set[int]:
    """Every process below ``pid``, however deep."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def peak_bytes(pid: int) -> int:
    """The most memory that a process ever held (VmHWM), 0 where it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    kilobytes = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(kilobytes[0]) * 1024 if kilobytes else 0


class PeakMemory:
    """Watches the processes below ``pid`` for the length of a block; ``largest`` is the peak of any."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.largest = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(POLL_SECONDS):
            self.largest = max([self.largest, *map(peak_bytes, children_of(self.pid))])
