"""The Virtual Observatory's newer services over HTTP: SIA 2.0, SODA, DataLink, VOSI."""

from __future__ import annotations

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.api.dependencies import archive, held, inventories
from skybatch.api.large_responses import deliver, plain_line
from skybatch.api.parameters import parameters_of, root_of
from skybatch.api.responses import COMMON_HEADERS, redirect, verb_of
from skybatch.api.routes.image_search import error_votable, send_table
from skybatch.errors import SkybatchError
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.layout import DATASETS, parse_key
from skybatch.tables.writers import formats
from skybatch.vo import soda, vosi
from skybatch.vo.datalink import links
from skybatch.vo.ibe import stored_images
from skybatch.vo.service_descriptors import DATALINK, SODA
from skybatch.vo.sia2 import sia2

router = APIGatewayHttpRouter()
ASK = ["GET", "HEAD", "POST"]
READ = ["GET", "HEAD"]
SIA1 = "ivo://ivoa.net/std/SIA"
SIA2 = "ivo://ivoa.net/std/SIA#query-2.0"
LINKS_TYPE = "application/x-votable+xml;content=datalink"
AnyResponse = Response[bytes] | Response[str]


@router.route("/sia2/query", method=ASK)
def image_access() -> AnyResponse:
    """SIA 2.0; its errors are VOTables under the error's HTTP status (DALI 1.1 section 4.2)."""
    event = router.current_event
    try:
        return send_table(event, sia2(parameters_of(event), held(), _open, root_of(event)))
    except SkybatchError as error:
        return error_votable(error, error.status)


@router.route("/soda/sync", method=ASK)
def cut_image() -> AnyResponse:
    """SODA: a cutout, 204 where it holds nothing, an error as text (SODA 1.0 section 5)."""
    event = router.current_event
    try:
        given = parameters_of(event)
        key, wanted = soda.key_asked(given), soda.figure_asked(given)
        if wanted is None:
            return redirect(stored_images.link(archive(), key, verb_of(event)), 303)
        image = parse_key(key)[0]
        inventory = _open(image.dataset)
        box = soda.box(image, wanted, inventory)
        if box is None:
            return Response(status_code=204, headers=COMMON_HEADERS, body="")
        body = stored_images.cut_box(archive(), key, box, inventory)
        return deliver(event, body, "application/fits", name=f"{image.stem}.fits", compressed=True)
    except SkybatchError as error:
        fault = "UsageFault" if error.status < 500 else "TransientFault" if error.retryable else "Fault"
        return plain_line(f"{fault}: {error.detail}", error.status)


@router.route("/datalink/links", method=ASK)
def image_links() -> AnyResponse:
    """DataLink."""
    event = router.current_event
    try:
        table = links(parameters_of(event), _open, root_of(event))
    except SkybatchError as error:
        return error_votable(error, error.status)
    return deliver(event, formats.write(table, "xml"), LINKS_TYPE)


@router.route("/<service>/availability", method=READ)
def availability(service: str) -> AnyResponse:
    """VOSI availability, of all services at once: what one needs they all need."""
    reason = "" if held() else "The archive has no inventory that can be read."
    return _xml(vosi.availability(reason))


@router.route("/<service>/capabilities", method=READ)
def capabilities(service: str) -> AnyResponse:
    """VOSI capabilities of the services below one folder."""
    root = root_of(router.current_event)
    services = {
        "sia2": ((SIA2, f"{root}/sia2/query"),),
        "soda": ((SODA, f"{root}/soda/sync"),),
        "datalink": ((DATALINK, f"{root}/datalink/links"),),
        "ibe": tuple((SIA1, f"{root}/ibe/sia/twomass/{'/'.join(DATASETS[each])}") for each in held()),
    }
    return _xml(vosi.capabilities(f"{root}/{service}", services.get(service, ())))


def _open(dataset: str) -> Inventory:
    return inventories()(dataset, None)


def _xml(document: str) -> AnyResponse:
    return deliver(router.current_event, document.encode(), "text/xml; charset=utf-8")
