"""Whatever a user typed is inert and well formed in every format, and means the same where it can."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

from astropy.table import Table as AstropyTable
from hypothesis import given
from hypothesis import strategies as st

from skybatch.tables.model import Table, integer, text
from skybatch.tables.text_escapes import from_ascii, unprotect
from skybatch.tables.writers.cells import one_line
from skybatch.tables.writers.formats import Format, write
from skybatch.tables.writers.ipac import TEXT_WIDTH

HOSTILE = [
    "<script>alert(1)</script>",
    "</TD></TR></TABLEDATA>",
    "]]><!-- &amp; &#0; %xxe;",
    "quotes \" and ' and `",
    "new\nline\r\nand\ttab",
    "bars | and \\ backslashes",
    "\\ comment = 'no'",
    "|a|b|",
    "../../etc/passwd",
    "emoji 😀 and é",
    "nul \x00 bell \x07 next \x85 line \u2028",
    "bidi \u202egnp.exe",
    "lone \ud800 surrogate",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "'=quoted",
    "x" * 10_000,
    ",;,",
    "  blanks around  ",
    "null",
]
DIALECTS: dict[Format, Any] = {
    "csv": {"delimiter": ","},
    "tsv": {"delimiter": "\t", "quoting": csv.QUOTE_NONE},
}
COLUMNS = (integer("n", ""), text("typed", ""), integer("after", ""))


def table_of(cells: list[str]) -> Table:
    n = len(cells)
    numbers = list(range(n))
    keywords = {"label": " ".join(HOSTILE[:19])}
    return Table(
        COLUMNS,
        {"n": numbers, "typed": cells, "after": numbers},
        keywords=keywords,
        title=HOSTILE[0] + HOSTILE[4],
        notes=tuple(HOSTILE[:12]),
    )


def texts_of(cells: list[str]) -> dict[str, list[str]]:
    """The column of text as another reader of each format sees it."""
    table = table_of(cells)
    tbl = AstropyTable.read(io.BytesIO(write(table, "tbl")), format="ascii.ipac", guess=False, fill_values=[])
    tree = ElementTree.fromstring(write(table, "xml"))
    rows = tree.iter("{http://www.ivoa.net/xml/VOTable/v1.3}TR")
    page = Cells()
    page.feed(write(table, "html").decode())
    assert "script" not in page.tags
    by_line = {
        fmt: list(csv.reader(io.StringIO(write(table, fmt).decode(), newline=""), **dialect))
        for fmt, dialect in DIALECTS.items()
    }
    return {
        "tbl": [from_ascii(str(cell)) for cell in tbl["typed"]],
        "xml": ["".join(row[1].itertext()) for row in rows],
        "html": page.cells[1::3],
        **{fmt: [unprotect(line[1]) for line in lines[1:]] for fmt, lines in by_line.items()},
    }


class Cells(HTMLParser):
    """Texts of the table's cells, and the names of all elements of the page."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "td":
            self.inside = True
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data


def test_every_format_shows_the_text_on_one_line() -> None:
    expected = [one_line(cell) for cell in HOSTILE]
    got = texts_of(HOSTILE)
    for fmt in ("xml", "html", "csv", "tsv"):
        assert got[fmt] == expected, fmt
    # A cell that says null is null there; fixed width knows no blanks at the ends.

    cut = [cell if len(cell) <= TEXT_WIDTH else cell[: TEXT_WIDTH - 3] + "..." for cell in expected]
    assert got["tbl"] == [cell.strip() if cell != "null" else "--" for cell in cut]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_any_text_stays_in_its_cell(cells: list[str]) -> None:
    expected = [one_line(cell) for cell in cells]
    got = texts_of(cells)
    for fmt in ("xml", "html", "csv", "tsv"):
        assert got[fmt] == expected, fmt


def test_a_line_of_the_ipac_head_is_one_line_of_bounded_length() -> None:
    table = table_of(["a"])
    long = Table(COLUMNS, table.data, keywords={"label": "x" * 10_000}, title="y" * 10_000)
    lines = write(long, "tbl").decode("ascii").splitlines()
    assert max(map(len, lines)) <= 500
    assert [line[0] for line in lines] == ["\\", "\\", "|", "|", "|", "|", " "]
