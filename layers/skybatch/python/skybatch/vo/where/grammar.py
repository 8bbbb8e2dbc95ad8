"""The grammar of ``where``: a restricted SQL expression over the columns of a table.

``AND OR NOT``, comparison, ``IN``, ``BETWEEN``, ``LIKE``, ``IS NULL``, arithmetic and literals; neither
function calls nor sub-queries. Words are read in any case. What the parser yields is a tree of our own
nodes; no text of it is evaluated.
"""

from __future__ import annotations

from functools import lru_cache

from lark import Lark, Token, Tree, UnexpectedInput, UnexpectedToken

from skybatch.vo.parameters import refused

MAX_CHARACTERS = 4000
MAX_DEPTH = 40

_GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: _NOT negation -> not_
    | comparison
?comparison: sum
    | sum COMPARE sum -> compare
    | sum _IN "(" sum ("," sum)* ")" -> in_
    | sum _NOT _IN "(" sum ("," sum)* ")" -> not_in
    | sum _BETWEEN sum _AND sum -> between
    | sum _NOT _BETWEEN sum _AND sum -> not_between
    | sum _LIKE STRING -> like
    | sum _NOT _LIKE STRING -> not_like
    | sum _IS _NULL -> is_null
    | sum _IS _NOT _NULL -> not_null
?sum: product (ADD product)*
?product: signed (MULTIPLY signed)*
?signed: ADD signed -> sign
    | atom
?atom: NUMBER -> number
    | STRING -> string
    | NAME -> name
    | _NULL -> null
    | "(" disjunction ")"

_AND.2: /and\b/i
_OR.2: /or\b/i
_NOT.2: /not\b/i
_IN.2: /in\b/i
_BETWEEN.2: /between\b/i
_LIKE.2: /like\b/i
_IS.2: /is\b/i
_NULL.2: /null\b/i
COMPARE: "<=" | ">=" | "<>" | "!=" | "==" | "=" | "<" | ">"
ADD: "+" | "-"
MULTIPLY: "*" | "/" | "%"
NUMBER: /(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?(?![\w.])/i
STRING: /'(''|[^'\x00-\x1f])*'/
NAME: /[a-z_]\w*/i
%ignore /[ \t\r\n]+/
"""


def parse(text: str) -> Tree[Token]:
    """Return the syntax tree of a condition. Raises MalformedRequest, which says where it cannot be read."""
    if len(text) > MAX_CHARACTERS:
        raise refused("where", text, f"may have {MAX_CHARACTERS:,} characters at most")
    if _depth(text) > MAX_DEPTH:
        raise refused("where", text, f"may be nested {MAX_DEPTH} deep at most")
    try:
        tree = _parser().parse(text)
    except UnexpectedInput as error:
        raise refused("where", text, _syntax_error(text, error)) from None
    return tree if isinstance(tree, Tree) else Tree("name", [tree])


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False, regex=False)


def _depth(text: str) -> int:
    """Return an upper bound of the nesting: brackets, and words and signs that stand before a term."""
    deepest = depth = 0
    for character in text:
        depth += {"(": 1, ")": -1}.get(character, 0)
        deepest = max(deepest, depth)
    words = text.lower().replace("(", " ").split()
    return deepest + _longest_run(words, {"not"}) + _longest_run(list("".join(text.split())), {"+", "-"})


def _longest_run(items: list[str], of: set[str]) -> int:
    longest = run = 0
    for item in items:
        run = run + 1 if item in of else 0
        longest = max(longest, run)
    return longest


def _syntax_error(text: str, error: UnexpectedInput) -> str:
    at = error.pos_in_stream
    ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if ended or at is None:
        return "cannot be read: it ends too early"
    return f"cannot be read from character {at + 1} on: {text[at : at + 20]!r}"
