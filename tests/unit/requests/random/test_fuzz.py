"""No input makes anything but a request or an error of the caller's: seeded, bounded in time and memory."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from functools import partial

import pytest

from skybatch.requests.parser import parse_body
from tests.support.hostile.mutations import mutated_coordinates, mutated_tables
from tests.support.tables.request_tables import LIMITS, http_status, multipart_body

QUICK, WHOLE = 500, 10_000
MOST_BYTES = 200_000_000
SEED = 20_010_204


def post_table(mode: str, table: bytes) -> int:
    """The status of a table posted as a file."""
    return http_status(partial(parse_body, *multipart_body({"mode": mode}, table), LIMITS))


def post_center(text: str) -> int:
    """The status of a region around a text."""
    body = json.dumps({"mode": "region", "center": text, "diameter": 1}).encode()
    return http_status(partial(parse_body, body, "application/json", LIMITS))


def hold_tables(count: int) -> None:
    """Post damaged tables: 200 or 4xx each, within time and memory; both must occur."""
    post_table("coadd_keys", b"SIMPLE  =")  # what a first FITS table imports is no memory of its own
    seen: dict[int, int] = {}
    tracemalloc.start()
    try:
        for mode, table in mutated_tables(count, SEED):
            status = post_table(mode, table)
            assert status == 200 or 400 <= status < 500, table[:300]
            seen[status] = seen.get(status, 0) + 1
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
    assert seen[200] > count // 50
    assert seen[422] > count // 50


def hold_coordinates(count: int) -> None:
    """Post damaged coordinates, alike."""
    seen: dict[int, int] = {}
    for text in mutated_coordinates(count, SEED):
        status = post_center(text)
        seen[status] = seen.get(status, 0) + 1
    assert set(seen) == {200, 422}


@pytest.mark.no_cover
def test_mutated_tables_are_read_or_refused() -> None:
    hold_tables(QUICK)


def test_mutated_coordinates_are_read_or_refused() -> None:
    hold_coordinates(QUICK)


@pytest.mark.soak
def test_ten_thousand_damaged_tables_are_read_or_refused() -> None:
    hold_tables(WHOLE)


@pytest.mark.soak
def test_ten_thousand_damaged_coordinates_are_read_or_refused() -> None:
    hold_coordinates(WHOLE)


HOSTILE = {
    "a line without end": b"ra dec\n" + b"-" * 3_900_000 + b"x",
    "a quote without end": b'ra,dec\n"' + b"1,2\n" * 900_000,
    "a header without end": b"|" * 3_900_000,
    "columns without end": b"|ra|dec|" + b"x|" * 1_900_000 + b"\n 1 2\n",
    "a million rows": b"ra,dec\n" + b"1,2\n" * 900_000,
    "rows of nothing": b"ra,dec\n" + b"\n" * 3_900_000,
    "a number without end": b"ra,dec\n" + b"1" * 3_900_000 + b",2\n",
    "numbers of many digits": b"ra,dec,size\n" + (b"1,2," + b"9" * 1500 + b"\n") * 2500,
    "elements without end": b"<VOTABLE>" + b"<TABLE>" * 500_000,
    "a row without end": b"<VOTABLE><TABLE><FIELD name='coadd_key' datatype='int'/><DATA><TABLEDATA><TR>"
    + b"<TD/>" * 700_000,
    "attributes without end": b"<VOTABLE " + b"".join(b"a%d='' " % i for i in range(200_000)) + b"/>",
    "brackets": b"[" * 3_900_000,
}


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("mode", ["positions", "coadd_keys"])
@pytest.mark.no_cover
def test_a_hostile_table_is_refused(what: str, mode: str) -> None:
    assert post_table(mode, HOSTILE[what]) in (413, 422)


INFLATING = {
    "lines": b"ra,dec\n" + b"\n" * 39_000_000,
    "columns": b"ra,dec" + b",x" * 15_000_000 + b"\n1,2\n",
    "values": b"ra,dec\n1,2" + b",12" * 13_000_000 + b"\n",
    "rows of many values": b"ra,dec" + b",x" * 9_000 + b"\n" + (b"1,2" + b",34" * 9_000 + b"\n") * 400,
    "bars": b"|ra|dec" + b"|x" * 15_000_000 + b"\n",
    "keywords": b"".join(b"\\k%d=1\n" % i for i in range(300_000)) + b"|ra|dec|\n 1  2\n",
    "fields": b"<VOTABLE><TABLE>" + b"<FIELD name='x' datatype='int'/>" * 1_200_000,
    "elements": b"<VOTABLE>" + b"<A>" * 5_000_000,
}


@pytest.mark.parametrize("what", INFLATING)
@pytest.mark.no_cover
def test_a_small_upload_does_not_grow_without_bound(what: str) -> None:
    packed = gzip.compress(INFLATING[what], 1)
    tracemalloc.start()
    try:
        assert post_table("positions", packed) in (200, 413, 422)
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()
