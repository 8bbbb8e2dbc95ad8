"""The collector: tallies, packages, and records failures, as the state machine asks."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.batch import steps
from skybatch.settings import settings
from skybatch.web import deployment

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Run the step the state machine names."""
    here = settings()
    results = deployment.results()
    match event["action"]:
        case "tally":
            return steps.tally_step(results, event, here, time.time())
        case "package":
            return steps.package_step(results, event, deployment.inventories(), time.time())
        case "fail":
            logger.error("batch failed", error=event.get("error"))
            return steps.fail_step(results, event, time.time())
        case action:
            raise ValueError(f"unknown action {action!r}")
