"""Processes in a control group have the memory and the part of a processor that it has."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.machine.control_group import ControlGroup, can_be_made

pytestmark = pytest.mark.skipif(not can_be_made(), reason="control groups cannot be made here")

# Waits for its line of input, so that it is in the group before it works.
WAITS = "input();"


@pytest.fixture
def group() -> Iterator[ControlGroup]:
    group = ControlGroup(f"skybatch-test-{os.getpid()}", 64 << 20, 0.2)
    yield group
    group.remove()
    assert not any(folder.exists() for folder in group.folders)


def run_in(group: ControlGroup, code: str) -> int:
    """Run Python code in a group; how it ended."""
    with subprocess.Popen([sys.executable, "-c", WAITS + code], stdin=subprocess.PIPE) as process:
        group.add(process.pid)
        process.communicate(b"\n")
    return process.returncode


def test_its_limits_are_in_force(group: ControlGroup) -> None:
    assert group.limits == (64 << 20, 0.2)
    with subprocess.Popen([sys.executable, "-c", WAITS], stdin=subprocess.PIPE) as process:
        assert group.processes == set()
        group.add(process.pid)
        assert group.processes == {process.pid}
        process.communicate(b"\n")


def test_who_wants_more_memory_is_ended_and_counted(group: ControlGroup) -> None:
    assert run_in(group, "x = bytearray(16 << 20)") == 0
    assert group.kills == 0
    assert run_in(group, "x = bytearray(200 << 20)") == -signal.SIGKILL
    assert group.kills == 1


def test_who_wants_more_of_the_processor_waits(group: ControlGroup) -> None:
    busy = "import time\nend = time.process_time() + 0.5\nwhile time.process_time() < end: pass"
    assert run_in(group, busy) == 0
    assert group.throttled_seconds > 0.5


def test_processes_still_there_go_back_where_the_group_is_removed(group: ControlGroup) -> None:
    with subprocess.Popen(["sleep", "60"]) as process:
        group.add(process.pid)
        group.remove()
        assert process.poll() is None
        paths = Path(f"/proc/{process.pid}/cgroup").read_text()
        process.kill()
    assert "skybatch-test" not in paths
