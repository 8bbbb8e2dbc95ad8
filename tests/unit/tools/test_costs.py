"""The calculator counts what the plan holds and multiplies it as an invoice does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from skybatch.batch.execution.packing import pack
from tests.support.batches.batch_fakes import task
from tests.support.batches.template import of_type
from tools.aws_prices import PRICES, QUOTAS
from tools.capacity_job import Job
from tools.capacity_model import CROPS, SMALL
from tools.costs import Counts, bill, main, month_at_rest

TASKS = [replace(task(n), source=f"source-{n % 40}") for n in range(230)]


def test_counts_are_those_of_the_plan() -> None:
    refused = replace(task(999), refusal="too large")
    counts = Counts.of_plan([each.to_json() for each in (*TASKS, refused)])
    assert counts.images == len(TASKS)
    assert counts.bytes == sum(each.bytes for each in TASKS)
    assert counts.bundles == len(pack(TASKS, 30)) == 1


def test_the_queue_is_asked_as_the_code_asks_it() -> None:
    """Ten messages a call to send (dispatch.py); one to receive and one to delete each."""
    whole = [replace(task(n, size=10_000_000), source=f"{n}.fits") for n in range(24)]
    counts = Counts.of_plan([each.to_json() for each in whole])
    assert counts.bundles == 12
    assert counts.sqs_requests == 2 + 12 + 12


def test_an_invoice_by_hand() -> None:
    """Prices of July 2026 as AWS writes them, for a million of each."""
    counts = Counts(
        bytes=100e9,
        s3_gets=1e6,
        s3_puts=1e6,
        sqs_requests=1e6,
        transitions=1e6,
        lambda_requests=1e6,
        gb_seconds=1e6,
        api_requests=1e6,
        emails=1e6,
        log_bytes=1e9,
        traces=1e6,
        stored_bytes=200e9,
    )
    dollars = bill(counts, days=30)
    assert dollars["functions"] == pytest.approx(16.6667 + 0.20)
    assert dollars["s3 requests"] == pytest.approx(5.00 + 0.40)
    assert dollars["storage"] == pytest.approx(2 * 100 * 0.023)
    assert dollars["queue"] == pytest.approx(0.50)
    assert dollars["state machine"] == pytest.approx(25.00)
    assert dollars["api and email"] == pytest.approx(1.00 + 100.00)
    assert dollars["logs"] == pytest.approx(0.50)
    assert dollars["traces"] == pytest.approx(5.00)
    assert dollars["delivery"] == pytest.approx(9.00)


def test_two_batches_cost_what_each_costs() -> None:
    one, two = (Counts.of(job.loads, bytes=job.bytes) for job in (SMALL, CROPS))
    for name, cost in bill(one + two).items():
        assert cost == pytest.approx(bill(one)[name] + bill(two)[name])


def test_every_figure_says_where_it_is_from() -> None:
    for name, figure in {**PRICES, **QUOTAS}.items():
        assert figure.value > 0
        assert figure.unit
        assert len(figure.source) > 10, name


def test_the_command_reads_a_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = tmp_path / "plan.jsonl"
    plan.write_text("\n".join(["{}", *(json.dumps(each.to_json()) for each in TASKS)]))
    main([str(plan)])
    told = capsys.readouterr().out
    assert told.startswith("230 images")
    assert "together" in told


def test_plain_numbers_are_enough(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--images", "7500", "--sources", "1500", "--bytes", "172800000"])
    assert capsys.readouterr().out.startswith("7,500 images, 172.8 MB, 33 bundles")


def test_a_stack_that_nobody_uses_costs_its_alarms_metrics_and_pollers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    alarms = len(of_type("AWS::CloudWatch::Alarm"))
    dollars = month_at_rest()
    assert dollars["alarms"] == pytest.approx(0.1 * alarms)
    assert dollars["dashboard"] == 3.0
    # Five long polls of 20 s, all the time, at $0.50 a million (AWS Lambda guide, SQS event sources).
    assert dollars["idle pollers"] == pytest.approx(5 * 30 * 86_400 / 20 * 0.5e-6, rel=0.02)
    main(["--month"])
    assert "idle pollers" in capsys.readouterr().out


def test_a_request_for_each_thing_that_is_done() -> None:
    one = Job(sources=10, files=1, stored_bytes=1_100_000, file_bytes=20_000)
    more = replace(one, sources=40)
    assert len(one.loads) == len(more.loads) == 1
    fewer, most = (Counts.of(job.loads, bytes=job.bytes) for job in (one, more))
    assert most.s3_gets - fewer.s3_gets == 30
    assert most.s3_puts == fewer.s3_puts
    assert most.stored_bytes == 2 * more.bytes
