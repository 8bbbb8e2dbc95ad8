"""Bytes of text are decoded, and lines are bounded."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidRequest
from skybatch.tables.readers.model import Bounds
from skybatch.tables.readers.text import check_line, decode, is_content, lines_of

BOUNDS = Bounds(rows=1, marked_rows=1, inflated_bytes=1, lines=3, line_characters=5)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded_with_plain_line_ends(encoding: str) -> None:
    assert decode("é,ü\r\n1,2\r3".encode(encoding)) == "é,ü\n1,2\n3"


def test_bytes_that_no_text_holds_are_refused() -> None:
    with pytest.raises(InvalidRequest):
        decode(b"ra,dec\n1,2\n\x00")


def test_lines_and_their_lengths_are_bounded() -> None:
    assert lines_of("a\nb\n\n", BOUNDS) == ["a", "b", "", ""]
    with pytest.raises(InvalidRequest):
        lines_of("\n" * 4, BOUNDS)
    with pytest.raises(InvalidRequest) as caught:
        lines_of("short\nlonger", BOUNDS)
    assert caught.value.errors[0].line == 2
    check_line("short", 1, BOUNDS)


def test_comments_and_blank_lines_are_no_content() -> None:
    assert [is_content(line) for line in ("ra", " # ra", "  ", "")] == [True, False, False, False]
