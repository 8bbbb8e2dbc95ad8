"""Predicate pushdown: the image sets that a condition names, which the inventory looks up.

The condition is still evaluated for each of them; this only avoids reading the details of a whole survey.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from lark import Token, Tree

from skybatch.requests import values
from skybatch.surveys.known import survey_of
from skybatch.validation import InvalidValue
from skybatch.vo.where.grammar import parse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.inventory import Inventory

Node = Tree[Token]
_MAX_EXACT = 2.0**53  # whole numbers below are floats exactly; no key is larger


def named_sets(text: str, inventory: Inventory) -> NDArray[np.intp] | None:
    """Return the sets that a condition names by coadd key or by scan, ascending; None if it names none.

    Only terms joined by AND at the top name sets, of surveys that have coadd keys or scans:
    ``coadd_key = 5``, ``coadd_key IN (5, 6)``, or equal ``ordate``, ``hemisphere`` and ``scanno`` together.
    The text is one that `compile_condition` accepts, so keys are numbers. Raises MalformedRequest as
    ``parse`` does.
    """
    tree = parse(text)
    parts = tree.children if tree.data == "conjunction" else [tree]
    equal: dict[str, list[str]] = {}
    for part in parts:
        if isinstance(part, Tree) and (found := _equality(part)):
            equal.setdefault(*found)
    survey = survey_of(inventory.dataset)
    if "coadd_key" in equal and survey.has("coadd_keys"):
        return _by_key(equal["coadd_key"], inventory)
    if {"ordate", "hemisphere", "scanno"} <= set(equal) and survey.has("scans"):
        return _by_scan(equal, inventory)
    return None


def _equality(node: Node) -> tuple[str, list[str]] | None:
    """Return column and literals of ``column = literal`` or ``column IN (literals)``."""
    if node.data == "compare" and node.children[1] not in ("=", "=="):
        return None
    if node.data not in ("compare", "in_"):
        return None
    subject, *others = [child for child in node.children if isinstance(child, Tree)]
    if subject.data != "name" or any(other.data not in ("number", "string") for other in others):
        return None
    return str(subject.children[0]).lower(), [str(other.children[0]).strip("'") for other in others]


def _by_key(texts: list[str], inventory: Inventory) -> NDArray[np.intp]:
    numbers = np.array([float(text) for text in texts])
    numbers = numbers[numbers < _MAX_EXACT]
    sets = inventory.by_coadd_key(numbers[numbers % 1 == 0].astype(np.int64))
    return np.unique(sets[sets >= 0])


def _by_scan(equal: dict[str, list[str]], inventory: Inventory) -> NDArray[np.intp] | None:
    date, hem, scan = (equal[name] for name in ("ordate", "hemisphere", "scanno"))
    if len(date) != 1 or len(hem) != 1 or len(scan) != 1:
        return None
    try:
        night, observatory, number = values.xdate(date[0]), values.hemisphere(hem[0]), values.scan(scan[0])
    except InvalidValue:
        return None
    return np.unique(inventory.by_scan([night], [observatory], [number]).set_index)
