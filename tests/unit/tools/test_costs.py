"""The calculator counts what the plan holds and multiplies it as an invoice does."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from skybatch.batch.execution.packing import pack
from tests.support.batches.batch_fakes import task
from tools.aws_prices import PRICES, QUOTAS
from tools.costs import Counts, bill, main

TASKS = [replace(task(n), source=f"source-{n % 40}") for n in range(230)]


def test_counts_are_those_of_the_plan() -> None:
    refused = replace(task(999), refusal="too large")
    counts = Counts.of_plan([each.to_json() for each in (*TASKS, refused)])
    assert counts.images == len(TASKS)
    assert counts.bytes == sum(each.bytes for each in TASKS)
    assert counts.messages == len(pack(TASKS, 30)) == 1


def test_the_queue_is_asked_as_the_code_asks_it() -> None:
    """Ten messages a call to send (dispatch.py); one to receive and one to delete each."""
    counts = Counts.of_plan([each.to_json() for each in TASKS])
    assert counts.sqs_requests == 1 + 1 + 1


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
    assert dollars["delivery"] == pytest.approx(9.00)


def test_two_batches_cost_what_each_costs() -> None:
    one, two = Counts.of(images=10, messages=5, bytes=10**6), Counts.of(images=99, messages=99, bytes=10**8)
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


def test_whole_images_are_copied_not_read() -> None:
    crops = Counts.of(images=100, messages=100, bytes=10**8)
    copies = Counts.of(images=100, messages=100, bytes=10**8, copied=True)
    assert copies.s3_puts == crops.s3_puts - 100  # no packs of previews
    assert math.isclose(copies.s3_gets, crops.s3_gets)


def test_small_crops_of_one_image_are_packaged_from_one_pack() -> None:
    alone = Counts.of(images=100, messages=100, bytes=10**6)
    together = Counts.of(images=100, messages=10, bytes=10**6)
    large = Counts.of(images=100, messages=10, bytes=10**8)
    # A look for a cancellation request and a source a message, and what packaging reads.
    assert alone.s3_gets - together.s3_gets == 3 * 90
    assert large.s3_gets - together.s3_gets == 90
    assert (together.stored_bytes, large.stored_bytes) == (3 * 10**6, 2 * 10**8)
