"""The model against what can be reckoned by hand, and against the limits of the services."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.batches.template import PARAMETERS, properties
from tools import capacity_model
from tools.aws_prices import QUOTAS, aws
from tools.capacity_job import Job, bundle_seconds
from tools.capacity_model import (
    ADMITTED_A_SECOND,
    ADMITTED_AT_ONCE,
    CROPS,
    LARGEST,
    SCENARIOS,
    SMALL,
    TARGETS,
    WHOLE,
    WINDOW,
    RequestLimit,
    Scenario,
    System,
    main,
    outcome,
    tiled,
)

STILL = replace(aws(1), growth=0, starting=1)
JOB = Job(sources=3000, files=4, stored_bytes=1_000_000, file_bytes=20_000)
EVENTS_A_TRANSITION = 5  # a task: entered, scheduled, started, succeeded, exited
SHORT = [scenario for scenario in SCENARIOS if "million" not in scenario.name]


def seconds(job: Job, **services: Any) -> float:
    (batch,) = System(replace(STILL, **services), window=1000).run([job])
    return batch.seconds


def test_one_worker_takes_the_sum_of_its_messages() -> None:
    work = sum(bundle_seconds(load, STILL) + STILL.invoke for load in JOB.loads) + STILL.cold
    assert work < seconds(JOB) < work * 1.1 + 5


def test_workers_share_the_work() -> None:
    assert seconds(JOB, workers=8, starting=8) < seconds(JOB) / 4


def test_every_message_is_done_once() -> None:
    (batch,) = System(aws(), window=10).run([JOB])
    assert batch.done == batch.sent == batch.begun == len(JOB.loads)
    assert batch.waiting == 0
    assert batch.ended is not None


def test_never_more_workers_than_allowed_nor_messages_than_the_window() -> None:
    most = {"busy": 0, "outstanding": 0}

    class Watched(System):
        def _feed(self) -> None:
            super()._feed()
            most["busy"] = max(most["busy"], self.busy)

        def _tally(self, batch: Any, then: Any) -> None:
            most["outstanding"] = max(most["outstanding"], batch.sent - batch.done)
            super()._tally(batch, then)

    Watched(aws(7), window=20).run([JOB, JOB])
    assert most["busy"] == 7
    assert most["outstanding"] <= 20


def test_a_small_batch_is_not_starved_by_a_large_one() -> None:
    large = replace(CROPS, sources=20_000)
    alone = System(aws()).run([SMALL])[0].seconds
    _, beside = System(aws()).run([large, SMALL])
    assert beside.seconds < alone + 15


@pytest.mark.parametrize("scenario", SHORT, ids=[s.name for s in SHORT])
def test_scenarios_stay_within_an_executions_events_and_a_packaging_within_its_time(
    scenario: Scenario,
) -> None:
    told = outcome(scenario, aws())
    assert told["transitions"] * EVENTS_A_TRANSITION < QUOTAS["execution_events"].value
    assert told["slowest"] < 7200
    assert told["dollars"] > 0


def test_a_gigabyte_is_packaged_within_a_functions_time() -> None:
    (batch,) = System(aws()).run([WHOLE])
    assert batch.packaging < QUOTAS["lambda_timeout"].value / 10


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


def test_a_bucket_takes_requests_at_its_rate_whoever_asks() -> None:
    limit = RequestLimit(100.0)
    assert limit.wait(0.0, 50) == pytest.approx(0.5)
    assert limit.wait(0.0, 50) == pytest.approx(1.0)
    assert limit.wait(10.0, 1) == pytest.approx(0.01)


def test_the_request_limit_of_a_fresh_bucket_holds_back_what_reads_more() -> None:
    most = replace(aws(500), starting=500)
    free = replace(most, gets_a_second=1e9, puts_a_second=1e9)
    (held,), (unheld,) = System(most).run([tiled(TARGETS)]), System(free).run([tiled(TARGETS)])
    requests = sum(load.reads for load in tiled(TARGETS).loads)
    assert held.seconds > requests / most.gets_a_second
    assert unheld.seconds < held.seconds


def test_chains_take_turns() -> None:
    batches = System(aws()).run([SMALL] * 6, at_once=2)
    assert len(batches) == 6
    assert sum(batch.began == 0 for batch in batches) == 2


def test_the_window_is_the_templates() -> None:
    assert PARAMETERS["DispatchWindow"]["Default"] == WINDOW


def test_admission_is_the_templates_throttle() -> None:
    throttle = properties("HttpStage")["RouteSettings"]["POST /batches"]
    assert throttle == {"ThrottlingRateLimit": ADMITTED_A_SECOND, "ThrottlingBurstLimit": ADMITTED_AT_ONCE}


def test_who_is_held_back_waits_for_it() -> None:
    batches = System(aws(500)).run([SMALL] * 140)
    assert max(batch.began for batch in batches) == pytest.approx(10, abs=0.2)
    assert all(batch.asked == 0 for batch in batches)


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
