"""Several positions find what each finds by itself, in their order."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.inventory.inventory import Inventory
from skybatch.settings import Settings
from skybatch.vo.ibe import several_positions
from skybatch.vo.ibe.search import search
from skybatch.vo.ibe.several_positions import find_at, uploaded_positions
from skybatch.vo.parameters import Parameters
from skybatch.vo.pos_size import box_searches
from skybatch.vo.search_budget import SearchBudget

TABLE = b"ra,dec\n180.0,20.0\n10:00:00,-5:30:00\n"


def positions_of(inventory: Inventory, count: int) -> list[tuple[float, float]]:
    details = inventory.details(np.arange(0, inventory.size, inventory.size // count)[:count])
    return list(zip(details.crval1.tolist(), details.crval2.tolist(), strict=True))


@pytest.mark.parametrize("chunk", [1, 40, 65_536])
@pytest.mark.parametrize(
    "more",
    [{}, {"SIZE": "0.3"}, {"mcen": ""}, {"INTERSECT": "CENTER", "SIZE": "0.2"}, {"where": "filter='h'"}],
)
def test_each_position_finds_what_it_finds_alone(
    small_inventory: Inventory, more: dict[str, str], chunk: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(several_positions, "CHUNK", chunk)
    places = positions_of(small_inventory, 12)
    text = "ra,dec\n" + "\n".join(f"{ra!r},{dec!r}" for ra, dec in places)
    positions = uploaded_positions(text.encode(), Settings())
    together = search(Parameters.of(more), small_inventory, positions).table
    alone = [
        search(Parameters.of({"POS": f"{ra!r},{dec!r}"} | more), small_inventory).table for ra, dec in places
    ]
    for name in ("fname", "coadd_key", "in_ra", "in_dec"):
        assert list(together.data[name]) == [value for table in alone for value in table.data[name]]
    numbers = [number for number, table in enumerate(alone, 1) for _ in range(len(table))]
    assert together.data["in_row_id"] == numbers
    assert [column.name for column in together.columns[:3]] == ["in_row_id", "in_ra", "in_dec"]


def test_maxrec_cuts_in_the_order_of_rows(small_inventory: Inventory) -> None:
    places = positions_of(small_inventory, 5)
    text = "ra,dec\n" + "\n".join(f"{ra!r},{dec!r}" for ra, dec in places)
    positions = uploaded_positions(text.encode(), Settings())
    whole = search(Parameters.of({}), small_inventory, positions).table
    cut = search(Parameters.of({"MAXREC": "4"}), small_inventory, positions).table
    assert cut.data["in_row_id"] == whole.data["in_row_id"][:4]
    assert cut.overflow
    assert not whole.overflow


def test_nothing_found_is_an_empty_table(small_inventory: Inventory) -> None:
    boxes = box_searches(Parameters.of({}), uploaded_positions(b"ra,dec\n1,89.9\n", Settings()))
    found, numbers = find_at(small_inventory, boxes, None, 10, SearchBudget())
    assert (len(found), numbers, found.more) == (0, [], False)


def test_positions_are_read_as_a_batch_reads_them() -> None:
    first, second = uploaded_positions(TABLE, Settings())
    assert (first.ra, first.dec, second.ra, second.dec) == (180.0, 20.0, 150.0, -5.5)


@pytest.mark.parametrize("table", [b"name\nM 31\n", b"ra,dec\n1,95\n", b"a,b\n1,2\n", b""])
def test_a_table_without_positions_is_refused(table: bytes) -> None:
    with pytest.raises(InvalidRequest):
        uploaded_positions(table, Settings())


def test_more_rows_than_a_batch_may_have_are_too_many() -> None:
    with pytest.raises(TooLarge):
        uploaded_positions(TABLE, Settings(max_rows=1))


def test_the_work_is_charged_before_it_is_done(small_inventory: Inventory) -> None:
    boxes = box_searches(Parameters.of({"SIZE": "1"}), uploaded_positions(TABLE, Settings()))
    with pytest.raises(TooLarge):
        find_at(small_inventory, boxes, None, 10, SearchBudget(steps=several_positions.STEPS_PER_POSITION))
