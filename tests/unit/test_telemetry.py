"""Log lines carry a batch's hash and nothing secret; metrics carry the unit of their name."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from io import StringIO
from types import SimpleNamespace
from typing import Any

import pytest

from skybatch import telemetry
from skybatch.redaction import batch_hash
from skybatch.telemetry import RedactingFormatter, redacted_error

BATCH = "0f3a9c5e7b1d42688ac0e4f19b6d7723"
CONTEXT = SimpleNamespace(
    function_name="worker", memory_limit_in_mb=1, invoked_function_arn="arn", aws_request_id="request-1"
)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines that the functions' logger writes."""
    out = StringIO()
    handlers = telemetry.logger._logger.handlers
    assert isinstance(handlers[0], logging.StreamHandler)
    before = handlers[0].setStream(out)
    yield out
    handlers[0].setStream(before)
    telemetry.logger.set_correlation_id(None)


def lines(log: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_traceback_in_the_log_is_redacted() -> None:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(RedactingFormatter())
    log = logging.Logger("privacy")
    log.addHandler(handler)
    try:
        raise FileNotFoundError(f"batches/{BATCH}/plan.jsonl of a.person@example.org")
    except FileNotFoundError:
        log.exception("failed", extra={"key": f"batches/{BATCH}/x"})
    line = json.loads(out.getvalue())
    assert line["key"] == f"batches/#{batch_hash(BATCH)}/x"
    assert BATCH not in out.getvalue()
    assert "a.person" not in out.getvalue()
    assert batch_hash(BATCH) in line["exception"]


def test_an_error_keeps_its_name_alone() -> None:
    """Step Functions tells errors apart by name, and keeps their text."""
    error = redacted_error(KeyError(f"batches/{BATCH}"))
    assert (type(error).__name__, BATCH in str(error)) == ("KeyError", False)


def test_a_step_is_logged_with_its_successor_under_the_hash_of_its_batch(log: StringIO) -> None:
    event = {"batch_id": BATCH, "action": "tally"}
    answer = telemetry.log_step(lambda _: {"next": "wait", "wait": 5}, event)
    (line,) = lines(log)
    assert answer == {"next": "wait", "wait": 5}
    assert (line["action"], line["following"], line["wait"]) == ("tally", "wait", 5)
    assert line["correlation_id"] == batch_hash(BATCH)
    assert BATCH not in log.getvalue()


def test_a_handler_logs_its_request_and_raises_a_redacted_error(log: StringIO) -> None:
    @telemetry.instrumented
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        raise LookupError(f"batches/{event['batch_id']}")

    with pytest.raises(Exception, match=batch_hash(BATCH)) as raised:
        handler({"batch_id": BATCH}, CONTEXT)
    assert type(raised.value).__name__ == "LookupError"
    (line,) = lines(log)
    assert line["function_request_id"] == "request-1"
    assert BATCH not in log.getvalue()


def test_a_correlation_id_ends_with_its_call(log: StringIO) -> None:
    @telemetry.instrumented
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        if event:
            telemetry.bind_batch(event["batch_id"])
        telemetry.logger.info("called")
        return {}

    handler({"batch_id": BATCH}, CONTEXT)
    handler({}, CONTEXT)
    first, second = lines(log)
    assert first["correlation_id"] == batch_hash(BATCH)
    assert "correlation_id" not in second


def test_metrics_leave_when_the_call_ends_with_the_unit_of_their_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    @telemetry.instrumented
    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        telemetry.record_metrics({"ImagesCut": 3, "BytesRead": 2, "ResultBytes": 5, "CutSeconds": 0.5})
        return {}

    handler({}, CONTEXT)
    sent = json.loads(capsys.readouterr().out.splitlines()[-1])
    metrics = sent["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    assert {each["Name"]: each["Unit"] for each in metrics} == {
        "ImagesCut": "Count",
        "BytesRead": "Count",
        "ResultBytes": "Bytes",
        "CutSeconds": "Seconds",
    }
    assert sent["ImagesCut"] == [3.0]
