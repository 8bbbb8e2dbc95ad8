"""Values that may be unknown, and SQL's three-valued logic over them, computed with numpy.

A comparison with an unknown value is unknown; AND and OR are decided by a known value where that is enough.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["number", "text", "truth", "null"]
# Column -> its values: (n,) numbers or texts, or one for all.
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Computed:
    """Values, and where they are unknown; arrays (n,) or one for all."""

    values: Any
    unknown: Any = False


@dataclass(frozen=True)
class Term:
    """A part of a condition: what kind of value it has, and how to compute it from columns."""

    kind: Kind
    compute: Callable[[Values], Computed]


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

    return Term("number", compute)


def negated(inner: Term) -> Term:
    """Apply NOT: what is unknown stays unknown."""

    def compute(values: Values) -> Computed:
        found = inner.compute(values)
        return Computed(np.logical_not(found.values), found.unknown)

    return Term("truth", compute)


def all_of(terms: list[Term]) -> Term:
    """Join by AND: false where one is certainly false, whatever is unknown of the others."""
    return _joined(terms, np.logical_and, False)


def any_of(terms: list[Term]) -> Term:
    """Join by OR: true where one is certainly true."""
    return _joined(terms, np.logical_or, True)


def _joined(terms: list[Term], join: Callable[[Any, Any], Any], decisive: bool) -> Term:
    """Join conditions; a known value of ``decisive`` decides for all of them."""

    def compute(values: Values) -> Computed:
        result = terms[0].compute(values)
        for term in terms[1:]:
            result = _pair(result, term.compute(values), join, decisive)
        return result

    return Term("truth", compute)


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
