"""Conditions of ``where`` as predicates over columns of images: parsed, type-checked, computed with numpy.

SQL's three-valued logic holds: a comparison with an unknown value is unknown, and an image for which the
whole condition is unknown does not match.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from lark import Token, Tree
from numpy.typing import NDArray

from skybatch.errors import MalformedRequest
from skybatch.vo.parameters import refused
from skybatch.vo.where.coded_text import CodedText
from skybatch.vo.where.grammar import parse
from skybatch.vo.where.three_valued import (
    Comparison,
    Computed,
    Kind,
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
# Steps a row, as measured.
_COLUMN, _TEXT_COLUMN = 3, 50
_COMPARISON = {False: 1, True: 30}  # of numbers, of texts
_LIKE = 900
# Bytes of a row, about: text is mostly kept as codes. A column of one value for all images is not read.
_NUMBER_BYTES, _TEXT_BYTES = 8, 2


@dataclass(frozen=True)
class Condition:
    """A whole condition."""

    term: Term

    @property
    def steps(self) -> int:
        """The work for one image, in operations on one number."""
        return self.term.steps

    def matches(
        self, values: Values, length: int, check_time: Callable[[], None] = lambda: None
    ) -> NDArray[np.bool_]:
        """Return for which of ``length`` images the condition is true, (length,).

        ``check_time`` is called again and again, and may raise to end an evaluation that takes too long.
        """
        with np.errstate(all="ignore"):
            found = self.term.compute(_ReadColumns(values, check_time))
            true = np.logical_and(found.values, np.logical_not(found.unknown))
        return np.array(np.broadcast_to(true, length))


class _ReadColumns(Mapping[str, Any]):
    """Columns as arrays, each made once in an evaluation; the time is checked whenever one is used."""

    def __init__(self, values: Values, check_time: Callable[[], None]) -> None:
        self._values, self._check_time = values, check_time
        self._arrays: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        self._check_time()
        if name not in self._arrays:
            values = self._values[name]
            self._arrays[name] = values if isinstance(values, CodedText) else np.asarray(values)
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def compile_condition(text: str, columns: Mapping[str, Kind], constants: Container[str] = ()) -> Condition:
    """Return the condition that a text writes over columns of these kinds; ``constants`` are not read.

    Raises MalformedRequest where it cannot be read, names an unknown column, or compares unlike kinds.
    """
    term = _Compiler(text, columns, constants).term(parse(text))
    if term.kind not in ("truth", "null"):
        raise refused("where", text, "must be a condition, such as filter='j'")
    return Condition(term)


@dataclass(frozen=True)
class _Compiler:
    """Turns syntax into terms and refuses those whose kinds do not fit."""

    text: str
    columns: Mapping[str, Kind]
    constants: Container[str] = ()

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
            read = 0 if name in self.constants else _TEXT_BYTES
            return Term("text", lambda values: Computed(values[name]), _TEXT_COLUMN, read)
        return Term(
            "number", lambda values: known(np.asarray(values[name], dtype=np.float64)), _COLUMN, _NUMBER_BYTES
        )

    def _sign(self, children: list[Any]) -> Term:
        inner = self._as("number", children[1])
        if children[0] == "+":
            return inner
        return Term(
            "number", lambda values: negative(inner.compute(values)), inner.steps + 1, inner.bytes_read
        )

    def _arithmetic(self, children: list[Any]) -> Term:
        first, *others = [self._as("number", child) for child in children[::2]]
        steps = [_ARITHMETIC[str(sign)] for sign in children[1::2]]
        return calculated(first, list(zip(steps, others, strict=True)))

    def _comparison(self, children: list[Any]) -> Term:
        return all_tests(*self._tests(children[0], [(str(children[1]), children[2])]))

    def _tests(self, subject: Any, comparisons: list[tuple[str, Any]]) -> tuple[Term, list[Test]]:
        """Return a subject and what it is compared with: signs, and syntax of the other sides."""
        left = self.term(subject)
        others = [(sign, self.term(node)) for sign, node in comparisons]
        return left, [(self._compared(left, sign, right), right) for sign, right in others]

    def _compared(self, left: Term, sign: str, right: Term) -> Comparison:
        kinds = {left.kind, right.kind} - {"null"}
        if len(kinds) > 1 or "truth" in kinds:
            raise self._refused("compares a number with a text; texts stand in single quotes")
        return Comparison(_COMPARE[sign], "null" in (left.kind, right.kind), _COMPARISON["text" in kinds])

    def _among(self, children: list[Any]) -> Term:
        return any_test(*self._tests(children[0], [("=", child) for child in children[1:]]))

    def _between(self, children: list[Any]) -> Term:
        return all_tests(*self._tests(children[0], [(">=", children[1]), ("<=", children[2])]))

    def _like(self, children: list[Any]) -> Term:
        subject = self._as("text", children[0])
        pattern = _pattern(_unquoted(children[1]))

        def fit(found: NDArray[Any]) -> NDArray[np.bool_]:
            texts = found.ravel().tolist()
            fits = {text: pattern.fullmatch(str(text)) is not None for text in set(texts)}
            return np.array([fits[text] for text in texts], bool).reshape(found.shape)

        def compute(values: Values) -> Computed:
            found = subject.compute(values).values
            return Computed(found.by_word(fit) if isinstance(found, CodedText) else fit(np.asarray(found)))

        return Term("truth", compute, subject.steps + _LIKE, subject.bytes_read)

    def _is_null(self, children: list[Any]) -> Term:
        subject = self.term(children[0])
        return Term(
            "truth",
            lambda values: Computed(np.asarray(subject.compute(values).unknown)),
            subject.steps + 1,
            subject.bytes_read,
        )

    def _truth(self, node: Tree[Token] | Token) -> Term:
        term = self.term(node)
        if term.kind not in ("truth", "null"):
            raise self._refused("joins by AND, OR or NOT what is no condition")
        return Term("truth", term.compute, term.steps, term.bytes_read)

    def _as(self, kind: Kind, node: Tree[Token] | Token) -> Term:
        term = self.term(node)
        if term.kind not in (kind, "null"):
            words = {"number": "calculates with", "text": "matches by LIKE", "truth": "", "null": ""}[kind]
            raise self._refused(f"{words} what is no {kind}")
        return Term(kind, term.compute, term.steps, term.bytes_read)

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
