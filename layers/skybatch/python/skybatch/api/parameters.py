"""Request parameters of VO and archive services, from a query string or a posted form."""

from __future__ import annotations

from urllib.parse import parse_qsl

from skybatch.api.http_request import HttpRequest
from skybatch.errors import MalformedRequest, TooLarge, UnsupportedMedia
from skybatch.vo.parameters import Parameters

FORM_TYPE = "application/x-www-form-urlencoded"
MAX_PARAMETERS = 2000
MAX_FORM_BYTES = 256 * 1024


def read_parameters(request: HttpRequest) -> Parameters:
    """Read the parameters of the query string, followed by those of a posted form.

    Reads the raw query, because API Gateway joins the values of a repeated parameter.

    Raises
    ------
    UnsupportedMedia
        The posted body is not a URL-encoded form.
    MalformedRequest
        There are too many parameters.
    TooLarge
        The posted body is larger than any parameters are.
    """
    pairs = _parse(request.raw_query)
    if request.method == "POST":
        pairs += _parse(_form_text(request))
    return Parameters.of(pairs)


def query_parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of the query string alone; none where they cannot be read."""
    try:
        return _parse(request.raw_query)
    except MalformedRequest:
        return []


def _form_text(request: HttpRequest) -> str:
    media_type = request.content_type.split(";")[0].strip().lower()
    body = request.body
    if body and media_type != FORM_TYPE:
        raise UnsupportedMedia(
            f"Parameters are posted as {FORM_TYPE}, not as {media_type or 'an unnamed type'}."
        )
    if len(body) > MAX_FORM_BYTES:
        raise TooLarge(f"The parameters have {len(body):,} bytes; at most {MAX_FORM_BYTES:,} are read.")
    return body.decode("utf-8", "replace")


def _parse(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise MalformedRequest(f"There are more than {MAX_PARAMETERS} parameters.") from None
