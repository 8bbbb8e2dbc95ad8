"""The planner: accepts batches over HTTP; plans and dispatches them when the state machine asks."""

from __future__ import annotations

import time
from functools import cache
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.api.app import HttpApp
from skybatch.api.dependencies import Dependencies
from skybatch.api.routes import batch_actions, batch_submission, tables
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.settings import settings
from skybatch.storage.clients import client
from skybatch.telemetry import instrumented, log_step
from skybatch.workflow import steps

ROUTES = (batch_submission.routes, batch_actions.routes, tables.routes)


@instrumented
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or run the step that the state machine names."""
    if "action" not in event:
        return app().handle(event, context)
    return log_step(step, event)


@cache
def app() -> HttpApp:
    """Return the application of this deployment."""
    return HttpApp(dependencies(), ROUTES)


@cache
def dependencies() -> Dependencies:
    """Return the stores and services of this deployment."""
    return Dependencies.from_settings(settings())


def step(event: dict[str, Any]) -> dict[str, Any]:
    """Run one step of a batch's execution."""
    here, results = dependencies(), dependencies().results
    match event["action"]:
        case "plan":
            return steps.plan_step(results, event, here.open_inventory, here.settings, time.time())
        case "resolve":
            resolver, inventories = here.name_resolver(), here.open_inventory
            return steps.resolve_step(results, event, resolver, inventories, here.settings, time.time())
        case "dispatch":
            queue = TaskQueue(lambda: client("sqs"), here.settings.queue_url)
            return steps.dispatch_step(results, event, queue, here.settings, time.time())
        case action:
            raise ValueError(f"unknown action {action!r}")
