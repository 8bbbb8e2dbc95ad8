"""The archive's image inventory over HTTP: ``nph-im_sia``, and the page of one image."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from skybatch.api.dependencies import archive, inventories, results
from skybatch.api.large_responses import deliver
from skybatch.api.parameters import parameters_of, root_of
from skybatch.api.responses import page
from skybatch.api.routes.image_search import answer_sia
from skybatch.errors import MalformedRequest, Transient
from skybatch.settings import settings
from skybatch.sky.position import SkyPosition
from skybatch.vo.ibe import stored_images
from skybatch.vo.ibe.image_page import facts, one_image
from skybatch.vo.ibe.inventory_sia import fits_url, inventory_sia
from skybatch.vo.search_images import QUICKLOOK

if TYPE_CHECKING:
    from skybatch.names.resolver import Answer as NameAnswer

router = APIGatewayHttpRouter()
NAME_SECONDS = 15.0  # of the 30 that the API waits
PICTURE = "image/png"


@router.route("/cgi-bin/2MASS/IM/nph-im_sia", method=["GET", "HEAD", "POST"])
def inventory_access() -> Response[bytes] | Response[str]:
    """The image inventory as Simple Image Access."""
    root = root_of(router.current_event)
    return answer_sia(
        router.current_event,
        lambda given: inventory_sia(
            given, inventories()(stored_images.dataset_word(given), None), root, find_name
        ),
    )


@router.route("/cgi-bin/2MASS/IM/nph-im_key", method=["GET", "HEAD"])
def image_shown() -> Response[bytes] | Response[str]:
    """The page that shows one image, or with ``preview`` the picture on it."""
    event = router.current_event
    given = parameters_of(event)
    found = one_image(given, inventories()(stored_images.dataset_word(given), None))
    if given.named("preview"):
        return deliver(event, _picture(found.key(0)), PICTURE, compressed=True)
    from skybatch.pages.image import image_page

    address = f"?{event.raw_query_string}&preview=png"
    image = found.image_id(0)
    title = f"{image.band.upper()} band, {image.date} {image.hem}, scan {image.scan}, image {image.image}"
    quicklook = found.kind[0] == QUICKLOOK
    download = fits_url(root_of(event), found, 0)
    return page(image_page(title, facts(found), preview=address, download=download, quicklook=quicklook))


def find_name(name: str) -> SkyPosition:
    """The position of an object, asked of the name services for a bounded time.

    Raises MalformedRequest where none knows it, Transient where one that might did not answer.
    """
    # Only where a name is asked for: the HTTP client that this brings costs 25 ms of every cold start.
    from skybatch.names.s3_cache import make_resolver
    from skybatch.names.services import State

    resolver = make_resolver(results(), settings())
    found = resolver.resolve([name], time.monotonic() + NAME_SECONDS).answers.get(name)
    if found is not None and found.position is not None:
        return found.position
    if found is not None and found.state is State.UNKNOWN:
        raise MalformedRequest(f"The object {name!r} is not known: {found.sentence()}")
    raise Transient(_no_answer(name, found))


def _no_answer(name: str, found: NameAnswer | None) -> str:
    said = found.sentence() if found is not None else "no answer in time"
    return f"The name services could not tell where {name!r} is: {said}"


def _picture(key: str) -> bytes:
    from skybatch.imaging.preview import grey_preview

    return grey_preview(stored_images.plain_image(archive(), key))
