"""Conditions of ``where`` as predicates over columns of images: parsed, type-checked, computed with numpy.

SQL's three-valued logic holds: a comparison with an unknown value is unknown, and an image for which the
whole condition is unknown does not match.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from lark import Token, Tree
from numpy.typing import NDArray

from skybatch.errors import MalformedRequest
from skybatch.vo.parameters import refused
from skybatch.vo.where.grammar import parse

Kind = Literal["number", "text", "truth", "null"]
# Column -> its values: (n,) numbers or texts, or one for all.
Values = Mapping[str, Any]

_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "==": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


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


@dataclass(frozen=True)
class Condition:
    """A whole condition."""

    term: Term

    def matches(self, values: Values, length: int) -> NDArray[np.bool_]:
        """Return for which of ``length`` images the condition is true, (length,)."""
        with np.errstate(all="ignore"):
            found = self.term.compute(values)
            true = np.logical_and(found.values, np.logical_not(found.unknown))
        return np.array(np.broadcast_to(true, length))


def compile_condition(text: str, columns: Mapping[str, Kind]) -> Condition:
    """Return the condition that a text writes over columns of these kinds.

    Raises MalformedRequest where it cannot be read, names an unknown column, or compares unlike kinds.
    """
    term = _Compiler(text, columns).term(parse(text))
    if term.kind not in ("truth", "null"):
        raise refused("where", text, "must be a condition, such as filter='j'")
    return Condition(term)


@dataclass(frozen=True)
class _Compiler:
    """Turns syntax into terms and refuses those whose kinds do not fit."""

    text: str
    columns: Mapping[str, Kind]

    def term(self, node: Tree[Token] | Token) -> Term:
        if not isinstance(node, Tree):
            raise self._refused("cannot be read")
        meanings: dict[str, Callable[[list[Any]], Term]] = {
            "number": self._number,
            "string": self._string,
            "name": self._name,
            "null": lambda _: Term("null", lambda _: Computed(0.0, True)),
            "sign": self._sign,
            "sum": self._arithmetic,
            "product": self._arithmetic,
            "compare": self._comparison,
            "in_": lambda children: self._among(children),
            "not_in": lambda children: _negated(self._among(children)),
            "between": lambda children: self._between(children),
            "not_between": lambda children: _negated(self._between(children)),
            "like": lambda children: self._like(children),
            "not_like": lambda children: _negated(self._like(children)),
            "is_null": lambda children: self._is_null(children),
            "not_null": lambda children: _negated(self._is_null(children)),
            "not_": lambda children: _negated(self._truth(children[0])),
            "conjunction": lambda children: _all([self._truth(child) for child in children]),
            "disjunction": lambda children: _any([self._truth(child) for child in children]),
        }
        return meanings[str(node.data)](node.children)

    def _number(self, children: list[Any]) -> Term:
        value = float(children[0])
        return Term("number", lambda _: Computed(value, not np.isfinite(value)))

    def _string(self, children: list[Any]) -> Term:
        value = np.asarray(_unquoted(children[0]))
        return Term("text", lambda _: Computed(value))

    def _name(self, children: list[Any]) -> Term:
        name = str(children[0]).lower()
        kind = self.columns.get(name)
        if kind is None:
            raise self._refused(f"there is no column {name[:40]}; columns are {', '.join(self.columns)}")
        if kind == "text":
            return Term("text", lambda values: Computed(np.asarray(values[name])))
        return Term("number", lambda values: _known(np.asarray(values[name], dtype=np.float64)))

    def _sign(self, children: list[Any]) -> Term:
        inner = self._as("number", children[1])
        if children[0] == "+":
            return inner
        return Term("number", lambda values: _negative(inner.compute(values)))

    def _arithmetic(self, children: list[Any]) -> Term:
        first, *others = [self._as("number", child) for child in children[::2]]
        steps = [_ARITHMETIC[str(sign)] for sign in children[1::2]]
        return _calculated(first, list(zip(steps, others, strict=True)))

    def _comparison(self, children: list[Any]) -> Term:
        return self._compared(self.term(children[0]), str(children[1]), self.term(children[2]))

    def _compared(self, left: Term, sign: str, right: Term) -> Term:
        kinds = {left.kind, right.kind} - {"null"}
        if len(kinds) > 1 or "truth" in kinds:
            raise self._refused("compares a number with a text; texts stand in single quotes")
        compare = _COMPARE[sign]

        def compute(values: Values) -> Computed:
            a, b = left.compute(values), right.compute(values)
            if "null" in (left.kind, right.kind):
                return Computed(False, True)
            return Computed(compare(a.values, b.values), _either(a.unknown, b.unknown))

        return Term("truth", compute)

    def _among(self, children: list[Any]) -> Term:
        subject = self.term(children[0])
        return _any([self._compared(subject, "=", self.term(child)) for child in children[1:]])

    def _between(self, children: list[Any]) -> Term:
        subject, low, high = (self.term(child) for child in children)
        return _all([self._compared(subject, ">=", low), self._compared(subject, "<=", high)])

    def _like(self, children: list[Any]) -> Term:
        subject = self._as("text", children[0])
        pattern = _pattern(_unquoted(children[1]))

        def compute(values: Values) -> Computed:
            texts, places = np.unique(subject.compute(values).values, return_inverse=True)
            fits = np.array([pattern.fullmatch(text) is not None for text in texts.tolist()])
            return Computed(fits[places])

        return Term("truth", compute)

    def _is_null(self, children: list[Any]) -> Term:
        subject = self.term(children[0])
        return Term("truth", lambda values: Computed(np.asarray(subject.compute(values).unknown)))

    def _truth(self, node: Tree[Token] | Token) -> Term:
        term = self.term(node)
        if term.kind not in ("truth", "null"):
            raise self._refused("joins by AND, OR or NOT what is no condition")
        return Term("truth", term.compute)

    def _as(self, kind: Kind, node: Tree[Token] | Token) -> Term:
        term = self.term(node)
        if term.kind not in (kind, "null"):
            words = {"number": "calculates with", "text": "matches by LIKE", "truth": "", "null": ""}[kind]
            raise self._refused(f"{words} what is no {kind}")
        return Term(kind, term.compute)

    def _refused(self, rule: str) -> MalformedRequest:
        return refused("where", self.text, rule)


def _known(values: Any) -> Computed:
    """Mark as unknown what is not finite: NULL, or a division by zero and what comes of it."""
    finite = np.isfinite(values)
    return Computed(values, False if finite.all() else ~finite)


def _negative(inner: Computed) -> Computed:
    return Computed(np.negative(inner.values), inner.unknown)


def _either(first: Any, second: Any) -> Any:
    """Return where one of the two is unknown; nowhere is the usual case, and costs nothing."""
    if first is False:
        return second
    return first if second is False else np.logical_or(first, second)


def _calculated(first: Term, steps: list[tuple[Callable[[Any, Any], Any], Term]]) -> Term:
    def compute(values: Values) -> Computed:
        result = first.compute(values)
        for function, term in steps:
            other = term.compute(values)
            made = _known(np.asarray(function(result.values, other.values)))
            result = Computed(made.values, _either(made.unknown, _either(result.unknown, other.unknown)))
        return result

    return Term("number", compute)


def _negated(inner: Term) -> Term:
    def compute(values: Values) -> Computed:
        found = inner.compute(values)
        return Computed(np.logical_not(found.values), found.unknown)

    return Term("truth", compute)


def _all(terms: list[Term]) -> Term:
    """Join by AND: false where one is certainly false, whatever is unknown of the others."""
    return _joined(terms, np.logical_and, False)


def _any(terms: list[Term]) -> Term:
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
    unknown = np.logical_and(_either(a.unknown, b.unknown), np.logical_not(sure))
    # Where one side decides, the other's meaningless value must not.
    return Computed(np.where(sure, decisive, join(a.values, b.values)), unknown)


def _certainly(found: Computed, value: bool) -> Any:
    is_so = found.values if value else np.logical_not(found.values)
    return np.logical_and(is_so, np.logical_not(found.unknown))


def _unquoted(token: Token) -> str:
    return str(token)[1:-1].replace("''", "'")


def _pattern(like: str) -> re.Pattern[str]:
    """Translate LIKE: ``%`` any text, ``_`` any character.

    Each part matches at its first place, without backtracking: no pattern takes exponential time.
    """
    first, *others = [
        "".join("." if character == "_" else re.escape(character) for character in part)
        for part in re.sub("%+", "%", like).split("%")
    ]
    if not others:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{middle}.*{others[-1]}", re.DOTALL)
