"""Request parameters of VO and archive services, from a query string or a posted form."""

from __future__ import annotations

from urllib.parse import parse_qsl

from skybatch.api.http_request import HttpRequest
from skybatch.errors import MalformedRequest, TooLarge, UnsupportedMedia
from skybatch.requests.body.multipart_form import boundary_of, read_form
from skybatch.vo.parameters import Parameters

FORM_TYPE, MULTIPART_TYPE = "application/x-www-form-urlencoded", "multipart/form-data"
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


def read_parameters_and_table(request: HttpRequest, max_upload_bytes: int) -> tuple[Parameters, bytes | None]:
    """Read parameters as `read_parameters` does, or those and a table from the parts of a posted form.

    The table is the part ``POS`` sent as a file (``curl -F POS=@table.tbl``), or any file where the value of
    POS is ``@`` and a name.

    Raises
    ------
    MalformedRequest
        The form cannot be read, or POS names a file that was not sent.
    UnsupportedMedia, TooLarge
        As `read_parameters`; a form may have ``max_upload_bytes`` beside its other fields.
    """
    if request.method != "POST" or _media_type(request) != MULTIPART_TYPE:
        return _without_file(read_parameters(request)), None
    _check_size(len(request.body), max_upload_bytes + MAX_FORM_BYTES)
    parts = read_form(request.body, boundary_of(request.content_type))
    files = [part for part in parts if part.file_name is not None and (part.data or part.file_name)]
    fields = [(part.name, part.data.decode("utf-8", "replace")) for part in parts if part.file_name is None]
    parameters = Parameters.of([*_parse(request.raw_query), *fields])
    if not files:
        return _without_file(parameters), None
    named = parameters.text("pos").startswith("@")
    chosen = [part for part in files if named or part.name.lower() == "pos"]
    if len(files) > 1 or not chosen:
        raise MalformedRequest("One file can be sent, as POS: a table of positions.")
    return parameters, chosen[0].data


def _without_file(parameters: Parameters) -> Parameters:
    """Return parameters that came without a file. Raises MalformedRequest where POS names one."""
    if parameters.text("pos").startswith("@"):
        raise MalformedRequest("POS names a file: post it in a form (multipart/form-data), as POS.")
    return parameters


def query_parameters(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the parameters of the query string alone; none where they cannot be read."""
    try:
        return _parse(request.raw_query)
    except MalformedRequest:
        return []


def _form_text(request: HttpRequest) -> str:
    media_type, body = _media_type(request), request.body
    if body and media_type != FORM_TYPE:
        raise UnsupportedMedia(
            f"Parameters are posted as {FORM_TYPE}, not as {media_type or 'an unnamed type'}."
        )
    _check_size(len(body), MAX_FORM_BYTES)
    return body.decode("utf-8", "replace")


def _media_type(request: HttpRequest) -> str:
    return request.content_type.split(";")[0].strip().lower()


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise TooLarge(f"The parameters have {size:,} bytes; at most {most:,} are read.")


def _parse(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError:
        raise MalformedRequest(f"There are more than {MAX_PARAMETERS} parameters.") from None
