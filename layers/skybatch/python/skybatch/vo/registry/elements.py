"""XML elements as text: just what records are made of."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr


def element(name: str, content: str | Iterable[str] = "", **attributes: str) -> str:
    """Return an element with text, or with elements in it; ``__`` in the name of an attribute is ``:``."""
    inner = escape(content) if isinstance(content, str) else "\n" + "".join(content)
    given = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{name}{given}>{inner}</{name}>\n"


def optional(name: str, text: str) -> str:
    """Return an element with a text, nothing where it is empty."""
    return element(name, text) if text else ""
