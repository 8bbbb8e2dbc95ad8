"""Pages of tables in plain HTML, which programs read as well as people."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias

# A text, or the words and the address of a link.
Cell: TypeAlias = str | tuple[str, str]
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "td,th{padding:.1rem 1rem .1rem 0;text-align:left}"
)


def document(title: str, body: str) -> str:
    """Return a page; its title, which is text, stands above the HTML of its body."""
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body>\n<h1>{escape(title)}</h1>\n{body}</body></html>\n"
    )


def table(heads: Iterable[str], rows: Iterable[Iterable[Cell]]) -> str:
    """Return the HTML of a table."""
    head = "".join(f'<th scope="col">{escape(word)}</th>' for word in heads)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table>\n"


def link(words: str, url: str) -> str:
    """Return the HTML of a link."""
    return f'<a href="{escape(url)}">{escape(words)}</a>'


def _cell(cell: Cell) -> str:
    return f"<td>{escape(cell) if isinstance(cell, str) else link(*cell)}</td>"
