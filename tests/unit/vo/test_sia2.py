"""SIA 2.0: each parameter narrows the answer to what it says; ObsCore's mandatory columns are there."""

from __future__ import annotations

import io
from typing import Any

import pytest
from astropy.io.votable import parse

from skybatch.errors import MalformedRequest, TooLarge
from skybatch.inventory.inventory import Inventory
from skybatch.tables.writers.formats import write
from skybatch.vo.parameters import Parameters
from skybatch.vo.search_budget import SearchBudget
from skybatch.vo.sia2 import MAX_ALTERNATIVES, query, sia2


@pytest.fixture
def inventories(small_inventories: dict[str, Inventory]) -> dict[str, Inventory]:
    return small_inventories


def ask(inventories: dict[str, Inventory], *pairs: tuple[str, str]) -> Any:
    return sia2(Parameters.of(pairs), list(inventories), inventories.__getitem__, "https://x").table


def test_without_constraints_everything_up_to_maxrec(inventories: dict[str, Inventory]) -> None:
    table = ask(inventories, ("MAXREC", "7"))
    assert len(table) == 7
    assert table.overflow


def test_bands_times_and_collections_narrow(inventories: dict[str, Inventory]) -> None:
    all_of_it = ask(inventories)
    assert len(all_of_it) == 10_000
    k_only = ask(inventories, ("BAND", "2.0e-6 +Inf"))
    assert set(k_only.data["em_min"]) == {1.884e-06}
    assert len(ask(inventories, ("BAND", "5e-6"))) == 0
    both = ask(inventories, ("BAND", "1.2e-6"), ("BAND", "1.7e-6"), ("MAXREC", "100"))
    assert set(both.data["em_min"]) == {1.066e-06, 1.400e-06}
    sx = ask(inventories, ("COLLECTION", "twomass_sixxcat"))
    assert set(sx.data["obs_collection"]) == {"twomass_sixxcat"}
    assert len(ask(inventories, ("COLLECTION", "elsewhere"))) == 0
    day = sx.data["t_min"][0]
    night = ask(inventories, ("TIME", f"{day} {day + 0.5}"))
    assert set(night.data["t_min"]) <= {day, day - 1.0}
    assert len(night) > 0
    assert len(ask(inventories, ("TIME", "40000 50000"))) == 0


def test_an_identifier_finds_its_one_image(inventories: dict[str, Inventory]) -> None:
    rows = ask(inventories, ("MAXREC", "5")).data["obs_publisher_did"]
    assert ask(inventories, ("ID", rows[3])).data["obs_publisher_did"] == [rows[3]]
    several = ask(inventories, ("ID", rows[0]), ("ID", rows[4])).data["obs_publisher_did"]
    assert sorted(several) == sorted([rows[0], rows[4]])
    assert len(ask(inventories, ("ID", "ivo://elsewhere/x"))) == 0


def test_places_are_alternatives(inventories: dict[str, Inventory]) -> None:
    details = inventories["asky"].details([3, 900])
    circles = [("POS", f"CIRCLE {details.crval1[i]} {details.crval2[i]} 0.01") for i in (0, 1)]
    one, other, both = (
        set(ask(inventories, *asked).data["obs_publisher_did"])
        for asked in (circles[:1], circles[1:], circles)
    )
    assert one
    assert other
    assert both == one | other


@pytest.mark.parametrize(
    ("pair", "holds"),
    [
        (("CALIB", "2"), True), (("CALIB", "3"), False), (("DPTYPE", "image"), True),
        (("DPTYPE", "cube"), False),
        (("FORMAT", "image/fits"), True), (("TARGET", "M31"), False), (("POL", "I"), False),
        (("EXPTIME", "5 10"), True), (("EXPTIME", "-Inf 5"), False), (("SPATRES", "1 3"), True),
        (("FOV", "0.1 1"), True), (("FOV", "2 +Inf"), False), (("INSTRUMENT", "2MASS camera"), True),
        (("TIMERES", "0 1"), False), (("SPECRP", "0 1"), False),
    ],
)  # fmt: skip
def test_what_holds_for_all_images(
    inventories: dict[str, Inventory], pair: tuple[str, str], holds: bool
) -> None:
    assert (len(ask(inventories, pair, ("MAXREC", "3"))) > 0) == holds


@pytest.mark.parametrize(
    "pair", [("BAND", "x"), ("BAND", "2 1"), ("TIME", "1 2 3"), ("POS", "HERE"), ("MAXREC", "x")]
)
def test_bad_values_are_refused(inventories: dict[str, Inventory], pair: tuple[str, str]) -> None:
    with pytest.raises(MalformedRequest):
        ask(inventories, pair)


def test_the_document_describes_its_services(inventories: dict[str, Inventory]) -> None:
    table = ask(inventories, ("MAXREC", "1"))
    document = parse(io.BytesIO(write(table, "xml")), verify="exception")
    results, *services = document.resources
    assert [service.utype for service in services] == ["adhoc:service"] * 2
    ids = [str(p.value) for service in services for p in service.params if p.name == "standardID"]
    assert ids == ["ivo://ivoa.net/std/DataLink#links-1.1", "ivo://ivoa.net/std/SODA#sync-1.0"]
    assert results.tables[0].get_field_by_id("obs_publisher_did").name == "obs_publisher_did"


@pytest.mark.parametrize("pair", [("POS", "CIRCLE 10 10 1"), ("TIME", "1 2"), ("BAND", "1e-6"), ("FOV", "1")])
def test_the_number_of_alternatives_is_bounded(pair: tuple[str, str]) -> None:
    query(Parameters.of([pair] * MAX_ALTERNATIVES))
    with pytest.raises(MalformedRequest):
        query(Parameters.of([pair] * (MAX_ALTERNATIVES + 1)))


def test_every_region_is_charged_before_it_is_looked_up(inventories: dict[str, Inventory]) -> None:
    inventory = inventories["asky"]
    one, two = (query(Parameters.of([("POS", "CIRCLE 10 10 60")] * count)) for count in (1, 2))
    whole = SearchBudget()
    start = whole.steps_left
    one.sets(inventory, whole)
    cost = start - whole.steps_left
    two.sets(inventory, SearchBudget(2 * cost))
    with pytest.raises(TooLarge):
        two.sets(inventory, SearchBudget(2 * cost - 1))


def test_alternatives_of_time_are_charged_by_the_image() -> None:
    few, many = (query(Parameters.of([("TIME", "1 2")] * count)).steps for count in (1, 101))
    assert many - few >= 100
