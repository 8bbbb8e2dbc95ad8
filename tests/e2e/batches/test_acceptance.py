"""The founding tables, end to end on the sample sky: they mean what their document says they mean."""

from __future__ import annotations

import io
from typing import Any

import pytest
from astropy.io import fits

from tests.e2e.service import Service
from tests.support.tables import request_tables

pytestmark = pytest.mark.e2e

WHOLE_SCAN = {
    "no image": request_tables.SCANS_NO_IMAGE,
    "empty image": request_tables.SCANS_EMPTY_IMAGE,
    "null image": request_tables.SCANS_NULL_IMAGE,
}
IMAGE_SETS_OF_A_SCAN = 23


@pytest.fixture(scope="module")
def service(start_stack: Any) -> Service:
    """The whole sample sky, which holds all of the founding document's images."""
    return Service(start_stack(few=False).url)


@pytest.mark.parametrize(
    ("mode", "table", "images"),
    [
        ("coadd_keys", request_tables.KEYS_THREE, 3),
        ("coadd_keys", request_tables.KEYS_ALL, 3),
        ("coadd_keys", request_tables.KEYS_MIXED, 8),
        ("scans", request_tables.SCANS_SIX, 6),
        ("scans", request_tables.SCANS_TWO, 6),
        *(("scans", table, 3 * IMAGE_SETS_OF_A_SCAN) for table in WHOLE_SCAN.values()),
    ],
    ids=["three keys", "all bands", "mixed", "six", "two", *WHOLE_SCAN],
)
def test_a_list_gives_the_images_its_document_says(
    service: Service, mode: str, table: str, images: int
) -> None:
    status = service.run(mode=mode, table=table)
    assert status["images"].items() >= {"retrieved": images, "over_limit": 0, "failed": 0}.items()


def test_the_mixed_list_carries_its_ids(service: Service) -> None:
    names = service.images(service.run(mode="coadd_keys", table=request_tables.KEYS_MIXED))
    assert sorted(name.split("_")[1] for name in names) == sorted(["1"] * 3 + ["59"] * 3 + ["3", "200"])


def test_positions_give_all_images_or_the_best_or_a_crop_of_50_arcsec(service: Service) -> None:
    everything = service.run(mode="positions", table=request_tables.POSITIONS_ALL)
    best = service.run(mode="positions", table=request_tables.POSITIONS_BEST)
    assert everything["images"]["retrieved"] > best["images"]["retrieved"] == 3
    crop = service.run(mode="positions", table=request_tables.POSITIONS_CROP)
    crops = service.images(crop)
    assert len(crops) == 3
    for body in crops.values():
        with fits.open(io.BytesIO(body)) as hdus:
            assert hdus[0].data.shape == (50, 50)


def test_a_catalogue_services_table_is_used_as_it_is(service: Service) -> None:
    status = service.run(mode="positions", table=request_tables.POSITIONS_GATOR)
    assert status["rows"]["retrieved"] == 3


def test_a_single_scan_is_all_its_image_sets(service: Service) -> None:
    status = service.run(mode="scan", date="971031", hemisphere="north", scan=96, bands="J")
    assert status["images"]["retrieved"] == IMAGE_SETS_OF_A_SCAN
    nothing = service.run(mode="scan", date="971031", hemisphere="south", scan=96)
    assert nothing["rows"]["not_covered"] == 1


def test_names_are_resolved_on_the_way(service: Service) -> None:
    status = service.run(mode="region", center="m83", diameter=0.1, bands="J")
    assert status["images"]["retrieved"] > 0
    names = "name,size\nNGC 7479,50\n2MASXJ23045666+1219223,50\nno such thing at all,50\n"
    listed = service.run(mode="positions", table=names, bands="K")
    assert (listed["rows"]["retrieved"], listed["rows"]["unresolved"]) == (2, 1)


def test_dry_run_tells_what_the_batch_gives(service: Service) -> None:
    fields = {"mode": "coadd_keys", "table": request_tables.KEYS_MIXED}
    told = service.post("/plans", **fields)
    assert told.status == 200, told.body
    status = service.run(**fields)
    assert told.json()["images"] == status["images"]["retrieved"]
    assert told.json()["bytes"] == status["bytes"]
    assert told.json()["by_outcome"] == {"retrieved": 4}
    assert service.post("/plans", mode="region", center="1 2", diameter="wide").status == 422


@pytest.mark.parametrize(
    ("fields", "ending"),
    [
        ({"decompress": True}, "_ql.fits"),
        ({"decompress": False}, "_ql.fits.H"),
        ({"decompress": False, "size": "50"}, "_ql.fits"),
    ],
    ids=["restored", "as stored", "a crop is always restored"],
)
def test_quicklooks_come_as_they_were_asked_and_say_what_they_are(
    service: Service, fields: dict[str, Any], ending: str
) -> None:
    table = f"ra,dec,size\n65.497627,19.535070,{fields.pop('size', '')}\n"
    request = {"mode": "positions", "table": table, "image_type": "quicklook", "bands": "J", **fields}
    planned = service.post("/plans", **request).json()
    status = service.run(**request)
    images = service.images(status)
    assert status["bytes"] == planned["bytes"] == sum(map(len, images.values()))
    assert images
    assert all(name.endswith(ending) for name in images)
    for body in images.values() if ending == "_ql.fits" else ():
        with fits.open(io.BytesIO(body)) as hdus:
            hdus.verify("exception")
            assert hdus[0].header["BITPIX"] == 16
            assert "LOSSY" in hdus[0].header
    table_back = service.file(status, "images.tbl").decode()
    again = service.images(service.run(mode="coadd_keys", table=table_back))
    assert again == images
