"""``/ibe/search``: the archive's own search, by position and by a condition over its native columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from skybatch.tables.model import Column, Table, Values, text
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.vo.deadline import search_deadline
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.pos_size import BoxSearch, box_search
from skybatch.vo.responses import Answer, answer_format, table_of
from skybatch.vo.search_images import Found, Wanted, find

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

TITLE = "2MASS image metadata"

METADATA_COLUMNS: tuple[Column, ...] = (
    text("name", "Name of the column."),
    text("description", "What it means."),
    text("datatype", "Type of its values."),
    text("unit", "Unit of its values."),
    text("ucd", "Unified content descriptor."),
)


def search(given: Parameters, inventory: Inventory) -> Answer:
    """Answer a search of one data set. Raises MalformedRequest; TooLarge where it would take too long."""
    fmt = answer_format(given, "ct", given.text("responseformat", "ipac"))
    if given.text("format").lower() == "metadata":
        return Answer(described(), fmt)
    columns = chosen(given)
    where, condition = box_search(given), given.text("where")
    if where is None and not condition:
        raise refused("POS", "", "or where must be given")
    most = given.max_rows()
    wanted = _wanted(condition)  # a condition that cannot be read is refused before anything is looked up
    found = _found(inventory, where, condition, wanted, most)
    return Answer(table_of(found, columns, lambda _: "", title=TITLE, most=most), fmt)


def _found(
    inventory: Inventory, where: BoxSearch | None, condition: str, wanted: Wanted | None, most: int
) -> Found:
    sets = _everywhere(condition, inventory) if where is None else where.sets(inventory)
    centred = where is not None and where.most_centred
    return find(inventory, sets, most, wanted=wanted, once_a_band=centred, before=search_deadline())


def _everywhere(condition: str, inventory: Inventory) -> NDArray[np.intp]:
    """Without a position: the sets that the condition names, else all there are."""
    from skybatch.vo.where.pushdown import named_sets

    named = named_sets(condition, inventory)
    return np.arange(inventory.size) if named is None else named


def _wanted(condition: str) -> Wanted | None:
    if not condition:
        return None
    from skybatch.vo.where.columns import KINDS, NativeColumns  # the parser costs 50 ms of a cold start
    from skybatch.vo.where.evaluator import condition as parsed

    test = parsed(condition, KINDS)
    last: list[tuple[ImageSets, dict[str, Any]]] = []

    def wanted(details: ImageSets, band: str) -> NDArray[np.bool_]:
        if not last or last[0][0] is not details:  # the bands of one stretch of sets come one after another
            last[:] = [(details, {})]
        shared = last[0][1]
        return test.holds(NativeColumns(details, band, shared), len(details))

    return wanted


def chosen(given: Parameters) -> tuple[Column, ...]:
    """The columns that ``columns`` names, in that order; all without it. MalformedRequest for others."""
    known = {column.name: column for column in NATIVE_SEARCH}
    words = [word.lower() for word in given.text("columns").replace(",", " ").split()]
    for word in words:
        if word not in known:
            raise refused("columns", word, f"is no column; columns are {', '.join(known)}")
    return tuple(known[word] for word in dict.fromkeys(words)) or NATIVE_SEARCH


def described() -> Table:
    """FORMAT=METADATA: a row for each column there is."""
    listed = [replace(column, arraysize="") if column.is_text else column for column in NATIVE_SEARCH]
    data: dict[str, Values] = {
        "name": [column.name for column in listed],
        "description": [column.description for column in listed],
        "datatype": [column.datatype for column in listed],
        "unit": [column.unit for column in listed],
        "ucd": [column.ucd for column in listed],
    }
    return Table(METADATA_COLUMNS, data, title=TITLE)
