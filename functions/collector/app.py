"""The collector: tallies, packages, and records failures, as the state machine asks."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api import deployment
from skybatch.batch.results.metrics import measures
from skybatch.settings import settings
from skybatch.storage.clients import abort_uploads
from skybatch.telemetry import instrumented, log_step, logger, record_metrics
from skybatch.workflow import steps


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run the step the state machine names."""
    return log_step(step, event)


def step(event: dict[str, Any]) -> dict[str, Any]:
    """One step of a batch's execution."""
    here = settings()
    sweep = partial(abort_uploads, here.results_bucket)
    results = deployment.results()
    match event["action"]:
        case "tally":
            return steps.tally_step(results, event, here, time)
        case "package":
            return _ended(steps.package_step(results, event, deployment.inventories(), time.time(), sweep))
        case "fail":
            logger.error("batch failed", error=event.get("error"))
            return _ended(steps.fail_step(results, event, time.time(), sweep))
        case action:
            raise ValueError(f"unknown action {action!r}")


def _ended(answer: dict[str, Any]) -> dict[str, Any]:
    """Count and tell how the batch ended."""
    measured = measures(deployment.batch(answer["batch_id"]))
    record_metrics(measured)
    logger.info("batch ended", measures=measured)
    return answer
