"""A table as an HTML page of its own: no scripts, no outside resources, readable by a screen reader."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from skybatch.tables.model import Column, Table
from skybatch.tables.writers.cells import cells, map_where, one_line

_STYLE = (
    ":root{color-scheme:light dark}body{font:14px/1.4 system-ui,sans-serif;margin:1rem}.wide{overflow-x:auto}"
    "table{border-collapse:collapse}caption{text-align:left;font-weight:bold;padding:.4em 0}"
    "th,td{border:1px solid #bbb;padding:.2em .5em;text-align:left;white-space:nowrap}"
    "th{background:#8883}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    "td.t{max-width:30em;overflow:hidden;text-overflow:ellipsis}"
)


def chunks(table: Table, rows: int) -> Iterator[bytes]:
    """Yield the page in pieces of ``rows`` rows."""
    yield _opening(table).encode()
    for start in range(0, len(table), rows):
        span = slice(start, start + rows)
        by_row = map("".join, zip(*(_cells(column, table, span) for column in table.columns), strict=True))
        yield ("<tr>" + "</tr>\n<tr>".join(by_row) + "</tr>\n").encode()
    yield b"</tbody></table></div>\n</body></html>\n"


def _opening(table: Table) -> str:
    title = escape(one_line(table.title or "Table"))
    notes = [*table.notes, *([table.overflow] if table.overflow else [])]
    paragraphs = "".join(f"<p>{escape(one_line(note))}</p>\n" for note in notes)
    headings = "".join(map(_heading, table.columns))
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<style>{_STYLE}</style></head>\n<body>\n{_back(table.home)}{paragraphs}"
        f'<div class="wide" role="region" aria-label="{title}" tabindex="0"><table>'
        f"<caption>{title}</caption>\n<thead><tr>{headings}</tr></thead>\n<tbody>\n"
    )


def _back(home: str) -> str:
    return f'<p><a href="{escape(home)}" rel="noreferrer">Back to the batch</a></p>\n' if home else ""


def _heading(column: Column) -> str:
    unit = f" ({escape(column.unit)})" if column.unit else ""
    return f'<th scope="col" title="{escape(column.description)}">{escape(column.name)}{unit}</th>'


def _cells(column: Column, table: Table, span: slice) -> list[str]:
    texts = cells(column, table.values(column, span))
    if not column.is_text:
        return [f'<td class="n">{text}</td>' for text in texts]
    if column.link:
        return [_link(column.link, url) for url in texts]
    texts = map_where(_has_markup, escape, texts)
    return [f'<td class="t">{text}</td>' for text in texts]


def _has_markup(joined: str) -> bool:
    return any(mark in joined for mark in "<&>\"'")


def _link(words: str, url: str) -> str:
    if not url:
        return "<td></td>"
    if not url.startswith(("https://", "http://")):  # never javascript: or data:
        return f'<td class="t">{escape(url)}</td>'
    return f'<td><a href="{escape(url)}" rel="noreferrer">{words}</a></td>'
