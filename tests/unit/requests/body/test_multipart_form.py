"""The parts of a form, within bounds that hold before memory is taken."""

from __future__ import annotations

import tracemalloc

import pytest

from skybatch.errors import MalformedRequest
from skybatch.requests.body.multipart_form import MAX_PARTS, FormPart, read_form


def form(*parts: str, end: str = "--b--\r\n") -> bytes:
    return ("".join(f"--b\r\n{part}\r\n" for part in parts) + end).encode()


def field(name: str, value: str, *more: str) -> str:
    headers = "\r\n".join([f'Content-Disposition: form-data; name="{name}"', *more])
    return f"{headers}\r\n\r\n{value}"


def test_parts_come_in_order_with_names_data_and_file_names() -> None:
    file = 'Content-Disposition: form-data; name="table"; filename="ä.tbl"\r\n\r\nra,dec\r\n1,2'
    assert read_form(form(field("mode", "positions"), file, field("mode", "")), "b") == [
        FormPart("mode", b"positions"),
        FormPart("table", b"ra,dec\r\n1,2", "ä.tbl"),
        FormPart("mode", b""),
    ]


def test_as_many_parts_as_allowed_are_read_and_one_more_is_refused() -> None:
    parts = [field(f"f{i}", "x") for i in range(MAX_PARTS)]
    assert len(read_form(form(*parts), "b")) == MAX_PARTS
    with pytest.raises(MalformedRequest):
        read_form(form(*parts, field("more", "x")), "b")


def test_many_small_parts_are_refused_before_they_take_memory() -> None:
    body = form(*[field("f", "")] * 80_000)
    tracemalloc.start()
    try:
        with pytest.raises(MalformedRequest):
            read_form(body, "b")
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    "headers",
    [
        "\r\n".join(["X: y"] * 1000),
        "X: " + "y" * 100_000,
        "X" * 100_000 + ": y",
    ],
)
def test_headers_of_a_part_are_bounded(headers: str) -> None:
    with pytest.raises(MalformedRequest):
        read_form(form(field("mode", "region", headers)), "b")


def test_a_large_file_stays_in_memory_and_whole() -> None:
    file = 'Content-Disposition: form-data; name="table"; filename="t"\r\n\r\n' + "x" * 3_000_000
    (part,) = read_form(form(file), "b")
    assert len(part.data) == 3_000_000


@pytest.mark.parametrize(
    ("body", "boundary"),
    [
        (form(field("mode", "region")), ""),
        (form(field("mode", "region")), "ü"),
        (form(field("mode", "region")), "b" * 500),
        (form(field("mode", "region")), "other"),
        (form(field("mode", "region"), end=""), "b"),
        (form(field("", "region")), "b"),
        (form("Content-Type: a/b\r\n\r\nx"), "b"),
        (form("\r\nx"), "b"),
        (form(field("mode", "!!!", "Content-Transfer-Encoding: base64")), "b"),
        (b"", "b"),
    ],
)
def test_a_form_that_cannot_be_taken_apart_is_malformed(body: bytes, boundary: str) -> None:
    with pytest.raises(MalformedRequest):
        read_form(body, boundary)
