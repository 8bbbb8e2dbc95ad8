"""Text kept as codes compares as the same text written out."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from skybatch.vo.where.coded_text import CodedText, distinct

WORDS = np.array(["", "970607", "990101", "n"])
CODES = np.random.default_rng(1).integers(0, 4, 200).astype(np.uint8)
PLAIN = WORDS[CODES]
COMPARISONS = [operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("compare", COMPARISONS)
def test_comparisons_are_those_of_the_text(compare: Callable[[Any, Any], Any]) -> None:
    coded = CodedText(CODES, WORDS)
    others: list[Any] = [np.asarray("990101"), np.asarray("o"), np.roll(PLAIN, 1), coded]
    for other in others:
        plain = PLAIN if other is coded else other
        np.testing.assert_array_equal(compare(coded, other), compare(PLAIN, plain))
        np.testing.assert_array_equal(compare(other, coded), compare(plain, PLAIN))


def test_it_is_an_array_where_one_is_needed() -> None:
    assert np.array_equal(np.asarray(CodedText(CODES, WORDS)), PLAIN)
    assert np.array_equal(CodedText(CODES, WORDS).by_word(lambda words: words == "n"), PLAIN == "n")


def test_distinct_rows_are_numbered() -> None:
    rng = np.random.default_rng(2)
    columns = [rng.integers(0, 5, 300), np.array(["a", "b"])[rng.integers(0, 2, 300)]]
    codes, first = distinct(columns)
    assert len(first) == len(set(zip(columns[0].tolist(), columns[1].tolist(), strict=True)))
    for column in columns:
        np.testing.assert_array_equal(column[first][codes], column)
