"""The archive's own paths: stored images by the addresses its clients build."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from skybatch.aws import bucket_store
from skybatch.errors import NotFound, SkybatchError
from skybatch.settings import settings
from skybatch.vo import ibe
from skybatch.web import answers

logger = Logger()
app = APIGatewayHttpResolver()
READ = ["GET", "HEAD"]


@app.exception_handler(SkybatchError)
def refuse(error: SkybatchError) -> Response[str]:
    """An error, as the caller reads errors."""
    return answers.refusal(app.current_event, error)


@app.not_found
def nowhere(_: Exception) -> Response[str]:
    """A path that leads nowhere."""
    return answers.refusal(app.current_event, NotFound("There is nothing at this address."))


def to_image(key: str) -> Response[str]:
    """To a stored image, by a URL signed now."""
    here = settings()
    archive = bucket_store(here.archive_bucket, here.archive_prefix)
    return answers.redirect(ibe.link(archive, key, answers.verb_of(app.current_event)))


@app.route("/ibe/data/.+", method=READ)
def stored_image() -> Response[str]:
    """A stored image by its archive path."""
    return to_image(ibe.key_of_path(app.current_event.path.removeprefix("/ibe/data/")))


@app.route("/cgi-bin/2MASS/IM/nph-im", method=READ)
def image_by_parameters() -> Response[str]:
    """A stored image by its parts."""
    return to_image(ibe.key_of_image(app.current_event.query_string_parameters or {}))


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer an HTTP request."""
    return app.resolve(event, context)
