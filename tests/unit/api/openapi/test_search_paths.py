"""The documented archive-compatible and VO endpoints."""

from __future__ import annotations

import pytest

from skybatch.api.openapi.search_paths import search_paths
from skybatch.surveys.twomass.datasets import DATASETS

QUERIES = ("/sia2/query", "/soda/sync", "/datalink/links", "/cgi-bin/2MASS/IM/nph-im_sia")


@pytest.mark.parametrize("path", QUERIES)
def test_a_query_takes_the_same_parameters_by_get_and_by_form(path: str) -> None:
    item = search_paths()[path]
    (content,) = item["post"]["requestBody"]["content"].values()
    named = {parameter["name"] for parameter in item["get"]["parameters"]}
    assert set(content["schema"]["properties"]) == named


def test_tables_are_those_of_the_surveys_data_sets() -> None:
    parameters = search_paths()["/ibe/sia/{mission}/{folder}/{table}"]["parameters"]
    values = {parameter["name"]: set(parameter["schema"]["enum"]) for parameter in parameters}
    assert values["folder"] == {dataset.folder for dataset in DATASETS.values()}
    assert values["table"] == {dataset.table for dataset in DATASETS.values()}


def test_every_parameter_is_described() -> None:
    for item in search_paths().values():
        for parameter in item["get"].get("parameters", ()):
            assert parameter["description"]
