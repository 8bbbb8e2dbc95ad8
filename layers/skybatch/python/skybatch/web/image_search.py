"""Searches over HTTP: Simple Image Access 1.0 and the archive's own, with errors in each one's form."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.errors import SkybatchError
from skybatch.tables import formats, votable
from skybatch.vo.answer import Answer, answer_format, dataset_of
from skybatch.vo.parameters import Parameters
from skybatch.vo.sia import sia
from skybatch.web.answers import COMMON_HEADERS
from skybatch.web.asking import parameters_of, root_of
from skybatch.web.delivery import deliver, plain_line
from skybatch.web.holdings import inventories

router = APIGatewayHttpRouter()
ASK = ["GET", "HEAD", "POST"]
VOTABLE = formats.MEDIA_TYPES["xml"]
AnyResponse = Response[bytes] | Response[str]


@router.route("/ibe/sia/<mission>/<folder>/<table>", method=ASK)
def image_access(mission: str, folder: str, table: str) -> AnyResponse:
    """Simple Image Access on one table."""
    dataset = dataset_of(mission, folder, table)
    root = root_of(router.current_event)
    return _sia(lambda given: sia(given, inventories()(dataset, None), root))


def _sia(ask: Callable[[Parameters], Answer]) -> AnyResponse:
    """Answer as SIA clients expect: an error is a VOTable too, unless a plain format was asked for."""
    given = Parameters(())
    try:
        given = parameters_of(router.current_event)
        return _table(ask(given))
    except SkybatchError as error:
        if _wants_votable(given):
            return error_votable(error)
        return plain_line(error.detail, 400 if error.status < 500 else error.status)


def error_votable(error: SkybatchError, status: int = 200) -> Response[str]:
    """QUERY_STATUS ERROR (SIA 1.0 section 4.2.1); what the client cannot mend keeps its HTTP status."""
    return Response(
        status_code=error.status if error.status >= 500 else status,
        content_type=VOTABLE,
        body=votable.error_document(error.detail).decode(),
        headers={**COMMON_HEADERS, "Cache-Control": "no-store"},
    )


def _wants_votable(given: Parameters) -> bool:
    try:
        return answer_format(given, "RESPONSEFORMAT", "votable") == "xml"
    except SkybatchError:
        return True


def _table(answer: Answer) -> AnyResponse:
    body = formats.write(answer.table, answer.format)
    return deliver(router.current_event, body, formats.MEDIA_TYPES[answer.format])
