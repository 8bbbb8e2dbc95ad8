"""Request parameters from query strings and posted forms."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from urllib3.filepost import encode_multipart_formdata

from skybatch.api.http_request import HttpRequest
from skybatch.api.parameters import (
    FORM_TYPE,
    MAX_FORM_BYTES,
    MAX_PARAMETERS,
    read_parameters,
    read_parameters_and_table,
)
from skybatch.errors import MalformedRequest, TooLarge, UnsupportedMedia
from tests.support.servers.http import HttpClient, http_request
from tests.unit.api.conftest import CENTER


def pairs(method: str, url: str, body: bytes = b"", **headers: str) -> tuple[tuple[str, str], ...]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_parameters(http_request(method, url, body, named)).pairs


def test_repeated_parameters_are_kept_in_their_order() -> None:
    assert pairs("GET", "/?ID=a%2Cb&ID=c&flag=") == (("id", "a,b"), ("id", "c"), ("flag", ""))


def test_a_posted_form_follows_the_query() -> None:
    posted = pairs("POST", "/?SIZE=1", b"POS=1+2", content_type=f"{FORM_TYPE}; charset=utf-8")
    assert posted == (("size", "1"), ("pos", "1 2"))


def test_an_empty_post_needs_no_content_type() -> None:
    assert pairs("POST", "/?SIZE=1") == (("size", "1"),)


@pytest.mark.parametrize("media_type", ["application/json", ""])
def test_another_media_type_is_unsupported(media_type: str) -> None:
    with pytest.raises(UnsupportedMedia):
        pairs("POST", "/", b"x", content_type=media_type)


def test_the_body_of_a_get_is_ignored() -> None:
    assert pairs("GET", "/", b"POS=1", content_type=FORM_TYPE) == ()


def test_the_number_of_parameters_is_bounded() -> None:
    assert len(pairs("GET", "/?" + "&".join(["a=1"] * MAX_PARAMETERS))) == MAX_PARAMETERS
    with pytest.raises(MalformedRequest):
        pairs("GET", "/?" + "&".join(["a=1"] * (MAX_PARAMETERS + 1)))


def test_the_body_is_bounded() -> None:
    body = b"ID=" + b"x" * (MAX_FORM_BYTES - 3)
    assert len(pairs("POST", "/", body, content_type=FORM_TYPE)) == 1
    with pytest.raises(TooLarge):
        pairs("POST", "/", body + b"x", content_type=FORM_TYPE)


PLACE = f"{CENTER[0]},{CENTER[1]}"
KEY = "twomass/allsky/allsky/990101n/s001/image/ji0010009.fits.gz"
IDENTIFIER = f"ID={quote(f'ivo://skybatch/2mass?{KEY}')}"
QUERIES = (
    f"/ibe/sia/twomass/allsky/allsky?POS={PLACE}&SIZE=0.1&INTERSECT=CENTER&mcen=&RESPONSEFORMAT=csv",
    f"/ibe/search/twomass/allsky/allsky?POS={PLACE}&where=filter%3D'j'&columns=fname,filter&ct=csv",
    f"/ibe/data/{KEY}?center=10,10px&size=5px&gzip=0",
    f"/cgi-bin/2MASS/IM/nph-im_sia?POS={PLACE}&SIZE=0.1&ds=asky&type=at&band=J&RESPONSEFORMAT=csv",
    "/cgi-bin/2MASS/IM/nph-im?ds=asky&dh=990101n&scan=1&name=ji0010009.fits&type=at",
    "/cgi-bin/2MASS/IM/nph-im_key?ds=asky&key=1001&band=j",
    f"/sia2/query?POS=CIRCLE+{CENTER[0]}+{CENTER[1]}+0.1&BAND=1.2e-6&COLLECTION=asky&MAXREC=2",
    f"/soda/sync?{IDENTIFIER}&CIRCLE={CENTER[0]}+{CENTER[1]}+0.01",
    f"/datalink/links?{IDENTIFIER}&RESPONSEFORMAT=csv",
)


@pytest.mark.parametrize("query", QUERIES)
def test_names_are_understood_in_any_case(search: HttpClient, query: str) -> None:
    expected = search.get(query)
    assert expected.status == 200
    assert len(expected.body) > 30
    for spelled in (str.lower, str.upper, str.swapcase):
        answer = search.get(with_names(query, spelled))
        assert (answer.status, answer.body.lower()) == (200, expected.body.lower())


def with_names(query: str, spelled: Callable[[str], str]) -> str:
    return re.sub(r"(?<=[?&])\w+(?==)", lambda name: spelled(name[0]), query)


TABLE = b"ra,dec\n1,2\n"


def posted(parts: list[tuple[str, Any]], url: str = "/?SIZE=0.1") -> HttpRequest:
    body, content_type = encode_multipart_formdata(parts)
    return http_request("POST", url, body, {"content-type": content_type})


@pytest.mark.parametrize(
    "parts",
    [
        [("POS", ("table.tbl", TABLE))],
        [("ct", "csv"), ("pos", ("table.tbl", TABLE))],
        [("POS", "@table.tbl"), ("upload", ("table.tbl", TABLE))],
    ],
)
def test_a_table_is_posted_as_the_position(parts: list[tuple[str, Any]]) -> None:
    parameters, table = read_parameters_and_table(posted(parts), 1000)
    assert table == TABLE
    assert parameters.text("size") == "0.1"
    assert parameters.text("ct") == dict(parts).get("ct", "")


def test_a_form_without_a_file_is_parameters_alone() -> None:
    parameters, table = read_parameters_and_table(posted([("POS", "1,2"), ("ct", "csv")]), 1000)
    assert (parameters.text("pos"), parameters.text("ct"), table) == ("1,2", "csv", None)


@pytest.mark.parametrize(
    "parts",
    [
        [("POS", "@table.tbl")],
        [("table", ("table.tbl", TABLE))],
        [("POS", ("a.tbl", TABLE)), ("POS", ("b.tbl", TABLE))],
    ],
)
def test_a_file_that_is_not_the_position_is_malformed(parts: list[tuple[str, Any]]) -> None:
    with pytest.raises(MalformedRequest):
        read_parameters_and_table(posted(parts), 1000)


def test_a_named_file_needs_a_form() -> None:
    with pytest.raises(MalformedRequest):
        read_parameters_and_table(http_request("GET", "/?POS=@table.tbl"), 1000)


def test_the_size_of_a_posted_table_is_bounded() -> None:
    with pytest.raises(TooLarge):
        read_parameters_and_table(posted([("POS", ("a", bytes(MAX_FORM_BYTES + 1001)))]), 1000)
