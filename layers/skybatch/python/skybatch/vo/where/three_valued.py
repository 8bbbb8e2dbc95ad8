"""Values that may be unknown, and SQL's three-valued logic over them, computed with numpy.

A comparison with an unknown value is unknown; AND and OR are decided by a known value where that is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Literal

import numpy as np

Kind = Literal["number", "text", "truth", "null"]
# Column -> its values: (n,) numbers or texts, or one for all.
Values = Mapping[str, Any]
# Steps a row, as measured.
_CALCULATION = 6  # the remainder takes more, the others less
_JOIN = 2


@dataclass(frozen=True)
class Computed:
    """Values, and where they are unknown; arrays (n,) or one for all."""

    values: Any
    unknown: Any = False


@dataclass(frozen=True)
class Term:
    """A part of a condition: what kind of value it has, and how to compute it from columns.

    ``steps`` is the work for one row, in operations on one number, ``bytes_read`` how much of a row's columns
    is read.
    """

    kind: Kind
    compute: Callable[[Values], Computed]
    steps: int = 1
    bytes_read: int = 0


@dataclass(frozen=True)
class Comparison:
    """A comparison of two computed values; with NULL its result is unknown."""

    compare: Callable[[Any, Any], Any]
    with_null: bool
    steps: int

    def __call__(self, a: Computed, b: Computed) -> Computed:
        """Return where it holds."""
        if self.with_null:
            return Computed(False, True)
        return Computed(self.compare(a.values, b.values), either_unknown(a.unknown, b.unknown))


Test = tuple[Comparison, Term]  # how the subject is compared, and with what


def known(values: Any) -> Computed:
    """Mark as unknown what is not finite: NULL, or a division by zero and what comes of it."""
    finite = np.isfinite(values)
    return Computed(values, False if finite.all() else ~finite)


def negative(inner: Computed) -> Computed:
    """Return the values with the opposite sign."""
    return Computed(np.negative(inner.values), inner.unknown)


def either_unknown(first: Any, second: Any) -> Any:
    """Return where one of the two is unknown; nowhere is the usual case, and costs nothing."""
    if first is False:
        return second
    return first if second is False else np.logical_or(first, second)


def calculated(first: Term, steps: list[tuple[Callable[[Any, Any], Any], Term]]) -> Term:
    """Apply functions of two values one after another, each to the result so far and a further term."""

    def compute(values: Values) -> Computed:
        result = first.compute(values)
        for function, term in steps:
            other = term.compute(values)
            made = known(np.asarray(function(result.values, other.values)))
            result = Computed(
                made.values, either_unknown(made.unknown, either_unknown(result.unknown, other.unknown))
            )
        return result

    work = first.steps + sum(term.steps + _CALCULATION for _, term in steps)
    return Term("number", compute, work, first.bytes_read + sum(term.bytes_read for _, term in steps))


def negated(inner: Term) -> Term:
    """Apply NOT: what is unknown stays unknown."""

    def compute(values: Values) -> Computed:
        found = inner.compute(values)
        return Computed(np.logical_not(found.values), found.unknown)

    return Term("truth", compute, inner.steps + 1, inner.bytes_read)


def all_of(terms: list[Term]) -> Term:
    """Join by AND: false where one is certainly false, whatever is unknown of the others."""
    return _joined(terms, np.logical_and, False)


def any_of(terms: list[Term]) -> Term:
    """Join by OR: true where one is certainly true."""
    return _joined(terms, np.logical_or, True)


def _joined(terms: list[Term], join: Callable[[Any, Any], Any], decisive: bool) -> Term:
    """Join conditions; a known value of ``decisive`` decides for all of them.

    Those that read least come first, and once all rows are decided no other is computed.
    """
    ordered = sorted(terms, key=lambda term: term.bytes_read)

    def compute(values: Values) -> Computed:
        joined = ordered[0].compute(values)
        for term in ordered[1:]:
            if np.all(_certainly(joined, decisive)):
                break
            joined = _pair(joined, term.compute(values), join, decisive)
        return joined

    work = sum(term.steps + _JOIN for term in terms)
    return Term("truth", compute, work, sum(term.bytes_read for term in terms))


def any_test(subject: Term, tests: Sequence[Test]) -> Term:
    """Join tests of one subject by OR; the subject is computed once for all of them."""
    return _tested(subject, tests, np.logical_or, True)


def all_tests(subject: Term, tests: Sequence[Test]) -> Term:
    """Join tests of one subject by AND; the subject is computed once for all of them."""
    return _tested(subject, tests, np.logical_and, False)


def _tested(subject: Term, tests: Sequence[Test], join: Callable[[Any, Any], Any], decisive: bool) -> Term:
    def compute(values: Values) -> Computed:
        value = subject.compute(values)
        computed = (compare(value, other.compute(values)) for compare, other in tests)
        return reduce(lambda a, b: _pair(a, b, join, decisive), computed)

    steps = sum(other.steps + compare.steps + _JOIN for compare, other in tests)
    read = subject.bytes_read + sum(other.bytes_read for _, other in tests)
    return Term("truth", compute, subject.steps + steps, read)


def _pair(a: Computed, b: Computed, join: Callable[[Any, Any], Any], decisive: bool) -> Computed:
    if a.unknown is False and b.unknown is False:
        return Computed(join(a.values, b.values))
    sure = np.logical_or(_certainly(a, decisive), _certainly(b, decisive))
    unknown = np.logical_and(either_unknown(a.unknown, b.unknown), np.logical_not(sure))
    # Where one side decides, the other's meaningless value must not.
    return Computed(np.where(sure, decisive, join(a.values, b.values)), unknown)


def _certainly(found: Computed, value: bool) -> Any:
    is_so = found.values if value else np.logical_not(found.values)
    return np.logical_and(is_so, np.logical_not(found.unknown))
