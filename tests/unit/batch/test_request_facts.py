"""The facts of a request that the status shows."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from skybatch.batch.request_facts import request_facts
from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.status import RegionSummary, ScanSummary
from skybatch.surveys.image_type import ImageType
from tests.support.batches import batch_samples

SCAN = batch_samples.positions_request(
    mode=Mode.SCAN, rows=(Row(1, ("j",), date="971031", hem="n", scan=96),), bands=("j",)
)


def test_a_scan_is_told_by_date_hemisphere_and_number() -> None:
    assert request_facts(SCAN).scan == ScanSummary("971031", "n", 96)


def test_a_region_is_told_by_centre_diameter_and_relation() -> None:
    named = batch_samples.region_request(region=Region(None, "m83", 1.0, "cover"))
    facts = request_facts(named).region
    assert facts == RegionSummary(None, "m83", 1.0, "cover")


def test_one_row_of_quicklooks_makes_it_a_request_of_quicklooks() -> None:
    row = Row(1, ("j",), coadd_key=7, image_type=ImageType.QUICKLOOK)
    request = batch_samples.positions_request(rows=(row,))
    assert request_facts(request).quicklooks is True
    assert request_facts(batch_samples.positions_request(3)).quicklooks is False


def test_crops_of_rows_or_request_are_padded_or_not() -> None:
    crop = Row(1, ("j",), coadd_key=7, size=50.0)
    for edge, row, told in [
        (EdgeMode.CLIP, crop, "clip"),
        (EdgeMode.PAD, crop, "pad"),
        (EdgeMode.CLIP, replace(crop, edge=EdgeMode.PAD), "pad"),
        (EdgeMode.PAD, replace(crop, edge=EdgeMode.CLIP), "clip"),
        (EdgeMode.PAD, replace(crop, size=None), "clip"),
    ]:
        assert request_facts(batch_samples.positions_request(rows=(row,), edge=edge)).edge == told


@pytest.mark.parametrize(
    "request_", [SCAN, batch_samples.region_request(), batch_samples.positions_request(2500)]
)
def test_facts_are_small_json_whatever_the_number_of_rows(request_: Request) -> None:
    facts = request_facts(request_).to_json()
    assert json.loads(json.dumps(facts)) == facts
    assert len(json.dumps(facts)) < 600
