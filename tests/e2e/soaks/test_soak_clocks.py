"""Clocks that disagree, and results whose time is over.

A function's clock is set by Python's own start-up hook in the emulator's environment, per function.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from local.stack import Stack
from tests.e2e.soak import Scenario, SoakRun, keep_figures, make_archive, positions

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

HOUR, DAY = 3600, 86_400
TABLE = positions(range(4))
# Python runs a module of this name at its start (documentation of module `site`).
HOOK = """
import os, time
shift = {shifts}.get(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "").rpartition("-")[2])
if shift:
    true_time = time.time
    time.time = lambda: true_time() + shift
"""
Start = Callable[..., SoakRun]


@pytest.fixture
def start(start_stack: Callable[..., Stack], tmp_path: Path) -> Start:
    """Starts a stack whose functions' clocks are off by so many seconds."""

    def started(**shifts: float) -> SoakRun:
        hook = tmp_path / "clock"
        hook.mkdir()
        (hook / "sitecustomize.py").write_text(HOOK.format(shifts=shifts))
        archive = make_archive(tmp_path / "archive", 4)
        stack = start_stack(archive=archive, emulator={"PYTHONPATH": str(hook)})
        return SoakRun(stack, {})

    return started


@pytest.mark.parametrize(("planner", "collector"), [(-3 * HOUR, 0), (3 * HOUR, 0), (0, 3 * HOUR)])
def test_clocks_hours_apart_send_nothing_twice_and_give_nothing_up(
    start: Start, planner: float, collector: float
) -> None:
    run = start(planner=planner, collector=collector, notifier=-collector)
    run.start({"skewed": Scenario(TABLE)})
    ended = run.ended("skewed")
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert (len(ended.images), ended.status["images"]["failed"]) == (8, 0)
    assert "resends.json" not in run.objects(ended.status["batch_id"])
    keep_figures(f"clocks: planner {planner:+} s, collector {collector:+} s", ended)


def test_results_past_their_time_are_gone_at_every_address(start: Start) -> None:
    """The planner's clock is fifteen days behind: what it takes in today has expired for everybody else."""
    run = start(planner=-15 * DAY)
    batch_id = run.service.submit(mode="positions", bands="J", table=TABLE, label="late")
    run.until(lambda: "status.json" in run.objects(batch_id))
    file = "0001_990101n_j0010009.fits"
    assert run.stored({"batch_id": batch_id})
    for path in ("", "/results", "/images", f"/images/{file}", "/files/images.tar", f"/previews/{file}.png"):
        answer = run.service.call(f"/batches/{batch_id}{path}")
        assert answer.status == 410, path
        assert b"expired" in answer.body
