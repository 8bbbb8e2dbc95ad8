"""Conditions of ``where`` as predicates over columns of images: parsed, type-checked, computed with numpy.

SQL's three-valued logic holds: a comparison with an unknown value is unknown, and an image for which the
whole condition is unknown does not match.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from lark import Token, Tree
from numpy.typing import NDArray

from skybatch.errors import MalformedRequest
from skybatch.vo.parameters import refused
from skybatch.vo.where.grammar import parse
from skybatch.vo.where.three_valued import (
    Computed,
    Kind,
    Term,
    Values,
    all_of,
    any_of,
    calculated,
    either_unknown,
    known,
    negated,
    negative,
)

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
            "not_in": lambda children: negated(self._among(children)),
            "between": lambda children: self._between(children),
            "not_between": lambda children: negated(self._between(children)),
            "like": lambda children: self._like(children),
            "not_like": lambda children: negated(self._like(children)),
            "is_null": lambda children: self._is_null(children),
            "not_null": lambda children: negated(self._is_null(children)),
            "not_": lambda children: negated(self._truth(children[0])),
            "conjunction": lambda children: all_of([self._truth(child) for child in children]),
            "disjunction": lambda children: any_of([self._truth(child) for child in children]),
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
        return Term("number", lambda values: known(np.asarray(values[name], dtype=np.float64)))

    def _sign(self, children: list[Any]) -> Term:
        inner = self._as("number", children[1])
        if children[0] == "+":
            return inner
        return Term("number", lambda values: negative(inner.compute(values)))

    def _arithmetic(self, children: list[Any]) -> Term:
        first, *others = [self._as("number", child) for child in children[::2]]
        steps = [_ARITHMETIC[str(sign)] for sign in children[1::2]]
        return calculated(first, list(zip(steps, others, strict=True)))

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
            return Computed(compare(a.values, b.values), either_unknown(a.unknown, b.unknown))

        return Term("truth", compute)

    def _among(self, children: list[Any]) -> Term:
        subject = self.term(children[0])
        return any_of([self._compared(subject, "=", self.term(child)) for child in children[1:]])

    def _between(self, children: list[Any]) -> Term:
        subject, low, high = (self.term(child) for child in children)
        return all_of([self._compared(subject, ">=", low), self._compared(subject, "<=", high)])

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
