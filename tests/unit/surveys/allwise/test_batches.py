"""Batches of AllWISE images that lie in a public bucket: every mode, every crop by astropy."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from astropy.table import Table

from skybatch.inventory.cache import open_inventories
from tests.e2e.crops import Judge
from tests.support.batches.in_process_service import Service, images_of
from tests.support.survey.described.allwise_service import AllWiseService, allwise_service
from tests.support.survey.described.allwise_tree import MAGZP, STAR, TILES, tile_image

TILE, OTHER = TILES


@pytest.fixture(scope="module")
def running() -> Iterator[AllWiseService]:
    with allwise_service() as service:
        yield service


@pytest.fixture
def archive(running: AllWiseService) -> AllWiseService:
    """The archive, from which this process learns of the survey."""
    open_inventories(running.objects)
    return running


def run(archive: AllWiseService, **request: Any) -> tuple[Any, Any, Service]:
    """Run a batch: its status, and what gives its files."""
    made: Any = SimpleNamespace(objects=archive.objects, open=open_inventories(archive.objects))
    service = Service(made)
    accepted = service.submit(survey="allwise", **request)
    return service.run(accepted), accepted, service


def judge(name: str) -> Judge:
    """The parent of ``0001_allwise_3139p772_ac51_w1.fits``."""
    tile = next(tile for tile in TILES if tile in name)
    return Judge(tile_image(tile, int(name.split("_w")[-1][0])))


@pytest.mark.parametrize("size", [5.5, 50.0, 170.0])
def test_crops_of_positions_are_astropys(archive: AllWiseService, size: float) -> None:
    table = f"ra,dec,size\n{STAR[0]},{STAR[1]},{size}\n10,10,5\n"
    status, accepted, service = run(archive, mode="positions", table=table, bands="all")
    assert (status.state, status.rows.retrieved, status.rows.not_covered) == ("complete", 1, 1)
    images = images_of(service.file(accepted, "images.tar"))
    assert len(images) == len(TILES) * len(MAGZP)
    for name, crop in images.items():
        assert judge(name).check(crop) == judge(name).expected_box(*STAR, size)


def test_the_table_of_images_has_the_surveys_columns(archive: AllWiseService) -> None:
    table = f"ra,dec,size\n{STAR[0]},{STAR[1]},50\n"
    status, accepted, service = run(archive, mode="positions", table=table, bands="W1W2")
    assert status.images.retrieved == 4
    images = Table.read(service.file(accepted, "images.tbl").decode(), format="ascii.ipac")
    assert set(images["survey"]) == {"allwise"}
    assert set(images["image_id"]) == set(images["coadd_id"]) == set(TILES)
    assert dict(zip(images["band"], images["magzp"], strict=True)) == {"W1": 20.5, "W2": 19.5}


def test_image_ids_give_whole_images_and_tell_unknown_ones(archive: AllWiseService) -> None:
    table = f"coadd_id,band\n{TILE},W3\n{OTHER},all\n0000p000_ac51,W1\n"
    status, accepted, service = run(archive, mode="image_ids", table=table)
    assert (status.rows.retrieved, status.rows.not_covered) == (2, 1)
    images = images_of(service.file(accepted, "images.tar"))
    assert len(images) == 5
    assert images[f"0001_allwise_{TILE}_w3.fits"] == tile_image(TILE, 3)


def test_a_region_finds_every_tile(archive: AllWiseService) -> None:
    request = {"center": f"{STAR[0]} {STAR[1]}", "diameter": 0.1, "bands": ["w4"]}
    status, accepted, service = run(archive, mode="region", **request)
    assert status.images.retrieved == len(TILES)
    names = images_of(service.file(accepted, "images.tar")).keys()
    assert sorted(names) == sorted(f"allwise_{tile}_w4.fits" for tile in TILES)


def test_the_table_of_images_can_be_posted_back(archive: AllWiseService) -> None:
    table = f"ra,dec,size\n{STAR[0]},{STAR[1]},50\n"
    _, accepted, service = run(archive, mode="positions", table=table, bands="W1")
    images = images_of(service.file(accepted, "images.tar"))
    for form in ("tbl", "csv", "xml"):
        posted = service.file(accepted, f"images.{form}").decode()
        _, again, second = run(archive, mode="image_ids", table=posted)
        assert images_of(second.file(again, "images.tar")).keys() == images.keys(), form


def test_what_is_beyond_the_limit_is_told_at_the_archives_address(archive: AllWiseService) -> None:
    made: Any = SimpleNamespace(objects=archive.objects, open=open_inventories(archive.objects))
    service = Service(made, max_batch_bytes=len(tile_image(TILE, 1)) + 1)
    accepted = service.submit(survey="allwise", mode="image_ids", table=f"coadd_id\n{TILE}\n")
    status = service.run(accepted)
    assert (status.images.retrieved, status.images.over_limit) == (1, 3)
    rows = list(csv.DictReader(io.StringIO(service.file(accepted, "unretrieved.csv").decode())))
    assert {row["download"].partition("/ibe/data/")[2][:22] for row in rows} == {"wise/allwise/p3am_cdd/"}


@pytest.mark.parametrize("form", ["csv", "votable", "ipac_table"])
def test_an_answer_of_sia2_is_a_batch_of_its_images(archive: AllWiseService, form: str) -> None:
    query = f"POS=CIRCLE+{STAR[0]}+{STAR[1]}+0.001&BAND=1e-5+1.5e-5&RESPONSEFORMAT={form}"
    answer = archive.get(f"/sia2/query?{query}").body.decode()
    status, accepted, service = run(archive, mode="image_ids", table=answer)
    assert (status.rows.retrieved, status.images.retrieved) == (2, 2)
    assert len(images_of(service.file(accepted, "images.tar"))) == 2
