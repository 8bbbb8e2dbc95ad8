"""The planner: takes batches in over HTTP, plans and dispatches them as the state machine asks."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.archive.opening import open_inventories
from skybatch.aws import bucket_store, client
from skybatch.batch import steps
from skybatch.batch.dispatch import TaskQueue
from skybatch.batch.submit import Desk, executions
from skybatch.errors import SkybatchError
from skybatch.settings import settings
from skybatch.web import answers, intake

logger = Logger()
app = APIGatewayHttpResolver()


def desk() -> Desk:
    """The desk of this deployment, as the current request reached it."""
    here = settings()
    start = executions(client("stepfunctions"), here.state_machine_arn)
    url = answers.base_url(app.current_event, here)
    return Desk(bucket_store(here.results_bucket), start, here, url, time.time())


@app.exception_handler(SkybatchError)
def refuse(error: SkybatchError) -> Response[str]:
    """An error, as the caller reads errors."""
    return answers.refusal(app.current_event, error)


@app.post("/batches")
def submit() -> Response[str]:
    """Take in a batch."""
    return intake.submit(app.current_event, desk())


@app.post("/batches/<batch_id>/resubmit")
def resubmit(batch_id: str) -> Response[str]:
    """Take in the next batch of a chain."""
    return intake.resubmit(app.current_event, desk(), batch_id)


@app.post("/batches/<batch_id>/cancel")
def cancel(batch_id: str) -> Response[str]:
    """Ask a batch to end."""
    return intake.cancel(app.current_event, desk(), batch_id)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request, or run the step the state machine names."""
    here = settings()
    match event.get("action"):
        case None:
            return app.resolve(event, context)
        case "plan":
            inventories = open_inventories(bucket_store(here.archive_bucket, here.archive_prefix))
            return steps.plan_step(bucket_store(here.results_bucket), event, inventories, here)
        case "dispatch":
            queue = TaskQueue(client("sqs"), here.queue_url)
            return steps.dispatch_step(bucket_store(here.results_bucket), event, queue, here, time.time())
        case action:
            raise ValueError(f"unknown action {action!r}")
