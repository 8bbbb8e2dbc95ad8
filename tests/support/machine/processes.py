"""The functions' processes, whose they are and what they take of this machine, as Linux tells it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from pathlib import Path
from types import TracebackType
from typing import Self

FUNCTION_NAME = b"AWS_LAMBDA_FUNCTION_NAME="


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


def function_of(pid: int) -> str:
    """The function that a process runs; empty where it runs none or is gone."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return ""
    names = (each.removeprefix(FUNCTION_NAME) for each in variables if each.startswith(FUNCTION_NAME))
    return next(names, b"").decode()


def processes_of(function: str, emulator_pid: int) -> list[int]:
    """The emulator's processes that run a function."""
    return [pid for pid in children_of(emulator_pid) if function_of(pid) == function]


def owner_of_port(port: int) -> int:
    """The process that holds the client end of a loopback connection. Raises LookupError."""
    rows = map(str.split, Path("/proc/net/tcp").read_text().splitlines()[1:])
    inode = next((fields[9] for fields in rows if int(fields[1].split(":")[1], 16) == port), None)
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        if _target(link) == f"socket:[{inode}]":
            return int(link.parts[2])
    raise LookupError(f"nobody holds port {port}")


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:  # the process or file went meanwhile
        return ""


class Watcher(ABC):
    """Looks again and again, on a thread, for the length of a block."""

    seconds = 0.2
    """From one look to the next."""

    @abstractmethod
    def look(self) -> None:
        """Take note of what there is now."""

    def __enter__(self) -> Self:
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(self.seconds):
            self.look()


class PeakMemory(Watcher):
    """Watches the processes below ``pid``; ``largest`` is the peak of any."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.largest = 0

    def look(self) -> None:
        self.largest = max([self.largest, *map(peak_bytes, children_of(self.pid))])
