"""One image by its data set, coadd key and band, for the page that shows it: ``nph-im_key``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.errors import NotFound
from skybatch.requests import values
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.tables.writers.cells import cells as texts
from skybatch.validation import InvalidValue
from skybatch.vo.ibe.inventory_sia import requested_kinds
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.responses import table_of
from skybatch.vo.search_images import FoundImages, find_images

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

SHOWN = ("ordate", "hemisphere", "scanno", "coaddno", "coadd_key", "ra", "dec", "seesh", "magzp", "msnr10")


def requested_image(parameters: Parameters, inventory: Inventory) -> FoundImages:
    """Return the one image that ``key``, ``band`` and ``type`` (``at`` by default) name.

    Raises MalformedRequest for a parameter that cannot be read, NotFound where there is no such image.
    """
    try:
        key, bands = values.coadd_key(parameters.text("key")), values.bands(parameters.text("band"))
    except InvalidValue as broken:
        raise refused(
            "key, band", f"{parameters.text('key')}, {parameters.text('band')}", str(broken)
        ) from None
    sets = inventory.by_coadd_key([key])
    kinds = requested_kinds(parameters)[:1]
    found = find_images(inventory, sets[sets >= 0], 1, bands=bands[:1], kinds=kinds)
    if not len(found):
        raise NotFound(f"The archive has no image of coadd key {key} in that band.")
    return found


def properties(found: FoundImages) -> list[tuple[str, str]]:
    """Return the properties of the image: names with their units, and values as text."""
    table = table_of(found, NATIVE_SEARCH, lambda _: "")
    columns = [column for column in NATIVE_SEARCH if column.name in SHOWN]
    return [
        (f"{column.description.rstrip('.')}{f' ({column.unit})' if column.unit else ''}", value)
        for column in columns
        for value in texts(column, table.values(column), "unknown")
    ]
