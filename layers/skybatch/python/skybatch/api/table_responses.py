"""Tables that services answer, and errors as clients of those services read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import COMMON_HEADERS, NO_STORE, retry_after
from skybatch.api.routing import AnyResponse
from skybatch.errors import SkybatchError
from skybatch.tables.writers import formats, votable
from skybatch.vo.responses import TableResponse

if TYPE_CHECKING:
    from obstore.store import ObjectStore

VOTABLE_TYPE = formats.MEDIA_TYPES["xml"]


def table_response(request: HttpRequest, results: ObjectStore, answer: TableResponse) -> AnyResponse:
    """Return a table in the format that was asked for."""
    body = formats.write(answer.table, answer.format)
    return content_response(request, results, body, formats.MEDIA_TYPES[answer.format])


def error_votable_response(error: SkybatchError, status: int | None = None) -> Response[str]:
    """Return a VOTable with QUERY_STATUS ERROR (DALI 1.1, section 4.2), by default under its own status."""
    return Response(
        status_code=status or error.status,
        content_type=VOTABLE_TYPE,
        body=votable.error_document(error.detail).decode(),
        headers={**COMMON_HEADERS, **NO_STORE, **retry_after(error)},
    )
