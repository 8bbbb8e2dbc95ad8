"""Simple Image Access 1.0: rows of images, FORMAT, and requests that are refused."""

from __future__ import annotations

import pytest

from skybatch.errors import MalformedRequest
from skybatch.inventory.inventory import Inventory
from skybatch.tables.schemas.search import SIA_ACCESS, SIA_SEARCH
from skybatch.vo.parameters import Parameters
from skybatch.vo.sia1 import INPUTS, image_formats, sia1


def position_of(inventory: Inventory, number: int) -> str:
    details = inventory.details([number])
    return f"{details.crval1[0]},{details.crval2[0]}"


def test_rows_are_the_images_at_a_position(small_inventory: Inventory) -> None:
    table = sia1(Parameters.of({"POS": position_of(small_inventory, 5)}), small_inventory, "https://x").table
    assert int(small_inventory.details([5]).coadd_key[0]) in [int(key) for key in table.data["coadd_key"]]
    assert len(table) % 3 == 0


def test_without_a_position_a_query_is_refused(small_inventory: Inventory) -> None:
    with pytest.raises(MalformedRequest):
        sia1(Parameters.of({"SIZE": "1"}), small_inventory, "")


@pytest.mark.parametrize("form", ["image/jpeg", "GRAPHIC", "text/html"])
def test_a_format_that_is_not_there_finds_nothing(small_inventory: Inventory, form: str) -> None:
    asked = {"POS": position_of(small_inventory, 5), "FORMAT": form}
    assert len(sia1(Parameters.of(asked), small_inventory, "").table) == 0


def test_metadata_describes_columns_and_inputs(small_inventory: Inventory) -> None:
    table = sia1(Parameters.of({"FORMAT": "METADATA"}), small_inventory, "").table
    assert len(table) == 0
    assert table.columns == (*SIA_SEARCH, *SIA_ACCESS)
    assert set(INPUTS) <= set(table.params)


def test_formats_are_parted_by_commas_and_blanks() -> None:
    assert image_formats(Parameters.of({"FORMAT": "image/fits, METADATA"})) == ["image/fits", "metadata"]
    assert image_formats(Parameters.of({})) == ["all"]


def test_only_the_most_centred_image_of_each_band(small_inventory: Inventory) -> None:
    details = small_inventory.details([5])
    pos = f"{details.crval1[0]},{details.crval2[0]}"
    for more in ({}, {"INTERSECT": "CENTER", "SIZE": "1"}):
        table = sia1(Parameters.of({"POS": pos, "mcen": "", **more}), small_inventory, "").table
        assert list(table.data["BAND"]) == ["J", "H", "K"]
        assert set(table.data["coadd_key"]) == {details.coadd_key[0]}
    wide = sia1(Parameters.of({"POS": pos, "mcen": "", "SIZE": "1"}), small_inventory, "").table
    assert len(wide) > 3


def test_enclosed_in_a_point_is_nothing(small_inventory: Inventory) -> None:
    details = small_inventory.details([5])
    asked = {"POS": f"{details.crval1[0]},{details.crval2[0]}", "INTERSECT": "enclosed", "mcen": "1"}
    assert len(sia1(Parameters.of(asked), small_inventory, "").table) == 0


def test_rows_lead_to_datalink_and_soda(small_inventory: Inventory) -> None:
    asked = {"POS": position_of(small_inventory, 5)}
    table = sia1(Parameters.of(asked), small_inventory, "https://x").table
    assert {service.url for service in table.services} == {"https://x/datalink/links", "https://x/soda/sync"}
    assert {each.ref for service in table.services for each in service.inputs if each.ref} == {
        "publisher_did"
    }
