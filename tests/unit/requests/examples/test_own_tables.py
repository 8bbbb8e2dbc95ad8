"""Tables of a batch posted back, and its request.json posted again: ids, sizes and rows stay as they were."""

from __future__ import annotations

import json

import pytest

from skybatch.requests.model import Row
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive
from tests.support.tables.request_tables import parsed_request, parsed_upload

LONG = "2MASX J12000000+2000000"
TABLE = f"ra,dec,id,size\n180,20,{LONG},\n180.01,20.02,short,30\n180,20,{LONG[:-1]}1,0\n"
FORMATS = ("tbl", "xml", "csv")


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    """The tables and request of a batch of which a part did not fit, and of one that did."""
    archive = MadeArchive()
    found = {}
    for name, limit in (("unretrieved", 60_000), ("images", 10**9)):
        service = Service(archive, max_batch_bytes=limit)
        accepted = service.submit(mode="positions", table=TABLE, size="1arcmin", form="fits", bands="J")
        service.run(accepted)
        for ending in FORMATS:
            found[f"{name}.{ending}"] = service.file(accepted, f"{name}.{ending}")
            found[f"rows.{ending}"] = service.file(accepted, f"rows.{ending}")
        found["request.json"] = service.file(accepted, "request.json")
    return found


def described(row: Row) -> tuple[object, ...]:
    return (row.id, row.given_id, row.size)


EXPECTED = {(LONG[:15], LONG, 60.0), ("short", None, 30.0), (f"{LONG[:13]}~2", f"{LONG[:-1]}1", None)}


@pytest.mark.parametrize("ending", FORMATS)
def test_tables_of_images_keep_both_ids_and_the_sizes(files: dict[str, bytes], ending: str) -> None:
    rows = parsed_upload("coadd_keys", files[f"images.{ending}"], size="5arcmin").rows
    assert {described(row) for row in rows} == EXPECTED
    assert all(row.position for row in rows)
    left_over = parsed_upload("coadd_keys", files[f"unretrieved.{ending}"], size="5arcmin").rows
    assert left_over
    assert {described(row) for row in left_over} <= EXPECTED


@pytest.mark.parametrize("ending", FORMATS)
def test_the_table_of_rows_keeps_both_ids_and_the_positions(files: dict[str, bytes], ending: str) -> None:
    rows = parsed_upload("positions", files[f"rows.{ending}"]).rows
    assert [row.row_number for row in rows] == [1, 2, 3]
    assert {described(row) for row in rows} == EXPECTED
    assert [row.position and row.position.ra for row in rows] == pytest.approx([180.0, 180.01, 180.0])


def test_the_request_posted_again_is_the_same(files: dict[str, bytes]) -> None:
    again = parsed_request(**json.loads(files["request.json"]))
    first = parsed_request(mode="positions", table=TABLE, size="1arcmin", form="fits", bands="J")
    assert again == first
    assert again.size == 60.0


def test_a_size_for_the_request_is_never_for_tables_of_this_service(files: dict[str, bytes]) -> None:
    request = parsed_upload("coadd_keys", files["images.tbl"], size=30)
    assert request.size is None
    marked = b"\\skybatch = 1\n|ra   |dec  |\n 180.0 20.0\n"
    assert parsed_upload("positions", marked, size=30).rows[0].size is None


def test_a_size_for_the_request_fills_rows_without_one() -> None:
    for size, expected in (
        ("1arcmin", 60.0),
        (60, 60.0),
        ("0.5'", 30.0),
        ("0", None),
        ("-3", None),
        ("", None),
    ):
        table = "ra,dec,size\n1,2,\n1,2,null\n1,2,30\n1,2,0\n"
        rows = parsed_upload("positions", table.encode(), size=size).rows
        assert [row.size for row in rows] == [expected, expected, 30.0, None]
        assert parsed_request(mode="positions", table="ra,dec\n1,2\n", size=size).rows[0].size == expected
