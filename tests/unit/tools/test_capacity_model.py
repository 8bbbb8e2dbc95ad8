"""The model against what can be reckoned by hand, and against the limits of the services."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.batches.template import properties
from tools.aws_prices import QUOTAS, aws
from tools.capacity_model import (
    ADMITTED_A_SECOND,
    ADMITTED_AT_ONCE,
    CROPS,
    SCENARIOS,
    SMALL,
    WHOLE,
    Job,
    Scenario,
    System,
    message_seconds,
    outcome,
)

STILL = replace(aws(1), growth=0, starting=1)
JOB = Job(messages=200, files=4, source_bytes=1_000_000, file_bytes=20_000)
EVENTS_A_TRANSITION = 5  # a task: entered, scheduled, started, succeeded, exited
SHORT = [scenario for scenario in SCENARIOS if "million" not in scenario.name]


def seconds(job: Job, **services: Any) -> float:
    (batch,) = System(replace(STILL, **services), window=1000).run([job])
    return batch.seconds


def test_one_worker_takes_the_sum_of_its_messages() -> None:
    work = JOB.messages * (message_seconds(JOB, STILL) + STILL.invoke) + STILL.cold
    assert work < seconds(JOB) < work * 1.1 + 5


def test_workers_share_the_work() -> None:
    assert seconds(JOB, workers=8, starting=8) < seconds(JOB) / 4


def test_every_message_is_done_once() -> None:
    (batch,) = System(aws(), window=50).run([JOB])
    assert batch.done == batch.sent == JOB.messages
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

    Watched(aws(7), window=60).run([JOB, JOB])
    assert most["busy"] == 7
    assert most["outstanding"] <= 60


def test_a_small_batch_is_not_starved_by_a_large_one() -> None:
    large = replace(CROPS, messages=20_000)
    alone = System(aws(), 500).run([SMALL])[0].seconds
    _, beside = System(aws(), 500).run([large, SMALL])
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
    (batch,) = System(aws(), 500).run([WHOLE])
    assert batch.packaging < QUOTAS["lambda_timeout"].value / 10


def test_chains_take_turns() -> None:
    batches = System(aws(), 500).run([SMALL] * 6, at_once=2)
    assert len(batches) == 6
    assert sum(batch.began == 0 for batch in batches) == 2


def test_admission_is_the_templates_throttle() -> None:
    throttle = properties("HttpStage")["RouteSettings"]["POST /batches"]
    assert throttle == {"ThrottlingRateLimit": ADMITTED_A_SECOND, "ThrottlingBurstLimit": ADMITTED_AT_ONCE}


def test_who_is_held_back_waits_for_it() -> None:
    batches = System(aws(500), 500).run([SMALL] * 140)
    assert max(batch.began for batch in batches) == pytest.approx(10, abs=0.2)
    assert all(batch.asked == 0 for batch in batches)
