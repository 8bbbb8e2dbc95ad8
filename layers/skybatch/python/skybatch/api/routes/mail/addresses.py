"""``/addresses/{link}``: where the owner of a mailbox says which mail is wanted; nothing happens by GET."""

from __future__ import annotations

from urllib.parse import parse_qsl

from skybatch.api.dependencies import Dependencies
from skybatch.api.http_request import HttpRequest
from skybatch.api.responses import html_response, no_content_response, redirect
from skybatch.api.routing import AnyResponse, RouteTable
from skybatch.callers.addresses import Addresses
from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.body.multipart_form import boundary_of, read_form
from skybatch.validation import displayable

routes = RouteTable()
MAX_BYTES = 1000
ACTIONS = ("block", "allow", "confirm")
# What a mail program posts by its own button (RFC 8058, section 3.2).
ONE_CLICK = "List-Unsubscribe"


@routes.get("/addresses/<link>")
def address_page(_: HttpRequest, dependencies: Dependencies, link: str) -> AnyResponse:
    """Show what is known of the mailbox, with buttons."""
    from skybatch.pages.address import address_page as page

    addresses = Addresses(dependencies.results)
    found = addresses.link(link)
    blocked = addresses.is_blocked(found.mailbox)
    asks = dependencies.settings.confirm_addresses == "true"
    confirmed = not asks or addresses.is_confirmed(found.mailbox)
    return html_response(page(found.shown, dependencies.settings, blocked=blocked, confirmed=confirmed))


@routes.post("/addresses/<link>")
def change_address(request: HttpRequest, dependencies: Dependencies, link: str) -> AnyResponse:
    """Block a mailbox, allow it again, or confirm it and have what waited for it sent."""
    addresses, now = Addresses(dependencies.results), dependencies.clock()
    mailbox = addresses.link(link).mailbox
    fields = _fields(request)
    action = "block" if ONE_CLICK in fields else fields.get("action", "")
    if action not in ACTIONS:
        error = CellError("action", displayable(action), f"must be one of {', '.join(ACTIONS)}")
        raise InvalidRequest(error.sentence(), errors=[error])
    addresses.block(mailbox, now, blocked=action == "block")
    if action == "confirm":
        addresses.confirm(mailbox, now)
        dependencies.send_held(mailbox)
    if ONE_CLICK in fields:
        return no_content_response()
    return redirect(f"{request.base_url}/addresses/{link}", 303)


def _fields(request: HttpRequest) -> dict[str, str]:
    """Return the fields of a form in either encoding: pages send one, mail programs may send both."""
    body = request.body[:MAX_BYTES]
    if boundary := boundary_of(request.content_type):
        return {part.name: part.data.decode("latin-1") for part in read_form(body, boundary)}
    return dict(parse_qsl(body.decode("latin-1")))
