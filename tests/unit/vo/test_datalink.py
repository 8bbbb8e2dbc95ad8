"""DataLink: the links of known images, and a row for each unknown one."""

from __future__ import annotations

import numpy as np
import pytest

from skybatch.errors import MalformedRequest, NotFound, SkybatchError, TooMany, Transient
from skybatch.inventory.inventory import Inventory
from skybatch.vo.datalink import MAX_IDS, fault, links
from skybatch.vo.obscore.facts import publisher_id
from skybatch.vo.parameters import Parameters
from skybatch.vo.search_images import find_images


def test_links_of_known_and_unknown_images(small_inventories: dict[str, Inventory]) -> None:
    found = find_images(small_inventories["asky"], np.array([0]), 1)
    known = publisher_id(found.key(0))
    asked = Parameters.of([("ID", known), ("ID", "ivo://x")])
    table = links(asked, small_inventories.__getitem__, "https://x").table
    assert table.data["semantics"] == ["#this", "#preview", "#cutout", "#this"]
    assert table.data["access_url"][0] == f"https://x/ibe/data/{found.key(0)}"
    assert table.data["content_length"][0] == found.stored_bytes(0)
    assert str(table.data["error_message"][3]).startswith("NotFoundFault")
    assert len(table.services) == 1


def test_without_a_known_image_no_service_is_described(small_inventories: dict[str, Inventory]) -> None:
    table = links(Parameters.of({"ID": "ivo://x"}), small_inventories.__getitem__, "https://x").table
    assert (len(table), table.services) == (1, ())


@pytest.mark.parametrize("count", [0, MAX_IDS + 1])
def test_too_few_and_too_many_identifiers_are_refused(
    small_inventories: dict[str, Inventory], count: int
) -> None:
    with pytest.raises(MalformedRequest):
        links(Parameters.of([("ID", "ivo://x")] * count), small_inventories.__getitem__, "https://x")


def test_an_image_that_cannot_be_looked_up_now_is_no_missing_one() -> None:
    def unreadable(dataset: str) -> Inventory:
        raise Transient("not now")

    known = publisher_id("twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz")
    table = links(Parameters.of({"ID": known}), unreadable, "https://x").table
    assert table.data["error_message"] == ["TransientFault: not now"]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (MalformedRequest("x"), "UsageFault"),
        (NotFound("x"), "NotFoundFault"),
        (TooMany("x"), "TransientFault"),
        (SkybatchError("x"), "FatalFault"),
    ],
)
def test_errors_have_the_names_of_dali(error: SkybatchError, name: str) -> None:
    assert fault(error) == name
