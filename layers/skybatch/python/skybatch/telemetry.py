"""Structured logs and metrics of every function: JSON lines, a correlation id per batch, no secrets.

Metrics are log lines too (CloudWatch's embedded metric format), so they cost no call. Calls are traced by
Lambda and Step Functions themselves (the template's ``Tracing``); powertools' Tracer would add 0.3 s to
every cold start for spans that do not include obstore's requests.
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

from skybatch.redaction import batch_hash, redacted

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


class RedactingFormatter(LambdaPowertoolsFormatter):
    """Powertools' JSON formatter, with batch ids and addresses redacted, tracebacks included."""

    def serialize(self, log: dict[str, Any] | PowertoolsLogRecord) -> str:
        """Format one record as a redacted JSON line."""
        return redacted(super().serialize(log))


logger = Logger(logger_formatter=RedactingFormatter())
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "skybatch"))


def capture_all_logging() -> None:
    """Send the warnings of every package through the redacting formatter."""
    root = logging.getLogger()
    root.handlers[:] = logger.handlers
    root.setLevel(logging.WARNING)
    logging.getLogger(logger.name).propagate = False  # its records have handlers of their own


if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    capture_all_logging()


def bind_batch(batch_id: str) -> None:
    """Make a batch's hash the correlation id of every later log line of this call."""
    logger.set_correlation_id(batch_hash(batch_id))


def record_metrics(values: Mapping[str, float]) -> None:
    """Add values to the metrics of this call.

    The unit follows the name: ``…Seconds``, ``…Bytes``, otherwise a count.
    """
    for name, value in values.items():
        metrics.add_metric(name=name, unit=_unit(name), value=value)


def _unit(name: str) -> MetricUnit:
    if name.endswith("Seconds"):
        return MetricUnit.Seconds
    return MetricUnit.Bytes if name.endswith("Bytes") else MetricUnit.Count


def log_step(step: Callable[[dict[str, Any]], dict[str, Any]], event: dict[str, Any]) -> dict[str, Any]:
    """Run one step of a state machine execution and log its action, successor and duration."""
    bind_batch(event["batch_id"])
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


def instrumented(handler: Handler) -> Handler:
    """Wrap a Lambda handler: request id on every log line, metrics flushed, errors redacted.

    An exception that leaves the handler is logged by Lambda's runtime unformatted and kept by Step
    Functions; both get an error of the same name whose text is redacted.
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
            raise redacted_error(error) from None

    return run


def redacted_error(error: Exception) -> Exception:
    """Build an error of the same class name with its text redacted."""
    kind: type[Exception] = type(type(error).__name__, (Exception,), {})
    return kind(redacted(str(error)))
