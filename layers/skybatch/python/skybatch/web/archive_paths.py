"""The archive's paths over HTTP."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.vo import ibe
from skybatch.web.answers import redirect, verb_of
from skybatch.web.deployment import archive

router = APIGatewayHttpRouter()
READ = ["GET", "HEAD"]


@router.route("/ibe/data/.+", method=READ)
def stored_image() -> Response[str]:
    """A stored image by its archive path."""
    return _to_image(ibe.key_of_path(router.current_event.path.removeprefix("/ibe/data/")))


@router.route("/cgi-bin/2MASS/IM/nph-im", method=READ)
def image_by_parameters() -> Response[str]:
    """A stored image by its parts."""
    return _to_image(ibe.key_of_image(router.current_event.query_string_parameters or {}))


def _to_image(key: str) -> Response[str]:
    return redirect(ibe.link(archive(), key, verb_of(router.current_event)))
