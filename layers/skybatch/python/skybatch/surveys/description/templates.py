"""Templates of keys, titles and file names: from the parts of an identity to a text, and back.

``{date}`` is a part, ``{scan:03d}`` one with a format, ``{coadd_id[0:2]}`` characters of one,
``{band.token}`` a part of a thing. Braces have no other use.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_USE = re.compile(
    r"\{(?P<name>[a-z_][a-z0-9_]*(?:\.[a-z_]+)?)"
    r"(?:\[(?P<start>[0-9]*):(?P<stop>[0-9]*)\])?(?::(?P<format>0?[0-9]*[ds]?))?\}"
)
# One character class or character, and how often: no repetition without bound, no group, no choice.
_ATOM = r"(?:\[[^\]\[\\^]+\]|\\[dw.+]|[A-Za-z0-9_-])"
_MATCH = re.compile(rf"(?:{_ATOM}(?:\{{[0-9]{{1,2}}(?:,[0-9]{{1,2}})?\}})?)+")


@dataclass(frozen=True)
class Use:
    """One use of a part in a template; ``start`` and ``stop`` where only some characters of it are used."""

    name: str
    format: str
    start: int | None
    stop: int | None

    @property
    def whole(self) -> bool:
        """Whether all of the part is used."""
        return self.start is None and self.stop is None


@dataclass(frozen=True)
class _Parsed:
    """What a template consists of; ``write`` puts values between the texts."""

    uses: tuple[Use, ...]
    texts: tuple[str, ...]
    names: frozenset[str]
    write: Callable[..., str]


@lru_cache(maxsize=1000)
def _parsed(text: str) -> _Parsed:
    """Parse a template, once a text: some are used for each of 100,000 images."""
    found = list(_USE.finditer(text))
    uses = tuple(
        Use(use["name"], use["format"] or "", _number(use["start"]), _number(use["stop"])) for use in found
    )
    ends, starts = [0, *(use.end() for use in found)], [*(use.start() for use in found), len(text)]
    texts = tuple(text[end:start] for end, start in zip(ends, starts, strict=True))
    marks = [f"{{:{use.format}}}" if use.format and use.whole else "{}" for use in uses]
    write = "".join(before + mark for before, mark in zip(texts, [*marks, ""], strict=True)).format
    return _Parsed(uses, texts, frozenset(use.name for use in uses), write)


@dataclass(frozen=True)
class Template:
    """A template: ``texts`` stand before, between and after ``uses``.

    Raises
    ------
    ValueError
        For a text whose braces hold something else than a part.
    """

    text: str

    def __post_init__(self) -> None:
        rest = _USE.sub("", self.text)
        if "{" in rest or "}" in rest:
            raise ValueError(
                f"has braces without a part, such as {{name}}, {{name:03d}}, {{name[0:2]}}: {rest}"
            )

    @property
    def uses(self) -> tuple[Use, ...]:
        """The parts in their order."""
        return _parsed(self.text).uses

    @property
    def texts(self) -> tuple[str, ...]:
        """What stands before, between and after the parts."""
        return _parsed(self.text).texts

    @property
    def names(self) -> frozenset[str]:
        """Names of the parts."""
        return _parsed(self.text).names

    def format(self, values: Mapping[str, object] | Callable[[str], object]) -> str:
        """Return the text for these values of the parts. Raises KeyError for a part without a value."""
        value_of = values if callable(values) else values.__getitem__
        parsed = _parsed(self.text)
        return parsed.write(*(_part(use, value_of(use.name)) for use in parsed.uses))

    def pattern(self, matches: Mapping[str, str]) -> str:
        """Return a regular expression with a group for the first whole use of each part.

        ``matches`` has the pattern of each part's text. Slices and repeated parts match what they may be;
        whoever parses must write the parts found again and compare.
        """
        seen: set[str] = set()
        pattern = re.escape(self.texts[0])
        for use, text in zip(self.uses, self.texts[1:], strict=True):
            pattern += _group(use, matches[use.name], seen) + re.escape(text)
        return pattern


def is_pattern(text: str) -> bool:
    """Tell whether a text is a pattern of character classes and characters with counts, nothing else."""
    if not _MATCH.fullmatch(text):
        return False
    try:
        re.compile(text)
    except re.error:
        return False
    return True


def _group(use: Use, match: str, seen: set[str]) -> str:
    if not use.whole:
        length = "" if use.stop is None else str(use.stop - (use.start or 0))
        return f"[^/]{{{length}}}" if length else "[^/]*"
    if use.name in seen:
        return f"(?:{match})"
    seen.add(use.name)
    return f"(?P<{use.name.replace('.', '__')}>{match})"


def _part(use: Use, value: object) -> object:
    return value if use.whole else str(value)[use.start : use.stop]


def _number(text: str | None) -> int | None:
    return int(text) if text else None
