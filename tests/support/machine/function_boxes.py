"""Functions on the local stack with the memory and the part of a processor that the template gives them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType

from tests.support.machine.control_group import ControlGroup
from tests.support.machine.processes import Watcher, children_of, function_of, peak_bytes

# Lambda gives a function of so many MB one processor, and of others in proportion.
MEGABYTES_OF_A_PROCESSOR = 1769


@dataclass
class Use:
    """What the processes of one function used: the most of any, and all together; and what they were held to.

    ``limits`` has the (bytes, processors) in force in any of their groups.
    """

    peak_bytes: int = 0
    processes: int = 0
    kills: int = 0
    throttled_seconds: float = 0.0
    limits: set[tuple[int, float]] = field(default_factory=set)


@dataclass
class FunctionBoxes(Watcher):
    """Puts each process of a function below ``emulator_pid`` into a group of its own as soon as it is there.

    ``megabytes`` is the memory of each function by name.
    """

    emulator_pid: int
    megabytes: Mapping[str, int]
    used: dict[str, Use] = field(default_factory=lambda: defaultdict(Use))

    def __post_init__(self) -> None:
        self.seconds = 0.02
        self._groups: dict[int, tuple[str, ControlGroup]] = {}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        for _, group in self._groups.values():
            group.remove()

    def measured(self) -> dict[str, Use]:
        """Return what each function has used until now."""
        for name, use in self.used.items():
            groups = [group for owner, group in list(self._groups.values()) if owner == name]
            use.kills = sum(group.kills for group in groups)
            use.throttled_seconds = sum(group.throttled_seconds for group in groups)
            use.limits = {group.limits for group in groups}
        return dict(self.used)

    def look(self) -> None:
        for pid in children_of(self.emulator_pid):
            if pid not in self._groups:
                self._box(pid)
            if pid in self._groups:
                use = self.used[self._groups[pid][0]]
                use.peak_bytes = max(use.peak_bytes, peak_bytes(pid))

    def _box(self, pid: int) -> None:
        name = function_of(pid)
        if name not in self.megabytes:
            return
        size = self.megabytes[name]
        group = ControlGroup(f"skybatch-{os.getpid()}-{pid}", size << 20, size / MEGABYTES_OF_A_PROCESSOR)
        group.add(pid)
        if pid not in group.processes:  # it ended before it was taken in
            group.remove()
            return
        self._groups[pid] = name, group
        self.used[name].processes += 1
