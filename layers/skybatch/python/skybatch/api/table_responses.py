"""Tables that services answer, and errors as clients of those services read them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

from skybatch.api.endpoints import is_closed
from skybatch.api.http_request import HttpRequest
from skybatch.api.large_responses import content_response
from skybatch.api.responses import COMMON_HEADERS, NO_STORE, retry_after
from skybatch.api.routing import AnyResponse
from skybatch.errors import SkybatchError
from skybatch.tables.model import Table
from skybatch.tables.writers import formats, votable
from skybatch.vo.responses import TableResponse

if TYPE_CHECKING:
    from obstore.store import ObjectStore

VOTABLE_TYPE = formats.MEDIA_TYPES["xml"]


def table_response(
    request: HttpRequest,
    results: ObjectStore,
    answer: TableResponse,
    closed: frozenset[str] = frozenset(),
) -> AnyResponse:
    """Return a table in the format and under the media type that were asked for.

    Of its services, it describes those that are not closed.
    """
    body = formats.write(offered(answer.table, request.base_url, closed), answer.form.format)
    media_type = answer.form.media_type or formats.MEDIA_TYPES[answer.form.format]
    return content_response(request, results, body, media_type)


def offered(table: Table, root: str, closed: frozenset[str]) -> Table:
    """Return a table that describes only such services as are not closed."""
    if not closed:
        return table
    kept = [each for each in table.services if not is_closed(each.url.removeprefix(root), closed)]
    return replace(table, services=tuple(kept))


def error_votable_response(
    error: SkybatchError, status: int | None = None, *, fault: str = ""
) -> Response[str]:
    """Return a VOTable with QUERY_STATUS ERROR (DALI 1.1, section 4.2), by default under its own status.

    Its text begins with the name of the ``fault``, where one is given.
    """
    return Response(
        status_code=status or error.status,
        content_type=VOTABLE_TYPE,
        body=votable.error_document(f"{fault}: {error.detail}" if fault else error.detail).decode(),
        headers={**COMMON_HEADERS, **NO_STORE, **retry_after(error)},
    )
