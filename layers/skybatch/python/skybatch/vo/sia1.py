"""Simple Image Access 1.0 on one table of the archive: ``/ibe/sia``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from skybatch.surveys.known import survey_of
from skybatch.tables.model import Param
from skybatch.tables.schemas.search import sia_access, sia_params, sia_search
from skybatch.vo.links import image_url
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.pos_size import box_search
from skybatch.vo.responses import ResponseFormat, TableResponse, response_format, table_of
from skybatch.vo.search_images import find_images
from skybatch.vo.service_descriptors import image_services

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

METADATA = "metadata"
IMAGE_FORMATS = ("image/fits", "all", "*", "")

INPUTS: tuple[Param, ...] = (
    Param("INPUT:POS", "", unit="deg", description="Right ascension and declination, ICRS, as ra,dec."),
    Param("INPUT:SIZE", "0", unit="deg", description="Full width along east and height along north."),
    Param("INPUT:INTERSECT", "OVERLAPS", description="OVERLAPS, COVERS, ENCLOSED or CENTER."),
    Param("INPUT:FORMAT", "ALL", description="ALL, image/fits or METADATA."),
    Param("INPUT:MAXREC", "10000", "int", description="The most rows to answer with."),
    Param("INPUT:RESPONSEFORMAT", "VOTABLE", description="VOTABLE, CSV, TSV, IPAC_TABLE or HTML."),
    Param("INPUT:mcen", "", description="Only the most centred image of each band, of those at a point."),
)


def sia1(parameters: Parameters, inventory: Inventory, root: str) -> TableResponse:
    """Answer a query of one data set; ``root`` is the address of the service.

    Raises MalformedRequest for a parameter that cannot be read, or without a position.
    """
    fmt = response_format(parameters, "RESPONSEFORMAT", "votable")
    formats = image_formats(parameters)
    if METADATA in formats:
        return metadata_response(inventory, fmt)
    search, max_rows = box_search(parameters), parameters.max_rows()
    if search is None:
        raise refused("POS", "", "must be given: right ascension and declination in degrees")
    sets = search.sets(inventory) if set(formats) & set(IMAGE_FORMATS) else _no_sets()
    found = find_images(inventory, sets, max_rows, first_of_each_band=search.most_centred)
    survey = survey_of(inventory.dataset)
    table = table_of(
        found,
        (*sia_search(survey), *sia_access(survey)),
        lambda i: image_url(root, found.key(i)),
        title=f"{survey.short} images",
        params=sia_params(survey),
        max_rows=max_rows,
        services=image_services(root, "publisher_did"),
        root=root,
    )
    return TableResponse(table, fmt)


def image_formats(parameters: Parameters) -> list[str]:
    """Return the words of FORMAT in lower case; a client may list several."""
    return re.split(r"[,\s]+", parameters.text("format", "all").lower())


def metadata_response(inventory: Inventory, fmt: ResponseFormat) -> TableResponse:
    """Answer FORMAT=METADATA: the columns, and the inputs as PARAMs (SIA 1.0 section 6.1), without rows."""
    found = find_images(inventory, _no_sets(), 0)
    survey = survey_of(inventory.dataset)
    table = table_of(
        found,
        (*sia_search(survey), *sia_access(survey)),
        lambda _: "",
        title=f"{survey.short} images",
        params=(*INPUTS, *sia_params(survey)),
    )
    return TableResponse(table, fmt)


def _no_sets() -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.empty(0, np.intp)
