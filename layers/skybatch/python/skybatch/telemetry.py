"""Logs and metrics of every function: one JSON object a line, one correlation id a batch, no secrets.

Metrics leave as log lines too (CloudWatch's embedded metric format), so they cost no call. Calls are
traced by Lambda and Step Functions themselves (the template's ``Tracing``); powertools' Tracer would add
0.3 s to every cold start for spans that obstore's requests do not show in.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.logging.types import PowertoolsLogRecord
from aws_lambda_powertools.metrics import MetricUnit

from skybatch.redaction import batch_hash, scrubbed

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class ScrubbingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON, in which no batch id and no address is left, tracebacks included."""

    def serialize(self, log: dict[str, Any] | PowertoolsLogRecord) -> str:
        """One line."""
        return scrubbed(super().serialize(log))


logger = Logger(logger_formatter=ScrubbingFormatter())
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "skybatch"))


def take_over_logging() -> None:
    """Have whatever any package logs leave through our formatter."""
    root = logging.getLogger()
    root.handlers[:] = logger.handlers
    root.setLevel(logging.WARNING)
    logging.getLogger(logger.name).propagate = False  # its lines left already


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    take_over_logging()


def about(batch_id: str) -> None:
    """All that is logged from here on, within this call, is about this batch."""
    logger.set_correlation_id(batch_hash(batch_id))


def count(values: Mapping[str, float]) -> None:
    """Add to the metrics of this call: each is a count, but for names that end in a unit."""
    for name, value in values.items():
        metrics.add_metric(name=name, unit=_unit(name), value=value)


def _unit(name: str) -> MetricUnit:
    if name.endswith("Seconds"):
        return MetricUnit.Seconds
    return MetricUnit.Bytes if name.endswith("Bytes") else MetricUnit.Count


def told_step(step: Callable[[dict[str, Any]], dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    """Run a step of a batch's execution and tell of it: what it was, what follows, how long it took."""
    about(event["batch_id"])
    started = time.perf_counter()
    answer = step(event)
    logger.info(
        "step",
        action=event["action"],
        following=answer.get("next"),
        wait=answer.get("wait"),
        milliseconds=round(1000 * (time.perf_counter() - started)),
    )
    return answer


def observed(handler: Handler) -> Handler:
    """A Lambda handler with its call's request id in every line, its metrics sent, its errors scrubbed.

    What a handler raises, Lambda's runtime logs in words of its own, and Step Functions keeps them: both
    get an error of the same name whose text is scrubbed.
    """
    injected = logger.inject_lambda_context(_reporting(handler), clear_state=True)

    @wraps(handler)
    def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return dict(injected(event, context))
        finally:
            if metrics.metric_set:
                metrics.flush_metrics()

    return run


def _reporting(handler: Handler) -> Handler:
    @wraps(handler)
    def run(event: dict[str, Any], context: Any) -> dict[str, Any]:
        try:
            return handler(event, context)
        except Exception as error:
            logger.exception("the call failed")
            raise without_secrets(error) from None

    return run


def without_secrets(error: Exception) -> Exception:
    """An error of the same name, its text scrubbed."""
    kind: type[Exception] = type(type(error).__name__, (Exception,), {})
    return kind(scrubbed(str(error)))
