"""The files for people: README always, sketch and regions where there is a place on the sky."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from regions import Regions

from skybatch.batch.status import read_status
from skybatch.presentation.texts_for_people import REGIONS, SKETCH
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import POSITIONS, MadeArchive


def test_a_batch_has_its_sketch_and_regions_beside_and_within_its_archive() -> None:
    service = Service(MadeArchive())
    accepted = service.submit(mode="positions", table=POSITIONS)
    status = service.run(accepted)
    assert {SKETCH, REGIONS, "README.txt"} <= {file.name for file in status.files}
    ElementTree.fromstring(service.file(accepted, SKETCH))
    assert len(Regions.parse(service.file(accepted, REGIONS).decode(), format="ds9")) >= 4
    manifest = json.loads(service.file(accepted, "manifest.json"))
    assert {SKETCH, REGIONS} <= {file["file"] for file in manifest["files"]}
    assert f"/{SKETCH}".encode() in service.file(accepted, "images.tar")


def test_names_that_nobody_knows_have_no_place_on_the_sky() -> None:
    service = Service(MadeArchive())
    accepted = service.submit(mode="coadd_keys", table="coadd_key\n999\n")
    service.run(accepted)
    status = read_status(service.store(accepted.record.batch_id), 1200.0)
    assert {file.name for file in status.files} & {SKETCH, REGIONS, "README.txt"} == {"README.txt"}
