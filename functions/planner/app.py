"""The planner: takes batches in over HTTP, plans and dispatches them as the state machine asks."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api import application, deployment
from skybatch.api.routes import submission
from skybatch.batch.execution.dispatch import TaskQueue
from skybatch.settings import settings
from skybatch.storage.clients import client
from skybatch.telemetry import instrumented, log_step
from skybatch.workflow import steps

app = deployment.http_app()
app.include_router(submission.router)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or run the step the state machine names."""
    if "action" not in event:
        return application.answer(app, event, context)
    return log_step(step, event)


def step(event: dict[str, Any]) -> dict[str, Any]:
    """One step of a batch's execution."""
    here = settings()
    match event["action"]:
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
