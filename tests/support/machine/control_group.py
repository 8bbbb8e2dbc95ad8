"""Control groups of Linux: processes held to an amount of memory and a part of a processor."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
PERIOD_MICROSECONDS = 100_000


class ControlGroup:
    """A group of processes, of either version of control groups; OSError where none can be made.

    What a process has when it is taken in does not count, so it is to be taken in as it begins.
    """

    def __init__(self, name: str, memory_bytes: int, processors: float) -> None:
        self.unified = (ROOT / "cgroup.controllers").exists()
        kinds = [ROOT] if self.unified else [ROOT / "memory", ROOT / "cpu"]
        self.folders = [kind / name for kind in kinds]
        quota = int(processors * PERIOD_MICROSECONDS)
        for folder in self.folders:
            folder.mkdir()
        if self.unified:
            self._set("memory.max", memory_bytes)
            self._set("memory.swap.max", 0)
            self._set("cpu.max", f"{quota} {PERIOD_MICROSECONDS}")
        else:
            self._set("memory.limit_in_bytes", memory_bytes)
            self._set("cpu.cfs_quota_us", quota)

    def add(self, pid: int) -> None:
        """Take a process in, if it is still there."""
        for folder in self.folders:
            with suppress(ProcessLookupError):
                (folder / "cgroup.procs").write_text(str(pid))

    @property
    def processes(self) -> set[int]:
        """Those that are in it now."""
        listed = [set((folder / "cgroup.procs").read_text().split()) for folder in self.folders]
        return {int(pid) for pid in set.intersection(*listed)}

    @property
    def limits(self) -> tuple[int, float]:
        """Bytes of memory and processors that are in force, as the kernel has them."""
        memory, cpu = self.folders[0], self.folders[-1]
        if self.unified:
            quota, period = (cpu / "cpu.max").read_text().split()
            return int((memory / "memory.max").read_text()), int(quota) / int(period)
        quota, period = ((cpu / name).read_text() for name in ("cpu.cfs_quota_us", "cpu.cfs_period_us"))
        return int((memory / "memory.limit_in_bytes").read_text()), int(quota) / int(period)

    @property
    def kills(self) -> int:
        """Processes that were ended because they wanted more memory."""
        file = "memory.events" if self.unified else "memory.oom_control"
        lines = (self.folders[0] / file).read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    @property
    def throttled_seconds(self) -> float:
        """How long its processes waited for their part of a processor."""
        words = dict(line.split() for line in (self.folders[-1] / "cpu.stat").read_text().splitlines())
        return int(words["throttled_usec"]) / 1e6 if self.unified else int(words["throttled_time"]) / 1e9

    def remove(self) -> None:
        """Remove the group; processes still in it go back to where this one is."""
        for folder, own in zip(self.folders, self._own_folders(), strict=True):
            if not folder.exists():
                continue
            for pid in (folder / "cgroup.procs").read_text().split():
                with suppress(ProcessLookupError):
                    (own / "cgroup.procs").write_text(pid)
            _remove_folder(folder)

    def _own_folders(self) -> list[Path]:
        """The folders of the groups that this process is in."""
        lines = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
        paths = {controllers: path.lstrip("/") for _, controllers, path in lines}
        if self.unified:
            return [ROOT / paths[""]]
        return [ROOT / name / paths[name] for name in ("memory", "cpu")]

    def _set(self, file: str, value: object) -> None:
        folder = next(one for one in self.folders if (one / file).exists())
        (folder / file).write_text(str(value))


def _remove_folder(folder: Path) -> None:
    for _ in range(20):
        try:
            folder.rmdir()
        except OSError:  # processes that are just ending
            time.sleep(0.1)
        else:
            return


def can_be_made() -> bool:
    """Tell whether this process may make control groups."""
    try:
        group = ControlGroup(f"skybatch-probe-{os.getpid()}", 64 << 20, 0.5)
    except (OSError, StopIteration):
        return False
    group.remove()
    return True
