"""Bodies: JSON and forms, exact on every byte of a table."""

from __future__ import annotations

import base64
import gzip
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from urllib3.filepost import encode_multipart_formdata

from skybatch.errors import MalformedRequest, SkybatchError, TooLarge, UnsupportedMedia
from skybatch.requests.body.payload import read_payload
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.tables.request_tables import KEYS_ALL, LIMITS, http_status, multipart_body

MOST = 1000


@given(st.binary(max_size=MOST))
def test_a_file_part_arrives_byte_for_byte(table: bytes) -> None:
    body, content_type = multipart_body({"mode": "scans"}, table)
    posted = read_payload(body, content_type, MOST)
    assert posted.table == table
    assert posted.fields == {"mode": "scans"}
    assert posted.table_name == "t.tbl"


@pytest.mark.parametrize("tail", [b"\r\n", b"\r", b"\n", b"--", b"\r\n--", b"\r\n--b", b"\0\xff"])
def test_bytes_like_a_boundary_are_not_one(tail: bytes) -> None:
    body, content_type = encode_multipart_formdata([("table", ("t", b"x" + tail, "a/b"))], boundary="bb")
    assert read_payload(body, content_type, MOST).table == b"x" + tail


def test_a_field_sent_several_times_is_a_list() -> None:
    body, content_type = multipart_body({"bands": ["J", "H"]})
    assert read_payload(body, content_type, MOST).fields == {"bands": ["J", "H"]}


def test_an_empty_file_field_of_a_browser_is_no_table() -> None:
    body, content_type = multipart_body({"mode": "region"}, b"", name="")
    assert read_payload(body, content_type, MOST).table is None


def test_a_chosen_empty_file_is_an_empty_table() -> None:
    body, content_type = multipart_body({"mode": "positions"}, b"", name="empty.tbl")
    assert read_payload(body, content_type, MOST).table == b""


@pytest.mark.parametrize(
    ("sent", "kept"), [("a.tbl", "a.tbl"), ("C:\\data\\a.tbl", "a.tbl"), ("../../etc/passwd", "passwd")]
)
def test_a_file_keeps_its_own_name_only(sent: str, kept: str) -> None:
    body, content_type = multipart_body({}, b"x", name=sent)
    assert read_payload(body, content_type, MOST).table_name == kept


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/xml", "nonsense", "application/jsonx"]
)
def test_other_media_types_are_415(content_type: str) -> None:
    with pytest.raises(UnsupportedMedia) as caught:
        read_payload(b"{}", content_type, MOST)
    assert caught.value.status == 415


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe\x00", b'{"table": 3}', b'{"table": ["a"]}'),
        *(b'{"a": NaN}', b"[" * 100_000, b'{"a":' * 100_000, b'{"scan": ' + b"9" * 5000 + b"}"),
    ],
)
def test_what_is_no_json_object_is_400(body: bytes) -> None:
    with pytest.raises(MalformedRequest) as caught:
        read_payload(body, "application/json", 1_000_000)
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"--b\r\n", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=b"),
        (b"no parts here", "multipart/form-data; boundary=b"),
        (
            b'--b\r\nContent-Disposition: form-data; name="mode"\r\n\r\nregion',
            "multipart/form-data; boundary=b",
        ),
        (b"--b\r\nContent-Type: a/b\r\n\r\nx\r\n--b--\r\n", "multipart/form-data; boundary=b"),
        (b"--b\r\n\r\nx\r\n--b--\r\n", f"multipart/form-data; boundary={'b' * 500}"),
    ],
)
def test_a_form_that_cannot_be_taken_apart_is_400(body: bytes, content_type: str) -> None:
    with pytest.raises(MalformedRequest):
        read_payload(body, content_type, MOST)


@given(st.binary(max_size=300), st.sampled_from(["application/json", "multipart/form-data; boundary=b"]))
def test_any_body_is_read_or_refused(body: bytes, content_type: str) -> None:
    for content in (body, b"--b\r\n" + body + b"\r\n--b--\r\n"):
        status = http_status(partial(read_payload, content, content_type, MOST))
        assert status == 200 or 400 <= status < 500


def test_a_table_over_the_limit_is_413_and_says_so() -> None:
    body, content_type = multipart_body({}, b"x" * (MOST + 1))
    for content, kind in (
        (body, content_type),
        (json.dumps({"table": "x" * 1001}).encode(), "application/json"),
    ):
        with pytest.raises(TooLarge, match="gzipped") as caught:
            read_payload(content, kind, MOST)
        assert caught.value.status == 413


def test_a_gzipped_table_is_inflated_only_so_far() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    body, content_type = multipart_body({"mode": "coadd_keys"}, bomb)
    with pytest.raises(TooLarge):
        parse_body(body, content_type, Settings(max_upload_bytes=100_000))


def test_a_gzipped_table_reads_like_a_plain_one() -> None:
    plain, _ = parse_body(*multipart_body({"mode": "coadd_keys"}, KEYS_ALL.encode()), LIMITS)
    packed_table = gzip.compress(KEYS_ALL.encode()[:20]) + gzip.compress(KEYS_ALL.encode()[20:])
    packed, upload = parse_body(*multipart_body({"mode": "coadd_keys"}, packed_table), LIMITS)
    assert packed == plain
    assert upload == packed_table


@pytest.mark.parametrize("damage", [slice(0, 20), slice(0, 2)])
def test_a_damaged_gzip_is_422(damage: slice) -> None:
    with pytest.raises(SkybatchError) as caught:
        parse_body(*multipart_body({"mode": "coadd_keys"}, gzip.compress(KEYS_ALL.encode())[damage]), LIMITS)
    assert caught.value.status == 422


@given(st.binary(max_size=MOST))
def test_a_table_in_base64_arrives_byte_for_byte(table: bytes) -> None:
    encoded = {"mode": "positions", "table_base64": base64.encodebytes(table).decode()}
    form, content_type = multipart_body(encoded)
    for body, media_type in ((json.dumps(encoded).encode(), "application/json"), (form, content_type)):
        posted = read_payload(body, media_type, MOST)
        assert posted.table == (table or (None if media_type == content_type else b""))
        assert posted.fields == {"mode": "positions"}


@pytest.mark.parametrize(
    "fields", [{"table_base64": "%"}, {"table_base64": 5}, {"table": "", "table_base64": ""}]
)
def test_base64_that_is_none_or_a_second_table_is_malformed(fields: dict[str, object]) -> None:
    with pytest.raises(MalformedRequest):
        read_payload(json.dumps(fields).encode(), "application/json", MOST)
