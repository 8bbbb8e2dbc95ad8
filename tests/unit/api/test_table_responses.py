"""Tables and error VOTables as responses; astropy reads them."""

from __future__ import annotations

import csv
import io

from astropy.io.votable import parse

from skybatch.api.table_responses import error_votable_response, table_response
from skybatch.errors import MalformedRequest
from skybatch.tables.model import Table, text
from skybatch.vo.responses import ResponseFormat, TableResponse
from tests.support.servers.http import body_of, http_request, make_dependencies

TABLE = Table((text("name", "A name."),), {"name": ["a", "b"]})


def test_a_table_has_the_media_type_of_its_format() -> None:
    results = make_dependencies().results
    response = table_response(http_request("GET", "/"), results, TableResponse(TABLE, ResponseFormat("csv")))
    assert (response.status_code, str(response.content_type).split(";")[0]) == (200, "text/csv")
    rows = list(csv.DictReader(io.StringIO(body_of(response).decode())))
    assert rows == [{"name": "a"}, {"name": "b"}]


def test_an_error_votable_has_the_status_it_is_given() -> None:
    response = error_votable_response(MalformedRequest("what is wrong"), 200)
    (resource,) = parse(io.BytesIO(body_of(response)), verify="ignore").resources
    (info,) = resource.infos
    assert (response.status_code, info.name, info.value) == (200, "QUERY_STATUS", "ERROR")
    assert info.content == "what is wrong"


def test_a_table_has_the_media_type_that_was_asked_for() -> None:
    answer = TableResponse(TABLE, ResponseFormat("xml", "text/xml"))
    response = table_response(http_request("GET", "/"), make_dependencies().results, answer)
    assert response.content_type == "text/xml"


def test_the_text_of_an_error_begins_with_its_fault() -> None:
    response = error_votable_response(MalformedRequest("what is wrong"), fault="UsageFault")
    assert response.status_code == 400
    assert b">UsageFault: what is wrong<" in body_of(response)
