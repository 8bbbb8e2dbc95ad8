"""Requests about a survey that is not packaged: its words, modes, defaults, and image sets by identifier."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from skybatch.client.request_body import encode_request
from skybatch.errors import InvalidRequest
from skybatch.requests.model import Mode, Request
from skybatch.requests.parser import parse_body
from skybatch.requests.understood_table import understand_table
from skybatch.settings import Settings
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import hold
from tests.support.survey.descriptions import known_survey, plain_survey

LIMITS = Settings()
REGION = {"mode": "region", "center": "180 20", "diameter": 0.2}


@pytest.fixture(autouse=True)
def radio() -> Iterator[Survey]:
    rules = "[requests]\ndiameter = [0.1, 0.5]\n\n[set]"
    with known_survey(plain_survey(("[set]", rules))) as survey:
        yield survey
        hold([])


def parsed(**fields: Any) -> Request:
    return parse_body(json.dumps(fields).encode(), "application/json", LIMITS)[0]


def refused(**fields: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        parsed(**fields)
    return {error.column: error.rule for error in caught.value.errors}


def test_a_survey_is_named_by_its_id_or_as_a_data_set() -> None:
    assert parsed(**REGION, survey="radio").dataset == "radio"
    assert parsed(**REGION, dataset="radio").dataset == "radio"
    assert parsed(**REGION, survey="2mass-sx").dataset == "sx"
    assert parsed(**REGION, survey="2MASS-SX", dataset="sx").dataset == "sx"
    assert parsed(**REGION).dataset == "asky"


def test_a_survey_and_a_data_set_of_another_contradict_each_other() -> None:
    assert list(refused(**REGION, survey="radio", dataset="asky")) == ["survey"]


def test_an_unknown_survey_is_refused_with_those_that_are_known() -> None:
    assert "2mass-asky" in refused(**REGION, survey="wise")["survey"]
    assert "radio" in refused(**REGION, dataset="wise")["dataset"]


def test_what_is_not_given_is_the_survey_s() -> None:
    request = parsed(**REGION, survey="radio")
    assert (request.bands, request.delivery_format) == (("l",), "fits")
    assert parsed(**REGION).delivery_format == "fits.gz"


def test_words_are_those_of_the_survey() -> None:
    assert parsed(**REGION, survey="radio", bands="L").bands == ("l",)
    assert list(refused(**REGION, survey="radio", bands="J")) == ["bands"]
    assert list(refused(**REGION, survey="radio", image_type="quicklook")) == ["image_type"]
    assert list(refused(mode="scan", survey="radio", date="990101", hemisphere="n", scan=1)) == ["mode"]
    assert list(refused(mode="image_ids", table="image_id\n1\n")) == ["mode"]


def test_a_region_is_clamped_to_the_survey_s_diameters() -> None:
    request = parsed(**{**REGION, "diameter": 3}, survey="radio")
    assert request.region is not None
    assert request.region.diameter == 0.5
    assert "0.1 and 0.5" in request.notices[0]


@pytest.mark.parametrize("name", ["image_id", "field", "FIELD"])
def test_image_sets_are_listed_by_identifier_or_by_their_one_field(name: str) -> None:
    table = f"{name},band,req_ra,req_dec,size\n10510+30456,all,162.75,30.76,60\n10510+31456,L,,,\n"
    request = parsed(mode="image_ids", survey="radio", table=table)
    assert request.mode is Mode.IMAGE_IDS
    first, second = request.rows
    assert (first.image_id, first.bands, first.size) == ("10510+30456", ("l",), 60.0)
    assert (second.image_id, second.position) == ("10510+31456", None)
    assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_an_identifier_of_another_form_is_refused_with_that_form() -> None:
    rule = refused(mode="image_ids", survey="radio", table="image_id\n10510 30456\n")["image_id"]
    assert "{field}" in rule


def test_a_list_without_identifiers_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="image_id"):
        parsed(mode="image_ids", survey="radio", table="ra,dec\n1,2\n")


def test_a_table_is_understood_for_its_survey() -> None:
    body = {"mode": "image_ids", "survey": "radio", "table": "field\n10510+30456\nx\n"}
    understood = understand_table(json.dumps(body).encode(), "application/json", LIMITS)
    assert (understood.surveys.datasets, understood.mode) == (("radio",), Mode.IMAGE_IDS)
    assert [row.image_id for row in understood.rows.rows] == ["10510+30456", None]
    assert [error.row for error in understood.rows.errors] == [2]


def test_where_2mass_is_not_held_the_first_that_is_held_is_meant() -> None:
    hold(["radio"])
    assert parsed(**REGION).dataset == "radio"
    hold(["radio", "asky"])
    assert parsed(**REGION).dataset == "asky"


def test_bands_of_older_requests_are_read() -> None:
    stored = parsed(**REGION).to_json()
    assert stored["bands"] == ["j", "h", "k"]
    older = stored | {"bands": "jhk", "rows": [{**stored["rows"][0], "bands": "jk"}]}
    request = Request.from_json(older)
    assert (request.bands, request.rows[0].bands) == (("j", "h", "k"), ("j", "k"))


BOTH = ["2mass-asky", "radio"]


@pytest.mark.parametrize(
    "survey", [BOTH, "2mass-asky,radio", "2MASS-ASKY radio", ["2mass-asky", "radio", "radio"]]
)
def test_several_surveys_are_a_list_or_words(survey: Any) -> None:
    request = parsed(**REGION, survey=survey)
    assert (request.dataset, request.datasets) == ("asky", ("asky", "radio"))
    assert request.bands == request.rows[0].bands == ("j", "h", "k", "l")
    assert request.bands_in(request.rows[0], "asky") == ("j", "h", "k")
    assert request.bands_in(request.rows[0], "radio") == ("l",)
    assert Request.from_json(json.loads(json.dumps(request.to_json()))) == request


def test_a_form_sends_the_field_of_surveys_several_times() -> None:
    encoded = encode_request(table=b"ra,dec\n180,20\n", survey=BOTH, bands=["Ks", "L"])
    request = parse_body(encoded.body, encoded.content_type, LIMITS)[0]
    assert request.surveys == {"asky": ("k",), "radio": ("l",)}


def test_one_survey_in_a_list_is_as_one_alone() -> None:
    assert parsed(**REGION, survey=["radio"]) == parsed(**REGION, survey="radio")
    assert "surveys" not in parsed(**REGION, survey=["radio"]).to_json()


def test_a_region_is_clamped_to_what_all_surveys_allow() -> None:
    request = parsed(**{**REGION, "diameter": 0.05}, survey=BOTH)
    assert request.region is not None
    assert request.region.diameter == 0.1
    assert "0.1 and 0.5" in request.notices[0]


@pytest.mark.parametrize(
    ("fields", "column", "word"),
    [
        ({"survey": [*BOTH, "wise"]}, "survey", "'wise'"),
        ({"survey": BOTH, "dataset": "asky"}, "survey", "leave that out"),
        ({"survey": BOTH, "bands": "J"}, "bands", "Radio"),
        ({"survey": BOTH, "bands": ["J", "L", "x"]}, "bands", "L of Radio"),
        ({"survey": BOTH, "image_type": "quicklook"}, "image_type", "Radio"),
    ],
)
def test_what_does_not_suit_all_surveys_is_refused(fields: dict[str, Any], column: str, word: str) -> None:
    errors = refused(**REGION, **fields)
    assert list(errors) == [column]
    assert word in errors[column]


def test_modes_are_those_of_all_and_lists_of_image_sets() -> None:
    assert list(refused(mode="scan", survey=BOTH, date="990101", hemisphere="n", scan=1)) == ["mode"]
    assert list(refused(mode="coadd_keys", survey=BOTH, table="coadd_key\n1\n")) == ["mode"]
    table = "image_id,band\n10510+30456,L\n990101n0010009,JK\n10510+30457,\n"
    request = parsed(mode="image_ids", survey=BOTH, table=table)
    assert [row.bands for row in request.rows] == [("l",), ("j", "k"), ("j", "h", "k", "l")]
    wrong = refused(mode="image_ids", survey=BOTH, table="image_id,band\nno,W9\n")
    assert sorted(wrong) == ["band", "image_id"]


def test_a_table_is_understood_for_several_surveys() -> None:
    body = {"mode": "image_ids", "survey": BOTH, "table": "image_id\n990101n0010009\n"}
    understood = understand_table(json.dumps(body).encode(), "application/json", LIMITS)
    assert understood.surveys.bands_text(understood.rows.rows[0].bands) == "J,H,K,L"
