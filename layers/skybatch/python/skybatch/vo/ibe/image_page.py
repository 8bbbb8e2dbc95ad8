"""``nph-im_key``: one image by its data set, coadd key and band, as the page that shows it needs it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skybatch.errors import NotFound
from skybatch.requests import values
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.tables.writers.cells import cells as texts
from skybatch.validation import InvalidValue
from skybatch.vo.ibe.inventory_sia import choice_of_kinds
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.responses import table_of
from skybatch.vo.search_images import Found, find

if TYPE_CHECKING:
    from skybatch.inventory.inventory import Inventory

SHOWN = ("ordate", "hemisphere", "scanno", "coaddno", "coadd_key", "ra", "dec", "seesh", "magzp", "msnr10")


def one_image(given: Parameters, inventory: Inventory) -> Found:
    """The one image that ``key``, ``band`` and ``type`` (``at`` by default) name.

    Raises MalformedRequest for a parameter that cannot be read, NotFound where there is no such image.
    """
    try:
        key, bands = values.coadd_key(given.text("key")), values.bands(given.text("band"))
    except InvalidValue as broken:
        raise refused("key, band", f"{given.text('key')}, {given.text('band')}", str(broken)) from None
    sets = inventory.by_coadd_key([key])
    kinds = choice_of_kinds(given)[:1]
    found = find(inventory, sets[sets >= 0], 1, bands=bands[:1], kinds=kinds)
    if not len(found):
        raise NotFound(f"The archive has no image of coadd key {key} in that band.")
    return found


def facts(found: Found) -> list[tuple[str, str]]:
    """What there is to say of the one image: names with their units, and values as text."""
    table = table_of(found, NATIVE_SEARCH, lambda _: "")
    columns = [column for column in NATIVE_SEARCH if column.name in SHOWN]
    return [
        (f"{column.description.rstrip('.')}{f' ({column.unit})' if column.unit else ''}", value)
        for column in columns
        for value in texts(column, table.values(column), "unknown")
    ]
