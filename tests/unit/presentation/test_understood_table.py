"""The table as understood, posted as a batch, is the same request as the upload it was made from."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skybatch.errors import InvalidRequest, SkybatchError
from skybatch.presentation.understood_table import (
    TABLE_FORMATS,
    understood_rows,
    understood_table,
)
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.requests.understood_table import UnderstoodTable, understand_table
from skybatch.settings import Settings
from skybatch.tables.writers.formats import Format, write
from skybatch.validation import MAX_ERRORS
from tests.support.servers.http import MULTIPART
from tests.support.tables.table_samples import MARKED_KEYS, SAMPLES, request_of, upload_body

CASES = Path(os.environ.get("SKYBATCH_CASES", Path(__file__).resolve().parents[4] / "shared" / "cases"))
WRITTEN: tuple[Format, ...] = tuple(TABLE_FORMATS.values())


def understand(upload: bytes, **fields: Any) -> UnderstoodTable:
    return understand_table(upload_body(upload, **fields), MULTIPART, Settings())


def written(upload: bytes, fmt: Format, **fields: Any) -> bytes:
    table = understood_table(understand(upload, **fields), with_marker_column=fmt == "csv")
    return write(table, fmt)


@pytest.mark.parametrize("fmt", WRITTEN)
@pytest.mark.parametrize("name", SAMPLES)
def test_posted_as_a_batch_it_is_the_same_request(name: str, fmt: Format) -> None:
    fields, upload = SAMPLES[name]
    if fmt == "tbl" and name == "names and positions":
        pytest.skip("an IPAC table holds ASCII")
    again = written(upload, fmt, **fields)
    assert request_of(again, **fields) == request_of(upload, **fields)


@pytest.mark.parametrize("path", sorted(CASES.glob("*/*")), ids=lambda path: path.name)
@pytest.mark.parametrize("mode", [mode for mode in LIST_MODES if mode is not Mode.IMAGE_IDS])
def test_files_that_people_have_stay_the_same_request(path: Path, mode: Mode) -> None:
    upload = path.read_bytes()
    try:
        wanted = request_of(upload, mode=mode)
    except SkybatchError:
        return
    assert [request_of(written(upload, fmt, mode=mode), mode=mode) for fmt in WRITTEN] == [wanted] * len(
        WRITTEN
    )


@pytest.mark.parametrize("fmt", WRITTEN)
@pytest.mark.parametrize("name", ["galactic", "frame of a VOTable", "negative right ascension"])
def test_it_needs_none_of_the_requests_fields_for_its_rows(name: str, fmt: Format) -> None:
    fields, upload = SAMPLES[name]
    assert request_of(written(upload, fmt, **fields)).rows == request_of(upload, **fields).rows


printable = st.characters(categories=("L", "N", "P", "S", "Zs")).filter(str.isprintable)


@given(
    ids=st.lists(st.text(printable, min_size=1, max_size=40), min_size=1, max_size=5),
    position=st.tuples(st.floats(-359.9, 360), st.floats(-90, 90)),
    size=st.sampled_from(["", "0", "1.5", "1e2"]),
    default=st.sampled_from(["", "1arcmin", "-1"]),
    fmt=st.sampled_from(WRITTEN),
)
@settings(max_examples=200, deadline=None)
def test_whatever_the_ids_and_numbers_are(
    ids: list[str], position: tuple[float, float], size: str, default: str, fmt: Format
) -> None:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerows([("id", "ra", "dec", "size"), *((each, *position, size) for each in ids)])
    upload = text.getvalue().encode()
    try:
        wanted = request_of(upload, size=default)
    except SkybatchError:
        return
    if fmt == "tbl" and not upload.isascii():
        return
    assert request_of(written(upload, fmt, size=default), size=default) == wanted


def test_a_row_with_an_error_says_so_and_no_batch_takes_it() -> None:
    upload = b"ra,dec,size\n1,2,big\n3,4,5\n"
    for fmt in WRITTEN:
        again = written(upload, fmt)
        assert b"big" in again
        with pytest.raises(InvalidRequest) as refused:
            request_of(again)
        assert [error.row for error in refused.value.errors] == [1]


def test_a_table_whose_errors_are_not_all_known_is_not_written() -> None:
    upload = b"ra,dec\n" + b"1,99\n" * MAX_ERRORS
    with pytest.raises(InvalidRequest) as refused:
        understood_table(understand(upload))
    assert len(refused.value.errors) == MAX_ERRORS


def test_a_row_says_where_its_position_was_read() -> None:
    upload = b"id,ra [h],dec,equinox\na,13.6,-29.8,B1950\n"
    (row,) = understood_rows(understand(upload))
    assert row["from"] == {"frame": "fk4 B1950.0", "unit": "h", "columns": ["ra", "dec"]}
    assert (row["row"], row["line"], row["id"], row["name"]) == (1, 2, "a", None)
    assert abs(row["ra"] - 204.0) < 1.5


def test_a_name_is_shown_and_not_resolved() -> None:
    (row,) = understood_rows(understand(b"name\nM 83\n", size="1arcmin"))
    assert (row["name"], row["ra"], row["dec"], row["size"]) == ("M 83", None, None, 60.0)
    assert row["from"]["columns"] == ["name"]


def test_rows_of_this_services_tables_keep_what_those_say() -> None:
    rows = list(understood_rows(understand(MARKED_KEYS.encode(), mode="coadd_keys")))
    assert [row["scntr"] for row in rows] == [7, 7, None]
    assert [row["row"] for row in rows] == [1, 2, 3]
    assert rows[1]["form"] == "fits"
    assert {row["dataset"] for row in rows} == {"askyw"}
    assert rows[0]["given_id"] == "04215943+1932062"
