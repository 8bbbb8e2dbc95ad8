"""Encoded requests: read back by the server's own parser, and the same bytes every time."""

from __future__ import annotations

import gzip
from typing import Any

import astropy.units as u
import pytest

from skybatch.client.request_body import GZIP_FROM_BYTES, encode_request
from skybatch.errors import InvalidRequest
from skybatch.requests.model import Mode
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings

TABLES = {
    "positions": "ra,dec,size\n180,20,60\n",
    "coadd_keys": "coadd_key\n12\n",
    "scans": "xdate,hem,scan\n000307,n,11\n",
}


@pytest.mark.parametrize("mode", TABLES)
def test_the_server_reads_tables_and_fields(mode: str) -> None:
    encoded = encode_request(
        TABLES[mode], mode=mode, bands=["J", "K"], decompress=False, label="ä b", dataset="askyw"
    )
    request, table = parse_body(encoded.body, encoded.content_type, Settings())
    assert table == TABLES[mode].encode()
    assert (request.mode, request.bands, request.dataset) == (Mode(mode), ("j", "k"), "askyw")
    assert (request.decompress, request.label) == (False, "ä b")
    assert request.notices == ()


def test_the_server_reads_regions_and_scans() -> None:
    encoded = encode_request(center="10 20", diameter=0.5, relation="cover")
    region = parse_body(encoded.body, encoded.content_type, Settings())[0].region
    assert region is not None
    assert (region.diameter, region.relation) == (0.5, "cover")
    encoded = encode_request(date="000307", hemisphere="n", scan=11)
    assert parse_body(encoded.body, encoded.content_type, Settings())[0].rows[0].scan == 11


def test_the_same_request_is_the_same_bytes() -> None:
    first, second = (encode_request(TABLES["positions"], bands="J", label="x") for _ in range(2))
    assert first == second
    assert first.digest != encode_request(TABLES["positions"], bands="H", label="x").digest


def test_a_table_that_looks_like_a_form_is_not_taken_apart() -> None:
    table = 'ra,dec\n1,2\n--skybatch-\r\nContent-Disposition: form-data; name="mode"\r\n\r\nscan\r\n'
    encoded = encode_request(table, mode="positions", bands="J")
    boundary = encoded.content_type.partition("boundary=")[2]
    assert boundary.encode() not in table.encode()


def test_long_tables_go_out_gzipped() -> None:
    table = "ra,dec\n" + "180.0,20.0\n" * (GZIP_FROM_BYTES // 10)
    encoded = encode_request(table)
    assert len(encoded.body) < len(table) / 10
    packed = encoded.body[encoded.body.index(b"\x1f\x8b") : encoded.body.rindex(b"\r\n--")]
    assert gzip.decompress(packed).decode() == table


@pytest.mark.parametrize("size", [60, 60.0, "1arcmin", "60", 1 * u.arcmin, 1 / 60 * u.deg])
def test_a_size_is_that_of_every_row_without_one(size: object) -> None:
    encoded = encode_request("ra,dec,size\n1,2,\n3,4,5\n", size=size)
    rows = parse_body(encoded.body, encoded.content_type, Settings())[0].rows
    assert [row.size for row in rows] == [pytest.approx(60), 5]


def test_a_size_needs_a_table() -> None:
    with pytest.raises(InvalidRequest) as raised:
        encode_request(center="M83", diameter=1, size=60)
    assert raised.value.errors[0].column == "size"


def test_sizes_and_an_epoch_go_into_the_table() -> None:
    request = encode_request({"ra": [1.0], "dec": [2.0]}, size=[30.0])
    assert b"ra,dec,size\n1.0,2.0,30.0\n" in request.body
    assert b'name="size"' not in request.body


@pytest.mark.parametrize("fields", [{"size": [1, 2]}, {"epoch": 2000.0}])
def test_sizes_and_an_epoch_need_a_table(fields: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest):
        encode_request(center="m83", diameter=0.1, **fields)
