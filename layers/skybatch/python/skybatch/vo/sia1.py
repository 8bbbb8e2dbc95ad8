"""``/ibe/sia``: Simple Image Access 1.0 on one table of the archive."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from skybatch.tables.model import Param
from skybatch.tables.schemas.search import SIA_PARAMS, SIA_SEARCH
from skybatch.vo.links import image_url
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.pos_size import box_search
from skybatch.vo.responses import Answer, answer_format, table_of
from skybatch.vo.search_images import find

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

METADATA = "metadata"
IMAGE_FORMATS = ("image/fits", "all", "*", "")
TITLE = "2MASS images"

INPUTS: tuple[Param, ...] = (
    Param("INPUT:POS", "", unit="deg", description="Right ascension and declination, ICRS, as ra,dec."),
    Param("INPUT:SIZE", "0", unit="deg", description="Full width along east and height along north."),
    Param("INPUT:INTERSECT", "OVERLAPS", description="OVERLAPS, COVERS, ENCLOSED or CENTER."),
    Param("INPUT:FORMAT", "ALL", description="ALL, image/fits or METADATA."),
    Param("INPUT:MAXREC", "10000", "int", description="The most rows to answer with."),
    Param("INPUT:RESPONSEFORMAT", "VOTABLE", description="VOTABLE, CSV, TSV, IPAC_TABLE or HTML."),
    Param("INPUT:mcen", "", description="Only the most centred image of each band, of those at a point."),
)


def sia(given: Parameters, inventory: Inventory, root: str) -> Answer:
    """Answer a query of one data set; ``root`` is the address the service is known by.

    Raises MalformedRequest for a parameter that cannot be read, or without a position.
    """
    fmt = answer_format(given, "RESPONSEFORMAT", "votable")
    wanted = image_formats(given)
    if METADATA in wanted:
        return described(inventory, fmt)
    where, most = box_search(given), given.max_rows()
    if where is None:
        raise refused("POS", "", "must be given: right ascension and declination in degrees")
    sets = where.sets(inventory) if set(wanted) & set(IMAGE_FORMATS) else _no_sets()
    found = find(inventory, sets, most, once_a_band=where.most_centred)
    table = table_of(
        found,
        SIA_SEARCH,
        lambda i: image_url(root, found.key(i)),
        title=TITLE,
        params=SIA_PARAMS,
        most=most,
    )
    return Answer(table, fmt)


def image_formats(given: Parameters) -> list[str]:
    """The words of FORMAT in lower case; a client may list several."""
    return re.split(r"[,\s]+", given.text("format", "all").lower())


def described(inventory: Inventory, fmt: str) -> Answer:
    """FORMAT=METADATA: the columns, and the inputs as PARAMs (SIA 1.0 section 6.1), without a row."""
    found = find(inventory, _no_sets(), 0)
    table = table_of(found, SIA_SEARCH, lambda _: "", title=TITLE, params=(*INPUTS, *SIA_PARAMS))
    return Answer(table, fmt)  # type: ignore[arg-type]


def _no_sets() -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    return np.empty(0, np.intp)
