"""The model's scenarios against the limits of the services, and what batches were built to take."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.batches.template import ROOT
from tools import capacity_model
from tools.aws_prices import QUOTAS, aws
from tools.capacity_job import Job
from tools.capacity_model import (
    CROPS,
    LARGEST,
    SCENARIOS,
    TARGETS,
    WHOLE,
    Scenario,
    main,
    outcome,
    tiled,
)

EVENTS_A_TRANSITION = 5  # a task: entered, scheduled, started, succeeded, exited
SHORT = [scenario for scenario in SCENARIOS if "million" not in scenario.name]


@pytest.mark.parametrize("scenario", SHORT, ids=[s.name for s in SHORT])
def test_scenarios_stay_within_an_executions_events_and_a_packaging_within_its_time(
    scenario: Scenario,
) -> None:
    told = outcome(scenario, aws())
    assert told["transitions"] * EVENTS_A_TRANSITION < QUOTAS["execution_events"].value
    assert told["slowest"] < 7200
    assert told["dollars"] > 0


@pytest.mark.parametrize(
    ("job", "most_seconds", "most_dollars"),
    [
        (TARGETS, 18, 0.02),
        (tiled(TARGETS), 12.05, 0.02),
        (CROPS, 10, 0.02),
        (WHOLE, 10, 0.04),
        (LARGEST, 40, 0.4),
    ],
    ids=["all sky", "all sky in tiles", "fields", "1 GB", "10 GB"],
)
def test_batches_are_as_fast_and_cheap_as_they_were_built_to_be(
    job: Job, most_seconds: float, most_dollars: float
) -> None:
    told = outcome(Scenario("", (job,)), aws())
    assert told["slowest"] <= most_seconds
    assert told["dollars"] <= most_dollars


def test_image_bytes_hardly_pass_through_the_collector() -> None:
    for job in (TARGETS, CROPS, WHOLE):
        parts = job.parts
        assert parts.copied_bytes + parts.gathered_bytes >= job.bytes
        assert parts.gathered_bytes <= max(0.01 * job.bytes, job.loads[-1].written_bytes)


def test_measured_figures_take_the_place_of_published_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As `skybatch smoke --latencies` writes them; a hundred times slower transitions are seen."""
    monkeypatch.setattr(capacity_model, "SCENARIOS", [SHORT[0]])
    monkeypatch.setattr("sys.argv", ["capacity_model"])
    main()
    published = capsys.readouterr().out
    (tmp_path / "measured.json").write_text('{"transition": 6.0}')
    monkeypatch.setattr("sys.argv", ["capacity_model", "--measured", str(tmp_path / "measured.json")])
    main()
    assert capsys.readouterr().out != published


@pytest.mark.no_cover
def test_the_documented_table_is_the_one_that_the_model_prints() -> None:
    assert capacity_model.table() in (ROOT / "docs/operations.md").read_text("utf-8")
