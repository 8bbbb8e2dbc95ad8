"""What the functions logged, out of the emulator's CloudWatch Logs into files of the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.emulator import Emulator


def save_logs(emulator: Emulator, folder: Path) -> list[Path]:
    """Write one file a log group below ``folder``, events in order of time; return the files.

    An emulator that has ended took its logs along: nothing is written.
    """
    if emulator.ended is not None:
        return []
    logs = emulator.client("logs")
    folder.mkdir(parents=True, exist_ok=True)
    saved = []
    for group in _pages(logs, "describe_log_groups", "logGroups"):
        events = list(_pages(logs, "filter_log_events", "events", logGroupName=group["logGroupName"]))
        if events:
            path = folder / f"{group['logGroupName'].strip('/').replace('/', '-')}.log"
            path.write_text("".join(f"{event['message'].rstrip()}\n" for event in events))
            saved.append(path)
    return saved


def _pages(logs: Any, operation: str, items: str, **arguments: str) -> Iterator[dict[str, Any]]:
    for page in logs.get_paginator(operation).paginate(**arguments):
        yield from page[items]
