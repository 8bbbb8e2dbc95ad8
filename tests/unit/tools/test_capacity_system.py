"""The simulated system against what can be reckoned by hand, and against the template."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.support.batches.template import PARAMETERS, properties
from tools.aws_prices import QUOTAS, aws
from tools.capacity_job import Job, bundle_seconds
from tools.capacity_model import CROPS, SMALL, TARGETS, WHOLE, tiled
from tools.capacity_system import ADMITTED_A_SECOND, ADMITTED_AT_ONCE, WINDOW, RequestLimit, System

STILL = replace(aws(1), growth=0, starting=1)
JOB = Job(sources=3000, files=4, stored_bytes=1_000_000, file_bytes=20_000)


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


@pytest.mark.no_cover
def test_a_small_batch_is_not_starved_by_a_large_one() -> None:
    large = replace(CROPS, sources=20_000)
    alone = System(aws()).run([SMALL])[0].seconds
    _, beside = System(aws()).run([large, SMALL])
    assert beside.seconds < alone + 15


def test_a_gigabyte_is_packaged_within_a_functions_time() -> None:
    (batch,) = System(aws()).run([WHOLE])
    assert batch.packaging < QUOTAS["lambda_timeout"].value / 10


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
