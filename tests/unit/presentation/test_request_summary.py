"""What a request asks for, by mode, and its other choices."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.batch.request_facts import request_facts
from skybatch.fits.edge_mode import EdgeMode
from skybatch.presentation.request_summary import request_details, request_sentence
from skybatch.requests.model import Mode, Region, Row
from skybatch.requests.row_readers import DELIVERY_FORMATS
from skybatch.status import RequestSummary
from tests.support.batches import batch_samples
from tests.support.survey.descriptions import known_survey, plain_survey


def facts(**changes: Any) -> RequestSummary:
    return request_facts(batch_samples.positions_request(3, **changes))


def region_facts(**changes: Any) -> RequestSummary:
    return request_facts(batch_samples.region_request(**changes))


def test_lists_are_counted_in_their_own_noun() -> None:
    key = (Row(1, ("k",), coadd_key=7),)
    assert request_sentence(facts(bands=("k",), rows=key, mode=Mode.COADD_KEYS)) == (
        "Ks Atlas images for 1 coadd key"
    )
    assert request_sentence(facts()).endswith("3 positions")
    assert request_sentence(facts(mode=Mode.SCANS)).endswith("3 scans")


def test_a_scan_is_named_by_number_night_and_hemisphere() -> None:
    rows = (Row(1, ("j",), date="971031", hem="n", scan=96),)
    sentence = request_sentence(facts(mode=Mode.SCAN, rows=rows, bands=("j",)))
    assert sentence == "J Atlas images of scan 96 of the night 971031, north"


def test_each_relation_of_a_region_reads_differently() -> None:
    sentences = {
        request_sentence(region_facts(region=Region(None, "m83", 1.0, relation)))
        for relation in ("overlap", "cover", "enclosed")
    }
    assert len(sentences) == 3
    assert all("m83" in sentence and "1°" in sentence for sentence in sentences)


def test_a_centre_is_given_in_icrs_with_its_name_where_it_has_one() -> None:
    assert "m83 (204.25396 -29.86542, ICRS)" in request_sentence(region_facts())


def test_a_table_of_an_earlier_batch_is_counted_in_rows() -> None:
    assert "3 rows" in request_sentence(facts(mode=Mode.COADD_KEYS, from_service=True))


def test_the_data_set_and_the_table_are_named() -> None:
    details = dict(request_details(facts()))
    assert details["Data set"] == "2MASS Full Survey"
    assert details["Table"] == "candidates.tbl"
    assert "Table" not in dict(request_details(region_facts()))


ATLAS_FORMATS = [{"delivery_format": form} for form in DELIVERY_FORMATS]
QUICKLOOK_FORMATS = [{"image_type": "quicklook", "decompress": plain} for plain in (True, False)]


@pytest.mark.parametrize("changes", [ATLAS_FORMATS, QUICKLOOK_FORMATS])
def test_each_delivery_format_reads_differently(changes: list[dict[str, Any]]) -> None:
    written = {dict(request_details(facts(**each)))["Delivered as"] for each in changes}
    assert len(written) == len(changes)


def test_padded_crops_are_named() -> None:
    assert "Crops" in dict(request_details(facts(edge=EdgeMode.PAD)))
    assert "Crops" not in dict(request_details(facts()))


def test_text_that_a_user_typed_is_cut_to_one_line() -> None:
    typed = "x\r\ny" * 500
    region = Region(None, typed, 0.5, "overlap")
    assert len(request_sentence(region_facts(region=region))) < 200
    assert "\n" not in request_sentence(region_facts(region=region))
    assert len(dict(request_details(facts(table_name=typed)))["Table"]) <= 80


def test_kind_bands_and_data_set_are_named_by_the_survey() -> None:
    with known_survey(plain_survey(('id = "l", label = "L"', 'id = "k", label = "20 cm"'))):
        request = facts(bands=("k",), dataset="radio")
        assert request_sentence(request).startswith("20 cm Map images")
        assert ("Data set", "Radio Images") in request_details(request)
