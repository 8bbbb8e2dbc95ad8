"""The grammar of conditions: precedence, words in any case, and where an error stands."""

from __future__ import annotations

import pytest
from lark import Token, Tree

from skybatch.errors import MalformedRequest
from skybatch.vo.where.grammar import MAX_CHARACTERS, MAX_DEPTH, parse


def shape(node: Tree[Token] | Token | str) -> object:
    """A tree as nested lists of rule names and texts."""
    if isinstance(node, Tree):
        return [str(node.data), *(shape(child) for child in node.children)]
    return str(node)


@pytest.mark.parametrize(
    ("loose", "grouped"),
    [
        ("a = 1 or b = 2 and c = 3", "a = 1 or (b = 2 and c = 3)"),
        ("not a = 1 and b = 2", "(not a = 1) and b = 2"),
        ("a + b * c = 1", "a + (b * c) = 1"),
        ("- a * b = 1", "(- a) * b = 1"),
        ("a between 1 and 2 and b = 3", "(a between 1 and 2) and b = 3"),
    ],
)
def test_operators_bind_as_in_sql(loose: str, grouped: str) -> None:
    assert shape(parse(loose)) == shape(parse(grouped))


def test_words_are_read_in_any_case() -> None:
    assert shape(parse("a IS not NULL AND b In (1, 2)")) == shape(parse("a is not null and b in (1,2)"))


def test_a_name_may_begin_with_a_keyword() -> None:
    assert shape(parse("android = 1")) == ["compare", ["name", "android"], "=", ["number", "1"]]


@pytest.mark.parametrize(("text", "place"), [("a = = 1", "5"), ("a = 1 )", "7"), ("a ; b", "3")])
def test_an_error_names_the_character_where_reading_stopped(text: str, place: str) -> None:
    with pytest.raises(MalformedRequest, match=f"character {place} "):
        parse(text)


@pytest.mark.parametrize(
    "text", ["1=1 " + " " * MAX_CHARACTERS, "(" * (MAX_DEPTH + 1) + "1=1" + ")" * (MAX_DEPTH + 1)]
)
def test_length_and_nesting_are_bounded(text: str) -> None:
    with pytest.raises(MalformedRequest, match="at most"):
        parse(text)
