"""The heaviest work of a whole survey in the memory, processor and disk that the template gives functions.

An inventory of 1.4 million image sets, whose images are not there: what is planned of them fails, and is
accounted for. A batch that delivers runs beside it in another data set's place, from an archive of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from local.stack import Stack
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from tests.e2e.service import Service
from tests.e2e.soak import FIGURES, make_archive, positions
from tests.support.batches.template import FUNCTIONS
from tests.support.machine.control_group import can_be_made
from tests.support.machine.function_boxes import MEGABYTES_OF_A_PROCESSOR, FunctionBoxes
from tests.support.survey.synthetic_survey import synthetic

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.soak,
    pytest.mark.skipif(not can_be_made(), reason="control groups cannot be made here"),
]

ROWS = 2500
SECONDS = 600
SIZES = {
    f"skybatch-{name.removesuffix('Function').lower()}": function["MemorySize"]
    for name, function in FUNCTIONS.items()
}
DISK_BYTES = FUNCTIONS["PlannerFunction"]["EphemeralStorage"]["Size"] << 20


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with the inventory of a whole survey."""
    root = tmp_path_factory.mktemp("survey")
    (root / "twomass").mkdir()
    publish(DirectoryTree(root), synthetic(), numbered=False, origin="test")
    return root


def boxed(stack: Stack) -> Iterator[FunctionBoxes]:
    with FunctionBoxes(stack.emulator.pid, SIZES) as boxes:
        yield boxes


@pytest.fixture(scope="module")
def whole(start_stack: Callable[..., Stack], survey: Path) -> Stack:
    return start_stack(archive=survey)


@pytest.fixture(scope="module")
def whole_boxes(whole: Stack) -> Iterator[FunctionBoxes]:
    yield from boxed(whole)


@pytest.fixture(scope="module")
def delivering(start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory) -> Stack:
    return start_stack(archive=make_archive(tmp_path_factory.mktemp("made"), 40))


@pytest.fixture(scope="module")
def delivering_boxes(delivering: Stack) -> Iterator[FunctionBoxes]:
    yield from boxed(delivering)


def over_the_sky(rows: int) -> str:
    """A table of places all over the sky."""
    rng = np.random.default_rng(5)
    ra, dec = rng.uniform(0, 360, rows), np.degrees(np.arcsin(rng.uniform(-1, 1, rows)))
    lines = [f"{x:.6f},{y:.6f},30" for x, y in zip(ra, dec, strict=True)]
    return "\n".join(["ra,dec,size", *lines]) + "\n"


SEARCHES: dict[str, tuple[str, dict[str, Any] | None]] = {
    "region of 7 degrees": ("/plans", {"mode": "region", "center": "83.8 -5.4", "diameter": 7.0}),
    "2500 places": ("/plans", {"mode": "positions", "table": over_the_sky(ROWS)}),
    "search of a region": ("/ibe/search/twomass/allsky/allsky?POS=83.8,-5.4&SIZE=2", None),
    "where over all": ("/ibe/search/twomass/allsky/allsky?where=magzp>20.9+and+scanno=50&MAXREC=100", None),
    "SIA2 circle": ("/sia2/query?POS=CIRCLE+83.8+-5.4+3&MAXREC=5000", None),
}


@pytest.mark.parametrize("name", SEARCHES)
def test_the_heaviest_requests_are_answered_in_the_functions_own_size(
    whole: Stack, whole_boxes: FunctionBoxes, name: str
) -> None:
    path, fields = SEARCHES[name]
    service = Service(whole.url)
    answer = service.post(path, **fields) if fields else service.call(path)
    assert answer.status in (200, 303), answer.body[:300]


def test_a_batch_of_the_whole_sky_is_planned_and_accounted_for(
    whole: Stack, whole_boxes: FunctionBoxes
) -> None:
    service = Service(whole.url)
    batch_id = service.submit(mode="positions", bands="J", table=over_the_sky(ROWS), email="a@example.org")
    status = service.wait(batch_id, seconds=SECONDS)
    rows = dict(status["rows"])
    assert rows.pop("total") == sum(rows.values()) == ROWS
    assert status["state"] == "complete"


def test_a_batch_of_2500_crops_is_delivered(delivering: Stack, delivering_boxes: FunctionBoxes) -> None:
    service = Service(delivering.url)
    head, *rows = positions(range(40), ROWS // 40 + 1).splitlines()
    table = "\n".join([head, *rows[:ROWS]]) + "\n"
    status = service.wait(service.submit(mode="positions", bands="J", table=table), seconds=SECONDS)
    assert (status["state"], status["images"]["retrieved"]) == ("complete", ROWS)


def test_nothing_was_ended_for_its_memory_nor_wants_more_disk(
    whole: Stack, delivering: Stack, whole_boxes: FunctionBoxes, delivering_boxes: FunctionBoxes
) -> None:
    kept = Path(whole.emulator.folder, "tmp", "skybatch-inventory")
    on_disk = sum(file.stat().st_blocks * 512 for file in kept.rglob("*") if file.is_file())
    figures: dict[str, dict[str, Any]] = {}
    for boxes in (whole_boxes, delivering_boxes):
        for function, use in boxes.measured().items():
            ((memory, processors),) = use.limits
            assert memory == SIZES[function] << 20
            assert processors == pytest.approx(SIZES[function] / MEGABYTES_OF_A_PROCESSOR, abs=1e-4)
            none = {"MB": SIZES[function], "peak_MB": 0, "processes": 0, "killed": 0, "throttled_s": 0.0}
            known = figures.setdefault(function, none)
            known["peak_MB"] = max(known["peak_MB"], use.peak_bytes >> 20)
            known["processes"] += use.processes
            known["killed"] += use.kills
            known["throttled_s"] += round(use.throttled_seconds, 1)
    keep(figures, on_disk >> 20)
    assert figures.keys() >= {f"skybatch-{name}" for name in ("planner", "worker", "collector", "search")}
    assert not any(killed_lines(stack) for stack in (whole, delivering))
    assert not any(use["killed"] for use in figures.values())
    assert 0 < on_disk < DISK_BYTES


def killed_lines(stack: Stack) -> list[str]:
    """What the emulator says of functions that were ended or ran out of time."""
    log = stack.emulator.log.read_text(errors="replace")
    return re.findall(r".*(?:timed out|signal 9|SIGKILL).*", log)[:5]


def keep(figures: dict[str, dict[str, Any]], on_disk: int) -> None:
    """Print the figures, and keep them for docs/operations.md."""
    for function, use in sorted(figures.items()):
        memory = f"{use['peak_MB']:5} of {use['MB']} MB"
        print(f"{function:20} {memory}, {use['processes']} processes, {use['throttled_s']:.0f} s throttled")
    print(f"inventory on disk: {on_disk} MB")
    FIGURES.parent.mkdir(exist_ok=True)
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    kept["template sizes"] = {**figures, "inventory on disk MB": on_disk}
    FIGURES.write_text(json.dumps(kept, indent=1, sort_keys=True))
