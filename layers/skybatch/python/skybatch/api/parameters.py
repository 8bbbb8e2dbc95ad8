"""What a client of the archive's doors sent: parameters of a query string or a form, in one place."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.responses import base_url, body_of, header
from skybatch.errors import MalformedRequest, UnsupportedMedia
from skybatch.settings import settings
from skybatch.vo.parameters import Parameters

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 2000


def parameters_of(event: APIGatewayProxyEventV2) -> Parameters:
    """The parameters of a GET, or of a POST with those of its form behind them.

    Read from the raw query: the gateway's own parsing joins what was given several times.
    """
    pairs = _pairs(str(event.raw_query_string or ""))
    if event.http_method == "POST":
        kind = header(event, "content-type").split(";")[0].strip().lower()
        body = body_of(event)
        if body and kind != FORM:
            raise UnsupportedMedia(f"Parameters are posted as {FORM}, not as {kind or 'a nameless type'}.")
        pairs += _pairs(body.decode("utf-8", "replace"))
    return Parameters.of(pairs)


def root_of(event: APIGatewayProxyEventV2) -> str:
    """The service's own address, without a slash at its end."""
    return base_url(event, settings())


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise MalformedRequest(f"There are more than {MOST_PARAMETERS} parameters.") from None
