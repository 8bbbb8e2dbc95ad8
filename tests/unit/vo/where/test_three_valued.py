"""SQL's three-valued logic, held against SQLite's for every pair of values."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from itertools import product

import numpy as np
import pytest

from skybatch.vo.where.three_valued import (
    Comparison,
    Computed,
    Term,
    Test,
    Values,
    all_of,
    all_tests,
    any_of,
    any_test,
    calculated,
    known,
    negated,
)

TRUTHS = (True, False, None)


def term(values: list[bool | None]) -> Term:
    """A condition with these values, None where unknown."""
    computed = Computed(np.array([bool(v) for v in values]), np.array([v is None for v in values]))
    return Term("truth", lambda _: computed)


def number(value: float) -> Term:
    """A number that is the same for all."""
    return Term("number", lambda _: known(np.array(value)))


def truths(found: Term) -> list[bool | None]:
    computed = found.compute({})
    pairs = zip(
        computed.values.tolist(), np.broadcast_to(computed.unknown, computed.values.shape), strict=True
    )
    return [None if unknown else bool(value) for value, unknown in pairs]


@pytest.mark.parametrize(("word", "join"), [("AND", all_of), ("OR", any_of)])
def test_conditions_join_as_in_sqlite(word: str, join: Callable[[list[Term]], Term]) -> None:
    triples = list(product(TRUTHS, repeat=3))
    database = sqlite3.connect(":memory:")
    expected = [database.execute(f"SELECT ? {word} ? {word} ?", triple).fetchone()[0] for triple in triples]
    columns = [term(list(column)) for column in zip(*triples, strict=True)]
    found = truths(join(columns))
    assert found == [None if value is None else bool(value) for value in expected]


def test_not_of_the_unknown_is_unknown() -> None:
    assert truths(negated(term(list(TRUTHS)))) == [False, True, None]


def test_what_is_not_finite_is_unknown() -> None:
    assert np.asarray(known(np.array([1.0, np.nan, np.inf])).unknown).tolist() == [False, True, True]
    assert known(np.array([1.0])).unknown is False


def test_a_calculation_is_unknown_where_a_part_is() -> None:
    first = Term("number", lambda _: known(np.array([1.0, np.nan, 3.0])))
    second = Term("number", lambda _: known(np.array([0.0, 1.0, 2.0])))
    with np.errstate(all="ignore"):
        found = calculated(first, [(np.divide, second)]).compute({})
    assert np.asarray(found.unknown).tolist() == [True, True, False]
    assert found.values[2] == 1.5


@pytest.mark.parametrize(
    ("join", "expected"), [(any_test, [True, True, None]), (all_tests, [False, False, None])]
)
def test_tests_of_one_subject_join_as_conditions_do(
    join: Callable[[Term, list[Test]], Term], expected: list[bool | None]
) -> None:
    subject = Term("number", lambda _: known(np.array([1.0, 2.0, np.nan])))
    equal = Comparison(np.equal, with_null=False, steps=1)
    others = [number(value) for value in (1.0, 2.0)]
    assert truths(join(subject, [(equal, other) for other in others])) == expected


def test_what_is_compared_with_null_is_unknown() -> None:
    null = Comparison(np.equal, with_null=True, steps=1)
    assert null(Computed(np.array([1.0])), Computed(0.0, True)).unknown is True


def test_terms_that_read_least_come_first_and_the_rest_only_where_something_is_open() -> None:
    read: list[str] = []

    def column(name: str, flags: list[bool], size: int) -> Term:
        def compute(values: Values) -> Computed:
            read.append(name)
            return Computed(np.array(flags))

        return Term("truth", compute, 1, size)

    wide, narrow = column("wide", [True, True], 8), column("narrow", [False, False], 2)
    for join, other, expected in ((all_of, narrow, [False, False]), (any_of, negated(narrow), [True, True])):
        read.clear()
        assert join([wide, other]).compute({}).values.tolist() == expected
        assert read == ["narrow"]
    read.clear()
    assert all_of([wide, column("open", [False, True], 4)]).compute({}).values.tolist() == [False, True]
    assert read == ["open", "wide"]
    assert all_of([wide, narrow]).bytes_read == 10
