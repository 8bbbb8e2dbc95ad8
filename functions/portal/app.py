"""The portal: status, pages and downloads."""

from __future__ import annotations

import time
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.aws import bucket_store
from skybatch.batch.store import BatchStore
from skybatch.errors import NotFound, SkybatchError
from skybatch.settings import settings
from skybatch.web import answers, reading

logger = Logger()
app = APIGatewayHttpResolver()
READ = ["GET", "HEAD"]


def batch(batch_id: str) -> BatchStore:
    """The store of one batch."""
    return BatchStore(bucket_store(settings().results_bucket), batch_id)


@app.exception_handler(SkybatchError)
def refuse(error: SkybatchError) -> Response[str]:
    """An error, as the caller reads errors."""
    return answers.refusal(app.current_event, error)


@app.not_found
def nowhere(_: Exception) -> Response[str]:
    """A path that leads nowhere."""
    return answers.refusal(app.current_event, NotFound("There is nothing at this address."))


@app.route("/batches/<batch_id>", method=READ)
def status(batch_id: str) -> Response[str]:
    """The status of a batch."""
    return reading.status(batch(batch_id), time.time())


@app.route("/batches/<batch_id>/results", method=READ)
def results(batch_id: str) -> Response[str]:
    """The page of a batch."""
    return reading.results(batch(batch_id), time.time())


@app.route("/batches/<batch_id>/images", method=READ)
def images(batch_id: str) -> Response[str]:
    """The images finished so far."""
    after = app.current_event.get_query_string_value("after")
    return reading.images(batch(batch_id), after, time.time())


@app.route("/batches/<batch_id>/<folder>/<name>", method=READ)
def download(batch_id: str, folder: str, name: str) -> Response[str]:
    """One file of a batch, or one image."""
    verb = answers.verb_of(app.current_event)
    return reading.download(batch(batch_id), folder, name, verb, time.time())


@app.route("/health", method=READ)
def health() -> Response[str]:
    """That the service answers."""
    return answers.json_answer({"status": "ok"})


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return app.resolve(event, context)
