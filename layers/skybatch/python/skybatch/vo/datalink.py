"""What belongs to an image: ``/datalink/links`` (IVOA Recommendation, DataLink 1.1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from skybatch.errors import NotFound, SkybatchError
from skybatch.inventory.image_lookup import sets_of_images
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.known import default_survey, survey_of
from skybatch.tables.model import Column, Table, text
from skybatch.vo.links import companion_url, has_page, image_url, page_url
from skybatch.vo.obscore.facts import key_of_id
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.responses import ResponseFormat, TableResponse, response_format
from skybatch.vo.search_images import FoundImages, find_images
from skybatch.vo.service_descriptors import SODA_ID, cutout_service

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

LINKS_TYPE = "application/x-votable+xml;content=datalink"
MAX_IDS = 1000
COLUMNS: tuple[Column, ...] = (
    text("ID", "Identifier asked for.", ucd="meta.id;meta.main"),
    text("access_url", "URL of what is linked.", ucd="meta.ref.url", link="link"),
    text("service_def", "The service described in this document that makes it.", ucd="meta.ref"),
    text("error_message", "Why there is no link.", ucd="meta.code.error"),
    text("semantics", "How it belongs to the image.", ucd="meta.code"),
    text("description", "What it is.", ucd="meta.note"),
    text("content_type", "MIME type.", ucd="meta.code.mime"),
    Column("content_length", "long", "Bytes.", unit="byte", ucd="phys.size;meta.file"),
)


@dataclass(frozen=True)
class Link:
    """One row of the response; ``dataset`` is that of its image."""

    identifier: str
    access_url: str = ""
    service_def: str = ""
    error_message: str = ""
    semantics: str = ""
    description: str = ""
    content_type: str = ""
    content_length: int | None = None
    dataset: str = ""


def links(
    parameters: Parameters, open_: Callable[[str], Inventory], root: str, *, cutouts: bool = True
) -> TableResponse:
    """Answer with the links of each ID, in their order; an unknown one has a row that says so.

    Without ``cutouts`` none leads to the service that cuts images.

    Raises MalformedRequest without any ID, or with too many.
    """
    form = response_format(parameters, "RESPONSEFORMAT", LINKS_TYPE)
    if form == ResponseFormat("xml"):  # asked for by a word: the media type of the standard
        form = ResponseFormat("xml", LINKS_TYPE)
    asked = parameters.every("id")
    if not 1 <= len(asked) <= MAX_IDS:
        raise refused("ID", str(len(asked)), f"must be given 1 to {MAX_IDS} times")
    found = [link for identifier in asked for link in _links_of(identifier, open_, root)]
    rows = [link for link in found if cutouts or not link.service_def]
    data = {column.name: [getattr(row, column.name, row.identifier) for row in rows] for column in COLUMNS}
    services = (cutout_service(root, "ID"),) if any(row.service_def for row in rows) else ()
    table = Table(COLUMNS, data, title=f"Links of {_surveys(rows)} images", services=services)
    return TableResponse(table, form)


def _surveys(rows: Iterable[Link]) -> str:
    """Return the names of the surveys whose images are linked; of none, that of the default survey."""
    names = dict.fromkeys(survey_of(row.dataset).short for row in rows if row.dataset)
    return " and ".join(names) or default_survey().short


def _links_of(identifier: str, open_: Callable[[str], Inventory], root: str) -> list[Link]:
    try:
        key = key_of_id(identifier)
        found = _find_image(key, open_)
    except SkybatchError as error:
        return [_fault_row(identifier, error)]
    if not len(found):
        return [_fault_row(identifier, NotFound("no such image"))]
    size, dataset = found.stored_bytes(0), found.details.dataset
    image = Link(identifier, image_url(root, key), "", "", "#this", "The image", "image/fits", size, dataset)
    preview = Link(
        identifier,
        f"{page_url(root, found, 0)}&preview=png",
        semantics="#preview",
        description="A picture of the image, north up",
        content_type="image/png",
    )
    cutout = Link(
        identifier,
        service_def=SODA_ID,
        semantics="#cutout",
        description="A part of the image",
        content_type="image/fits",
    )
    previews = [preview] if has_page(found) else []
    return [image, *previews, *_companions(identifier, found, root), cutout]


def _companions(identifier: str, found: FoundImages, root: str) -> list[Link]:
    """Return a link to each file that lies beside the image: its uncertainty, its coverage."""
    dataset = found.details.dataset
    return [
        Link(
            identifier,
            companion_url(root, found, 0, name),
            semantics=product.semantics or "#auxiliary",
            description=product.title,
            content_type="image/fits",
            dataset=dataset,
        )
        for name, product in survey_of(dataset).product.items()
        if product.role == "link"
    ]


def fault(error: SkybatchError) -> str:
    """Return the name that an error's text begins with (DataLink 1.1, section 3.4)."""
    if error.retryable:
        return "TransientFault"
    if error.status == NotFound.status:
        return "NotFoundFault"
    return "UsageFault" if error.status < 500 else "FatalFault"


def _fault_row(identifier: str, error: SkybatchError) -> Link:
    return Link(identifier, error_message=f"{fault(error)}: {error.detail}", semantics="#this")


def _find_image(key: str, open_: Callable[[str], Inventory]) -> FoundImages:
    image, image_type, _ = parse_key(key)
    inventory = open_(image.dataset)
    sets = sets_of_images(inventory, [image])
    return find_images(
        inventory, sets, 1, bands=(image.band,) if image.band else None, kinds=(image_type.letter,)
    )
