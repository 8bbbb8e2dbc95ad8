"""Which object names a request still needs positions for, and how the positions are filled in."""

from __future__ import annotations

from skybatch.names.model import LookupStatus, NameResult, ServiceResponse
from skybatch.requests.resolution import unknown_names, unresolved_names, with_positions
from skybatch.sky.position import SkyPosition
from tests.support.tables.request_tables import parsed_request

M83 = SkyPosition(204.253958, -29.865417)
FOUND = NameResult("M 83", (ServiceResponse("NED", LookupStatus.FOUND, "MESSIER 083", M83),))
UNKNOWN = NameResult("nowhere", (ServiceResponse("NED", LookupStatus.UNKNOWN, "not found"),))
RESULTS = {"M 83": FOUND, "nowhere": UNKNOWN}


def test_a_name_in_several_rows_is_listed_once_and_in_order() -> None:
    request = parsed_request(mode="positions", table="objname,id\nnowhere,b\nM 83,a\nnowhere,c\n")
    assert unresolved_names(request) == ("nowhere", "M 83")


def test_rows_with_coordinates_need_no_name_service() -> None:
    assert unresolved_names(parsed_request(mode="positions", table="ra,dec\n10,20\n")) == ()


def test_only_rows_whose_name_was_found_get_a_position_and_all_keep_their_names() -> None:
    request = parsed_request(mode="positions", table="objname,id\nM 83,a\nnowhere,b\nM 83,c\n")
    resolved = with_positions(request, RESULTS)
    assert [row.position for row in resolved.rows] == [M83, None, M83]
    assert [row.name for row in resolved.rows] == ["M 83", "nowhere", "M 83"]
    assert unresolved_names(resolved) == ("nowhere",)


def test_the_center_of_a_region_and_its_only_row_get_the_same_position() -> None:
    request = parsed_request(mode="region", center="M 83", diameter=0.1)
    assert unresolved_names(request) == ("M 83",)
    resolved = with_positions(request, RESULTS)
    assert resolved.region is not None
    assert resolved.region.center == resolved.rows[0].position == M83


def test_a_region_whose_name_is_unknown_stays_without_a_center() -> None:
    resolved = with_positions(parsed_request(mode="region", center="nowhere", diameter=0.1), RESULTS)
    assert resolved.region is not None
    assert resolved.region.center is None


def test_what_no_service_knows_is_an_error_of_each_of_its_rows() -> None:
    request = parsed_request(mode="positions", table="objname,id\nM 83,a\nnowhere,b\nnowhere,c\n")
    errors = list(unknown_names(request, RESULTS))
    assert [(error.column, error.value, error.row) for error in errors] == [
        ("name", "nowhere", 2),
        ("name", "nowhere", 3),
    ]
    assert "NED" in errors[0].rule


def test_an_unknown_center_is_an_error_of_its_field() -> None:
    request = parsed_request(mode="region", center="nowhere", diameter=0.1)
    (error,) = unknown_names(request, RESULTS)
    assert (error.column, error.row) == ("center", None)


def test_names_that_were_not_answered_by_all_are_no_errors() -> None:
    down = NameResult("nowhere", (ServiceResponse("NED", LookupStatus.UNAVAILABLE, "timed out"),))
    request = parsed_request(mode="positions", table="objname\nnowhere\nelsewhere\n")
    assert list(unknown_names(request, {"nowhere": down})) == []
