"""The planner: takes batches in over HTTP, plans and dispatches them as the state machine asks."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.aws import client
from skybatch.batch import steps
from skybatch.batch.dispatch import TaskQueue
from skybatch.settings import settings
from skybatch.web import deployment, intake

logger = Logger()
app = deployment.http_app()
app.include_router(intake.router)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or run the step the state machine names."""
    here = settings()
    match event.get("action"):
        case None:
            return app.resolve(event, context)
        case "plan":
            return steps.plan_step(deployment.results(), event, deployment.inventories(), here)
        case "resolve":
            names, inventories = deployment.resolver(), deployment.inventories()
            return steps.resolve_step(deployment.results(), event, names, inventories, here, time.time())
        case "dispatch":
            queue = TaskQueue(client("sqs"), here.queue_url)
            return steps.dispatch_step(deployment.results(), event, queue, here, time.time())
        case action:
            raise ValueError(f"unknown action {action!r}")
