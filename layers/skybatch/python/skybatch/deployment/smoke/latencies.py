"""What was measured on the way, in the form that tools/capacity_model.py takes."""

from __future__ import annotations

import json
import statistics
from collections.abc import Collection, Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from skybatch.deployment.smoke.context import Context
from skybatch.deployment.smoke.probe import Probe
from skybatch.deployment.smoke.stack_access import FUNCTIONS, StackAccess

FIGURES = ("first_byte", "stream", "transition", "cold")
# To the first byte of a small range, and for a rate a file that is not tiny.
RANGE_LABEL, STREAM_BYTES = "S3 range", 500_000
SCHEDULED, STARTED = ("TaskScheduled", "LambdaFunctionScheduled"), ("TaskStarted", "LambdaFunctionStarted")


def by_label(probe: Probe) -> dict[str, float]:
    """Return the median seconds of each kind of request."""
    return {label: statistics.median(taken) for label, taken in sorted(probe.seconds.items())}


def measured_services(context: Context, stack: StackAccess | None) -> dict[str, float]:
    """Return what was measured of `tools.aws_prices.Services`, by its names: seconds, or bytes a second.

    ``first_byte`` and ``stream`` as they are from here, ``transition`` and ``cold`` as AWS recorded them.
    """
    measured: dict[str, float] = {}
    if context.probe.seconds.get(RANGE_LABEL):
        measured["first_byte"] = statistics.median(context.probe.seconds[RANGE_LABEL])
    if rate := stream_rate(context):
        measured["stream"] = rate
    if stack is not None:
        measured |= _recorded(context, stack)
    return measured


def stream_rate(context: Context) -> float:
    """Fetch an image of the archive, and return the bytes a second; 0 where it is too small to tell."""
    location = context.probe.location(context.sample.path)
    answer = context.probe.call("GET", location, label="S3 image") if location else None
    if answer is None or answer.status != 200 or len(answer.body) < STREAM_BYTES:
        return 0.0
    return len(answer.body) / answer.seconds


def _recorded(context: Context, stack: StackAccess) -> dict[str, float]:
    """Read transitions from an execution's history, cold starts from Lambda's reports, as AWS allows."""
    from botocore.exceptions import BotoCoreError, ClientError

    recorded: dict[str, float] = {}
    for name, read in (("transition", _transitions_of_crops), ("cold", _cold_starts_of_all)):
        with suppress(BotoCoreError, ClientError):  # `unmeasured` tells of it
            if seconds := read(context, stack):
                recorded[name] = statistics.median(seconds)
    return recorded


def unmeasured(measured: Collection[str]) -> list[str]:
    """List the figures that were not measured, of which the model keeps the published ones."""
    return [name for name in FIGURES if name not in measured]


def _transitions_of_crops(context: Context, stack: StackAccess) -> list[float]:
    execution = stack.execution_of(str(context.batches.get("crops", {}).get("batch_id", "")))
    return transitions(stack.history(execution)) if execution else []


def _cold_starts_of_all(_: Context, stack: StackAccess) -> list[float]:
    return [start for function in FUNCTIONS for start in cold_starts(stack, function)]


def transitions(events: Iterable[dict[str, Any]]) -> list[float]:
    """Return the seconds from each task's scheduling to its start."""
    found: list[float] = []
    scheduled: datetime | None = None
    for event in events:
        if event["type"] in SCHEDULED:
            scheduled = event["timestamp"]
        elif event["type"] in STARTED and scheduled is not None:
            found.append((event["timestamp"] - scheduled).total_seconds())
            scheduled = None
    return found


def cold_starts(stack: StackAccess, function: str) -> list[float]:
    """Return the seconds of each cold start that Lambda reported (platform.report, in JSON logs)."""
    found = []
    for line in stack.log_lines(function, "initDurationMs"):
        try:
            found.append(float(json.loads(line)["record"]["metrics"]["initDurationMs"]) / 1000)
        except (ValueError, KeyError, TypeError):
            continue  # a line of another kind that holds the word
    return found
