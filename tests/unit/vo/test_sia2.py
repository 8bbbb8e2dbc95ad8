"""SIA 2.0: each parameter narrows the answer to what it says; ObsCore's mandatory columns are there."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from astropy.io.votable import parse
from astropy.time import Time

from skybatch.errors import MalformedRequest, NotFound
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.tables.writers.formats import write
from skybatch.vo.datalink import links
from skybatch.vo.obscore import OBSCORE, key_of_id, mjd
from skybatch.vo.parameters import Parameters
from skybatch.vo.sia2 import sia2
from tests.support.synthetic_survey import synthetic

# ObsCore 1.1, table 6: what must be there.
MANDATORY = {
    *("dataproduct_type", "calib_level", "obs_collection", "obs_id", "obs_publisher_did", "access_url"),
    *("access_format", "access_estsize", "target_name", "s_ra", "s_dec", "s_fov", "s_region", "s_xel1"),
    *("s_xel2", "s_resolution", "t_min", "t_max", "t_exptime", "t_resolution", "t_xel", "em_min", "em_max"),
    *("em_res_power", "em_xel", "o_ucd", "pol_states", "pol_xel", "facility_name", "instrument_name"),
}


@pytest.fixture(scope="module")
def inventories(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Inventory]:
    folder = DirectoryTree(tmp_path_factory.mktemp("survey"))
    for seed, dataset in enumerate(("asky", "sx")):
        publish(folder, synthetic(200, dataset, seed), numbered=False, origin="synthetic")
    return {dataset: Inventory.open(folder, dataset) for dataset in ("asky", "sx")}


def ask(inventories: dict[str, Inventory], *pairs: tuple[str, str]) -> Any:
    return sia2(Parameters.of(pairs), list(inventories), inventories.__getitem__, "https://x").table


def test_obscore_is_whole() -> None:
    assert {column.name for column in OBSCORE} >= MANDATORY
    assert all(column.utype.startswith("obscore:") and column.ucd for column in OBSCORE)


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


def test_days_are_astropys() -> None:
    days = ["970607", "991231", "000101", "010215"]
    full = ["1997-06-07", "1999-12-31", "2000-01-01", "2001-02-15"]
    np.testing.assert_array_equal(mjd(days), Time(full).mjd)


def test_the_document_describes_its_services(inventories: dict[str, Inventory]) -> None:
    table = ask(inventories, ("MAXREC", "1"))
    document = parse(io.BytesIO(write(table, "xml")), verify="exception")
    results, *services = document.resources
    assert [service.utype for service in services] == ["adhoc:service"] * 2
    ids = [str(p.value) for service in services for p in service.params if p.name == "standardID"]
    assert ids == ["ivo://ivoa.net/std/DataLink#links-1.1", "ivo://ivoa.net/std/SODA#sync-1.0"]
    assert results.tables[0].get_field_by_id("obs_publisher_did").name == "obs_publisher_did"


def test_links_of_known_and_unknown_images(inventories: dict[str, Inventory]) -> None:
    known = ask(inventories, ("MAXREC", "1")).data["obs_publisher_did"][0]
    table = links(Parameters.of([("ID", known), ("ID", "ivo://x")]), inventories.__getitem__, "https://x")
    assert table.data["semantics"] == ["#this", "#preview", "#cutout", "#this"]
    assert table.data["error_message"][3].startswith("NotFoundFault")
    assert table.data["content_length"][0] > 0
    with pytest.raises(MalformedRequest):
        links(Parameters(()), inventories.__getitem__, "https://x")
    with pytest.raises(NotFound):
        key_of_id("ivo://skybatch/2mass?nothing")
