"""Twenty batches at once, one of 2500 positions among them: the small ones are not starved."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import obstore
import pytest

from local.archive_bucket import emulator_bucket
from local.stack import Stack
from tests.e2e.soak import Ended, Scenario, SoakRun, keep_figures, make_archive, positions
from tests.support.machine.processes import processes_of

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

SETS = 40
POSITIONS = 2500
SMALL_BATCHES = 19
SMALL_POSITIONS = 10
FUNCTIONS = ("planner", "worker", "collector", "notifier", "portal")
HEAD_START_SECONDS = 0.5


@pytest.fixture(scope="module")
def run(start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory) -> SoakRun:
    """A stack whose window is a fraction of the large batch, as on AWS 200 bundles are of thousands."""
    archive = make_archive(tmp_path_factory.mktemp("made"), SETS)
    stack = start_stack(archive=archive)
    narrow_window(stack, 2)
    return SoakRun(stack, {})


def narrow_window(stack: Stack, messages: int) -> None:
    """Set a window that the template refuses to batches of full size."""
    functions = stack.emulator.client("lambda")
    for name in ("PlannerFunctionName", "CollectorFunctionName"):
        function = stack.outputs.others[name]
        variables = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
        variables["DISPATCH_WINDOW"] = str(messages)
        functions.update_function_configuration(FunctionName=function, Environment={"Variables": variables})


def large() -> Scenario:
    head, *rows = positions(range(SETS), POSITIONS // SETS + 1).splitlines()
    return Scenario("\n".join([head, *rows[:POSITIONS]]) + "\n")


def small(n: int) -> Scenario:
    return Scenario(positions(range(n, n + SMALL_POSITIONS), 1))


def test_small_batches_are_not_starved_by_a_large_one(run: SoakRun) -> None:
    names = [f"small {n}" for n in range(SMALL_BATCHES)]
    run.start({"large": large()})
    time.sleep(HEAD_START_SECONDS)
    run.start({name: small(n) for n, name in enumerate(names)})
    ended = {name: run.ended(name) for name in ["large", *names]}
    for name, each in ended.items():
        rows = POSITIONS if name == "large" else SMALL_POSITIONS
        assert (each.status["state"], each.accounted, each.mails) == ("complete", True, 1), name
        assert len(each.images) == rows, name
    last = last_image(run, ended["large"])
    assert all(last_image(run, ended[name]) <= last for name in names)
    figures(run, ended, names)


def last_image(run: SoakRun, ended: Ended) -> datetime:
    """When a batch's last image was written, by the store's clock."""
    bucket = emulator_bucket(run.stack.emulator, run.stack.outputs.results_bucket)
    prefix = f"batches/{ended.status['batch_id']}/bundles/"
    return max(entry["last_modified"] for page in obstore.list(bucket, prefix) for entry in page)


def figures(run: SoakRun, ended: dict[str, Ended], names: list[str]) -> None:
    seconds = [ended[name].seconds for name in names]
    keep_figures(
        "load",
        ended["large"],
        small_median=round(statistics.median(seconds), 1),
        small_slowest=round(max(seconds), 1),
        **{f"{name}_MB": peak_memory(run, name) for name in FUNCTIONS},
    )


def peak_memory(run: SoakRun, function: str) -> int:
    """The most memory that any process of a function has held, in MB (VmHWM, proc(5))."""
    peaks = []
    for pid in processes_of(f"skybatch-{function}", run.stack.emulator.pid):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        peaks += [int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM")]
    return max(peaks, default=0)
