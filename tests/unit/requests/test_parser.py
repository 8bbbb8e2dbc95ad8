"""The edge: fields of JSON and forms alike, and errors that a person can act on."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.tables.request_tables import (
    KEYS_ALL,
    LIMITS,
    POSITIONS_ALL,
    http_status,
    multipart_body,
    parsed_request,
)

JSON = "application/json"


def refused(**fields: object) -> InvalidRequest:
    """The error these fields meet."""
    with pytest.raises(InvalidRequest) as caught:
        parsed_request(**fields)
    return caught.value


def test_a_form_and_json_make_the_same_request() -> None:
    fields: dict[str, object] = {
        "mode": "positions",
        "best": "true",
        "bands": ["J", "Ks"],
        "label": "my stars",
    }
    from_form, upload = parse_body(*multipart_body(fields, POSITIONS_ALL.encode(), name="stars.tbl"), LIMITS)
    assert upload == POSITIONS_ALL.encode()
    assert from_form.table_name == "stars.tbl"
    assert replace(from_form, table_name=None) == parsed_request(
        **{**fields, "best": True}, table=POSITIONS_ALL
    )


def test_defaults_are_those_of_the_interface() -> None:
    request = parsed_request(mode=" Positions ", table=POSITIONS_ALL)
    assert (request.image_type, request.decompress, request.delivery_format, request.dataset) == (
        "atlas",
        True,
        "fits.gz",
        "asky",
    )
    assert (request.label, request.email, request.notices, request.from_service) == (None, None, (), False)


def test_a_checkbox_with_its_hidden_field_counts_by_the_last() -> None:
    for values, decompress in ((["false", "true"], True), (["false"], False)):
        request, _ = parse_body(
            *multipart_body({"mode": "coadd_keys", "decompress": values}, KEYS_ALL.encode()), LIMITS
        )
        assert request.decompress is decompress


def test_empty_fields_and_those_of_other_modes_are_as_if_not_sent() -> None:
    fields = {
        "mode": "coadd_keys",
        "email": "",
        "label": " ",
        "center": "",
        "diameter": "wide",
        "scan": "",
        "date": "x",
    }
    assert parse_body(*multipart_body(fields, KEYS_ALL.encode()), LIMITS)[0].notices == ()


def test_a_crop_size_is_of_positions_alone() -> None:
    """A form sends the field along in every mode, whatever stands in it."""
    assert parsed_request(mode="coadd_keys", table="coadd_key\n5\n", size="?").rows[0].size is None
    assert parsed_request(mode="positions", table="ra,dec\n1,2\n", size="1arcmin").rows[0].size == 60.0


def test_padding_without_crops_is_reported_in_a_notice() -> None:
    assert parsed_request(mode="positions", table=POSITIONS_ALL).edge is EdgeMode.CLIP
    crops = parsed_request(mode="positions", table="ra,dec,size\n101,2,50\n103,4,\n", edge="pad")
    assert (crops.edge, crops.notices) == (EdgeMode.PAD, ())
    (notice,) = parsed_request(mode="coadd_keys", table=KEYS_ALL, edge="pad").notices
    assert "edge=pad" in notice


def test_an_unknown_field_is_reported_in_a_notice() -> None:
    request = parsed_request(mode="coadd_keys", table=KEYS_ALL, relaton="cover")
    assert request.notices == ("The field 'relaton' is not known and was ignored.",)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[
            ("image_type", "jpeg"),
            ("form", "fits.xz"),
            ("dataset", "2mass"),
            ("decompress", "perhaps"),
            ("edge", "wrap"),
            ("mode", 5),
        ],
        *[
            ("label", "x" * 201),
            ("label", "two\nlines"),
            ("label", ["a", {"b": 1}]),
            ("email", "x"),
        ],
        *[("bands", "J and H"), ("bands", [["J"]]), ("bands", {"J": 1}), ("bands", True)],
    ],
)
def test_an_invalid_field_is_named_with_its_value(field: str, value: object) -> None:
    error = refused(**{"mode": "coadd_keys", "table": KEYS_ALL, field: value})
    assert [e.column for e in error.errors] == [field]
    assert error.errors[0].line is None
    assert error.errors[0].rule


def test_all_missing_fields_of_a_mode_are_reported_at_once() -> None:
    assert [e.column for e in refused(mode="region").errors] == ["center", "diameter"]
    assert [e.column for e in refused(mode="scan").errors] == ["date", "hemisphere", "scan"]
    assert [e.column for e in refused(mode="scans").errors] == ["table"]
    assert [e.column for e in refused().errors] == ["mode"]


def test_a_center_off_the_sky_is_refused_not_resolved() -> None:
    error = refused(mode="region", center="400 10", diameter=1)
    assert error.detail == "Center '400 10': must lie between -360 and 360 degrees (-24 and 24 hours)."


def test_up_to_a_hundred_invalid_cells_are_reported_together() -> None:
    few = refused(mode="positions", table="ra,dec,size,id\n1,2,x,a\n1,95,,\n,2,,\n1,2,,\u202e\n")
    assert [(e.line, e.row, e.column, e.value) for e in few.errors] == [
        (3, 2, "dec", "95"),
        (4, 3, "ra", ""),
        (2, 1, "size", "x"),
        (5, 4, "id", " "),
    ]
    assert few.detail.splitlines()[0] == (
        "Line 3, row 2, dec '95': must lie between -90 and 90 degrees. This is the first of 4 errors."
    )
    many = refused(mode="coadd_keys", table="coadd_key\n" + "x\n" * 500)
    assert len(many.errors) == 100
    assert "first of 100 or more errors" in many.detail.splitlines()[0]
    assert json.dumps(many.problem())


def test_both_invalid_halves_of_a_position_are_reported() -> None:
    error = refused(mode="positions", table="ra,dec\n400,north\n")
    assert [(e.column, e.value) for e in error.errors] == [("ra", "400"), ("dec", "north")]


def test_a_long_value_is_shown_in_part() -> None:
    error = refused(mode="coadd_keys", table="coadd_key\n" + "9" * 5000 + "\n")
    assert len(error.errors[0].value) == 200
    assert len(error.detail) < 300


def test_the_limits_are_the_settings() -> None:
    table = "coadd_key\n" + "5\n" * 6
    assert len(parsed_request(Settings(max_rows=6), mode="coadd_keys", table=table).rows) == 6
    with pytest.raises(TooLarge, match="more than 5 rows"):
        parsed_request(Settings(max_rows=5), mode="coadd_keys", table=table)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
field_values = st.one_of(
    json_values,
    st.sampled_from(
        ["region", "positions", "coadd_keys", "scan", "scans", "m83", "10 20", "971031", "n", 1, KEYS_ALL]
    ),
)


@given(st.dictionaries(st.sampled_from([*BatchRequestBody.model_fields, "table", "other"]), field_values))
def test_any_fields_make_a_request_or_a_4xx(fields: dict[str, object]) -> None:
    body = json.dumps(fields).encode()
    status = http_status(partial(parse_body, body, JSON, LIMITS))
    assert status == 200 or 400 <= status < 500


def test_requests_are_read_without_astropy() -> None:
    code = (
        "import sys; from skybatch.requests.parser import parse_body; from skybatch.settings import Settings;"
        """body = b'{"mode": "positions", "table": "ra,dec\\\\n1,2\\\\n10h,5d"}';"""
        "parse_body(body, 'application/json', Settings());"
        "assert 'astropy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_a_table_that_continues_another_has_its_rows_numbered_on() -> None:
    fields = {"mode": "positions", "table": "ra,dec\n1,2\n3,4\n", "first_row": 2501}
    request, _ = parse_body(json.dumps(fields).encode(), "application/json", Settings())
    assert [row.row_number for row in request.rows] == [2501, 2502]


@pytest.mark.parametrize("first", [0, -1, "x", 1.5, 10_000_000])
def test_a_first_row_is_a_whole_number_from_one(first: object) -> None:
    fields = {"mode": "positions", "table": "ra,dec\n1,2\n", "first_row": first}
    with pytest.raises(InvalidRequest):
        parse_body(json.dumps(fields).encode(), "application/json", Settings())
