"""A table read for ``POST /tables``: as a batch reads it, with its errors, and nothing else of a batch."""

from __future__ import annotations

import json

import pytest

from skybatch.errors import InvalidRequest, TooLarge
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.model import Mode
from skybatch.requests.understood_table import (
    FIELDS,
    FORMATS,
    UnderstoodTable,
    parse_format,
    understand_table,
)
from skybatch.settings import Settings
from skybatch.validation import MAX_ERRORS, InvalidValue
from tests.support.servers.http import MULTIPART
from tests.support.tables.table_samples import SAMPLES, request_of, upload_body


def understood(table: str, **fields: object) -> UnderstoodTable:
    body = json.dumps({"table": table, **fields}).encode()
    return understand_table(body, "application/json", Settings())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_rows_are_those_of_a_batch(name: str) -> None:
    fields, upload = SAMPLES[name]
    rows = understand_table(upload_body(upload, **fields), MULTIPART, Settings()).rows.rows
    assert [row.id for row in rows] == [row.id for row in request_of(upload, **fields).rows]
    assert [row.position for row in rows] == [row.position for row in request_of(upload, **fields).rows]


def test_a_table_lists_positions_unless_a_field_says_otherwise() -> None:
    assert understood("ra,dec\n1,2\n").mode is Mode.POSITIONS
    assert understood("coadd_key\n5\n", mode="coadd_keys").mode is Mode.COADD_KEYS


@pytest.mark.parametrize("mode", ["region", "scan", "x"])
def test_a_mode_without_tables_is_invalid(mode: str) -> None:
    with pytest.raises(InvalidRequest) as error:
        understood("ra,dec\n1,2\n", mode=mode)
    assert error.value.errors[0].column == "mode"


def test_a_body_without_a_table_is_invalid() -> None:
    with pytest.raises(InvalidRequest) as error:
        understand_table(b"{}", "application/json", Settings())
    assert error.value.errors[0].column == "table"


def test_bad_cells_are_among_the_errors_and_their_rows_are_kept() -> None:
    table = understood("ra,dec,size\n1,2,x\n1,99,3\n4,5,6\n")
    assert [(error.row, error.column) for error in table.rows.errors] == [(1, "size"), (2, "dec")]
    assert len(table.rows.rows) == 3
    assert table.all_errors_known


def test_more_errors_than_are_kept_are_known_as_such() -> None:
    table = understood("ra,dec\n" + "1,99\n" * (MAX_ERRORS + 1))
    assert (len(table.rows.errors), table.all_errors_known) == (MAX_ERRORS, False)


def test_fields_of_a_batch_that_change_no_table_are_neither_checked_nor_noticed() -> None:
    others = {
        name: "?"
        for name in BatchRequestBody.model_fields
        if name not in (*FIELDS, "table", "table_base64", "first_row", "unknown_names")
    }
    assert understood("ra,dec\n1,2\n", **others).notices == ()
    assert understood("ra,dec\n1,2\n", format="csv", unheard=1).notices != ()


def test_a_table_of_too_many_rows_is_too_large() -> None:
    with pytest.raises(TooLarge):
        understand_table(upload_body(b"ra,dec\n1,2\n3,4\n"), MULTIPART, Settings(max_rows=1))


@pytest.mark.parametrize(("name", "words"), FORMATS.items())
def test_a_format_is_named_by_word_or_media_type(name: str, words: tuple[str, ...]) -> None:
    assert {parse_format(word.upper()) for word in words} == {name}


def test_an_unknown_format_is_invalid() -> None:
    with pytest.raises(InvalidValue):
        parse_format("fits")
    with pytest.raises(InvalidRequest) as error:
        understood("ra,dec\n1,2\n", format="fits")
    assert error.value.errors[0].column == "format"
