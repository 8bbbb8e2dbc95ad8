"""Other people's text made safe to show: one line, visible characters only, bounded in length."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

LABEL_SHOWN = 200
"""Characters of a label that are shown; requests refuse longer ones, pages do not rely on it."""

_JOINERS = "\u200d"  # joins emoji; every other format character (bidi overrides, soft hyphens) goes


def plain(text: object, limit: int = LABEL_SHOWN) -> str:
    """One line of visible characters, at most `limit` of them, the last an ellipsis where cut.

    Control and format characters, line and paragraph separators and lone surrogates go (Unicode
    categories C* and Zl, Zp); runs of white space become one blank. Markup is left for the template to
    escape.
    """
    cut = str(text)[: 4 * limit]
    kept = "".join(c if _visible(c) else " " for c in cut)
    line = " ".join(kept.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _visible(character: str) -> bool:
    category = unicodedata.category(character)
    return character in _JOINERS or not (category[0] == "C" or category in ("Zl", "Zp"))


def join_words(words: Sequence[str], last: str = "and") -> str:
    """Join words as in a sentence: ``J``, ``J and H``, ``J, H and Ks``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
