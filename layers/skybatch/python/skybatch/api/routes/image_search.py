"""Searches over HTTP: Simple Image Access 1.0 and the archive's own, with errors in each one's form."""

from __future__ import annotations

from collections.abc import Callable

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from skybatch.api.dependencies import held, inventories
from skybatch.api.large_responses import deliver, plain_line
from skybatch.api.parameters import parameters_of, root_of
from skybatch.api.responses import COMMON_HEADERS
from skybatch.errors import NotFound, SkybatchError
from skybatch.surveys.layout import DATASET_TITLES, DATASETS
from skybatch.tables.writers import formats, votable
from skybatch.vo.ibe import directory_pages
from skybatch.vo.ibe.search import search
from skybatch.vo.parameters import Parameters
from skybatch.vo.responses import MISSIONS, Answer, answer_format, dataset_of
from skybatch.vo.sia1 import sia

router = APIGatewayHttpRouter()
ASK = ["GET", "HEAD", "POST"]
VOTABLE = formats.MEDIA_TYPES["xml"]
AnyResponse = Response[bytes] | Response[str]


@router.route("/ibe/sia/<mission>/<folder>/<table>", method=ASK)
def image_access(mission: str, folder: str, table: str) -> AnyResponse:
    """Simple Image Access on one table."""
    dataset = dataset_of(mission, folder, table)
    root = root_of(router.current_event)
    return answer_sia(router.current_event, lambda given: sia(given, inventories()(dataset, None), root))


def answer_sia(event: APIGatewayProxyEventV2, ask: Callable[[Parameters], Answer]) -> AnyResponse:
    """Answer as SIA clients expect: an error is a VOTable too, unless a plain format was asked for."""
    given = Parameters(())
    try:
        given = parameters_of(event)
        return send_table(event, ask(given))
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


def send_table(event: APIGatewayProxyEventV2, answer: Answer) -> AnyResponse:
    """A table in the format asked for."""
    body = formats.write(answer.table, answer.format)
    return deliver(event, body, formats.MEDIA_TYPES[answer.format])


@router.route("/ibe/search/?", method=["GET", "HEAD"])
def missions() -> AnyResponse:
    """The missions."""
    return _page(directory_pages.missions_page(root_of(router.current_event)))


@router.route("/ibe/search/<mission>/?", method=["GET", "HEAD"])
def datasets(mission: str) -> AnyResponse:
    """The data sets of the mission."""
    if mission.lower() not in MISSIONS:
        raise NotFound(f"There is no mission {mission}.")
    return _page(directory_pages.datasets_page(root_of(router.current_event), held()))


@router.route("/ibe/search/<mission>/<folder>/?", method=["GET", "HEAD"])
def tables(mission: str, folder: str) -> AnyResponse:
    """The tables of a data set."""
    mine = [dataset for dataset in held() if DATASETS[dataset][0] == folder.lower()]
    if mission.lower() not in MISSIONS or not mine:
        raise NotFound(f"There is no data set {mission}/{folder}.")
    rows = [(DATASETS[dataset][1], f"{DATASET_TITLES[dataset]}: image metadata") for dataset in mine]
    return _page(directory_pages.tables_page(root_of(router.current_event), folder.lower(), rows))


@router.route("/ibe/search/<mission>/<folder>/<table>", method=ASK)
def archive_search(mission: str, folder: str, table: str) -> AnyResponse:
    """The archive's own search of one table; what is wrong is one line of text."""
    dataset = dataset_of(mission, folder, table)
    try:
        event = router.current_event
        return send_table(event, search(parameters_of(event), inventories()(dataset, None)))
    except SkybatchError as error:
        return plain_line(error.detail, error.status)


def _page(html: str) -> AnyResponse:
    return deliver(router.current_event, html.encode(), "text/html; charset=utf-8")
