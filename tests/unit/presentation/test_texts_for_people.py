"""The files for people: README always, sketch and regions where there is a place on the sky."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from regions import Regions

from skybatch.batch.status import read_status
from skybatch.presentation.texts_for_people import ALL_SKY, REGIONS, SKETCH
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

NEAR = "ra,dec,size,id\n180.0,20.0,50,crop\n180.0,20.1,50,other\n180.005,20.0,20,third\n"


def test_a_batch_has_its_sketch_and_regions_beside_and_within_its_archive() -> None:
    service = Service(MadeArchive())
    accepted = service.submit(mode="positions", table=NEAR)
    status = service.run(accepted)
    assert {file.name for file in status.files} & {SKETCH, ALL_SKY, REGIONS} == {SKETCH, REGIONS}
    ElementTree.fromstring(service.file(accepted, SKETCH))
    assert len(Regions.parse(service.file(accepted, REGIONS).decode(), format="ds9")) >= 4
    manifest = json.loads(service.file(accepted, "manifest.json"))
    assert {SKETCH, REGIONS} <= {file["file"] for file in manifest["files"]}
    assert f"/{SKETCH}".encode() in service.file(accepted, "images.tar")
    assert ALL_SKY not in service.file(accepted, "README.txt").decode()


def test_rows_far_from_most_are_on_a_map_of_the_whole_sky_beside_the_sketch() -> None:
    service = Service(MadeArchive())
    accepted = service.submit(mode="positions", table=f"{NEAR}190.0,-80.0,50,far\n")
    status = service.run(accepted)
    field, sky = (ElementTree.fromstring(service.file(accepted, name)) for name in (SKETCH, ALL_SKY))
    assert (field.get("data-outside"), sky.get("data-outside")) == ("1", "0")
    assert any("sea" in each.get("class", "") for each in sky.iter())
    assert ALL_SKY in service.file(accepted, "README.txt").decode()
    assert ALL_SKY in {file.name for file in status.files}


def test_names_that_nobody_knows_have_no_place_on_the_sky() -> None:
    service = Service(MadeArchive())
    accepted = service.submit(mode="coadd_keys", table="coadd_key\n999\n")
    service.run(accepted)
    status = read_status(service.store(accepted.record.batch_id), 1200.0)
    assert {file.name for file in status.files} & {SKETCH, REGIONS, "README.txt"} == {"README.txt"}
