"""The search of the archive's tables: columns, formats, positions and conditions."""

from __future__ import annotations

import pytest

from skybatch.errors import MalformedRequest, TooLarge
from skybatch.inventory.inventory import Inventory
from skybatch.surveys.catalogue import packaged_survey
from skybatch.tables.model import Table
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.vo.ibe import search as search_module
from skybatch.vo.ibe.search import metadata_table, requested_columns, search
from skybatch.vo.parameters import Parameters
from skybatch.vo.search_budget import STEPS_PER_SET, SearchBudget

SURVEY = packaged_survey()


def bands_of(table: Table) -> list[object]:
    return list(table.values(next(column for column in table.columns if column.name == "filter")))


def test_columns_come_in_the_order_asked_each_once(small_inventory: Inventory) -> None:
    chosen = requested_columns(Parameters.of({"columns": "dec,RA ra"}), SURVEY)
    assert [column.name for column in chosen] == ["dec", "ra"]
    assert requested_columns(Parameters.of({}), SURVEY) == NATIVE_SEARCH
    with pytest.raises(MalformedRequest):
        requested_columns(Parameters.of({"columns": "andromeda"}), SURVEY)


def test_metadata_has_a_row_for_each_column(small_inventory: Inventory) -> None:
    response = search(Parameters.of({"FORMAT": "METADATA"}), small_inventory)
    assert response.form.format == "tbl"
    assert response.table.data == metadata_table(SURVEY).data
    assert list(response.table.data["name"]) == [column.name for column in NATIVE_SEARCH]


@pytest.mark.parametrize(
    ("parameters", "form"), [({}, "tbl"), ({"ct": "csv"}, "csv"), ({"responseformat": "votable"}, "xml")]
)
def test_the_format_is_ct_or_responseformat(
    small_inventory: Inventory, parameters: dict[str, str], form: str
) -> None:
    asked = Parameters.of({"where": "coadd_key = 1"} | parameters)
    assert search(asked, small_inventory).form.format == form


def test_a_position_or_a_condition_must_be_given(small_inventory: Inventory) -> None:
    with pytest.raises(MalformedRequest):
        search(Parameters.of({"SIZE": "1"}), small_inventory)


def test_a_condition_is_read_before_anything_is_looked_up(small_inventory: Inventory) -> None:
    with pytest.raises(MalformedRequest):
        search(Parameters.of({"POS": "1,2", "where": "nothing = 1"}), small_inventory)


def test_position_and_condition_both_hold(small_inventory: Inventory) -> None:
    details = small_inventory.details([50])
    pos = f"{details.crval1[0]},{details.crval2[0]}"
    everything = search(Parameters.of({"POS": pos}), small_inventory).table
    in_h = search(Parameters.of({"POS": pos, "where": "filter = 'h'"}), small_inventory).table
    assert bands_of(everything).count("h") == len(in_h) > 0
    key = int(details.coadd_key[0])
    named = search(Parameters.of({"where": f"coadd_key = {key} and filter <> 'k'"}), small_inventory).table
    assert bands_of(named) == ["j", "h"]


def test_a_condition_is_refused_before_it_takes_more_work_than_a_search_may(
    small_inventory: Inventory, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = STEPS_PER_SET * small_inventory.size
    monkeypatch.setattr(search_module, "SearchBudget", lambda: SearchBudget(8 * reading))
    few, many = ({"where": " and ".join(["ra > 999"] * count)} for count in (1, 300))
    assert len(search(Parameters.of(few), small_inventory).table) == 0
    with pytest.raises(TooLarge):
        search(Parameters.of(many), small_inventory)
    region = {"pos": "10,10", "size": "1"}
    assert len(search(Parameters.of(many | region), small_inventory).table) == 0


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        ("fname,magzp", ["fname", "magzp"]),
        ("in_ra,fname", ["in_ra", "fname"]),
        ("", ["in_row_id", "in_ra", "in_dec", *(column.name for column in NATIVE_SEARCH)]),
    ],
)
def test_the_position_leads_unless_columns_are_named(
    small_inventory: Inventory, columns: str, shown: list[str]
) -> None:
    table = search(Parameters.of({"POS": "10,10", "columns": columns}), small_inventory).table
    assert [column.name for column in table.columns] == shown


def test_without_a_position_there_are_no_columns_of_one(small_inventory: Inventory) -> None:
    with pytest.raises(MalformedRequest):
        search(Parameters.of({"where": "scanno = 1", "columns": "in_ra"}), small_inventory)
