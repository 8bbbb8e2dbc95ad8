"""Predicate pushdown: the sets that a condition names are all for which it can hold."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.inventory.inventory import Inventory
from skybatch.vo.where.columns import KINDS, ImageColumns
from skybatch.vo.where.evaluator import compile_condition
from skybatch.vo.where.pushdown import named_sets


def test_named_sets_are_all_the_condition_holds_for(
    inventory: Inventory, columns: dict[str, ImageColumns]
) -> None:
    details = inventory.details([40])
    key, scan = int(details.coadd_key[0]), int(details.scan[0])
    where = f"ordate = '{details.date[0]}' and hemisphere = '{details.hem[0]}' and scanno = {scan}"
    texts = {
        f"coadd_key = {key}": 1,
        f"filter = 'j' and COADD_KEY in ({key}, {key}, 0, 99999999)": 1,
        f"coadd_key in ({key}.0) and coadd_key = 3": 1,
        f"coadd_key = {key}e0": 1,
        f"coadd_key in ({key / 10}e1, 1e400)": 1,
        where: 23,
        f"{where} and coaddno < 100": 23,
        "coadd_key = 1.5": 0,
    }
    for text, count in texts.items():
        named = named_sets(text, inventory)
        assert named is not None
        assert len(named) == count, text
        held = np.zeros(inventory.size, bool)
        for values in columns.values():
            held |= compile_condition(text, KINDS).matches(values, inventory.size)
        assert set(np.flatnonzero(held)) <= set(named.tolist()), text


@pytest.mark.parametrize(
    "text",
    [
        "coadd_key = 1 or filter = 'j'", "not coadd_key = 1", "coadd_key <> 1", "coadd_key = -5",
        "coadd_key not in (1)",
        "coadd_key = coadd_key", "coadd_key + 1 = 2", "ordate = '990101'", "coadd_key in (1, magzp)", "1 = 1",
        "(coadd_key = 1) or 1 = 1", "ordate = '999999' and hemisphere = 'n' and scanno = 1",
    ],
)  # fmt: skip
def test_what_names_no_sets_is_looked_for_everywhere(inventory: Inventory, text: str) -> None:
    assert named_sets(text, inventory) is None
