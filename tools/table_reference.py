"""The columns described for people, from the definitions that the tables are written by.

``python -m tools.table_reference > docs/tables.md`` writes the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.tables.model import Column
from skybatch.tables.schemas.column_sets import COLUMN_SETS

_INTRODUCTION = """# The tables we hand out

Made from the definitions in `skybatch.tables`; change those, not this page.

One row is one image (one band of one image set), in the `rows` table one row of the request. The same facts
come as IPAC ASCII (`.tbl`), VOTable (`.xml`), CSV, TSV and HTML. Empty cells, `null` in IPAC ASCII, mean that
there is no value. Coordinates are in the frame named with their column: images are placed in FK5 J2000,
requests are ICRS.

- A table of images can be posted back, mode `coadd_keys`, as it is. It bears the mark `skybatch`: a keyword
  in IPAC ASCII, a PARAM in VOTable, a column in CSV and TSV.
- `req_ra`, `req_dec`, `size`, `edge_dist` and `cut_at_edge` stand only in batches of positions, `edge` where
  crops are padded. Numbers without a fixed form are written with the digits that read back as exactly the
  same number.
- A row describes the image as delivered: for a crop, the size, centre, corners and reference pixel are the
  crop's.
- Text is kept to one printable line: control characters become blanks. IPAC ASCII escapes characters
  beyond ASCII (`\\xe9` is é) and cuts text after 1000 characters; the other formats carry it whole.
- In CSV and TSV a quote mark `'` stands before text that a spreadsheet would run as a formula.
"""


def markdown() -> str:
    """Every column set as a Markdown table, with the values that may stand in a column."""
    sections = (_section(title, columns) for title, columns in COLUMN_SETS.items())
    return "\n".join([_INTRODUCTION, *sections])


def _section(title: str, columns: tuple[Column, ...]) -> str:
    head = [
        f"## {title}",
        "",
        "| column | type | unit | frame | UCD | meaning |",
        "|---|---|---|---|---|---|",
    ]
    return "\n".join([*head, *map(_line, columns), ""])


def _line(column: Column) -> str:
    cells = (f"`{column.name}`", _type(column), column.unit, column.frame, column.ucd, _meaning(column))
    return f"| {' | '.join(cells)} |"


def _type(column: Column) -> str:
    plain_text = column.is_text and column.arraysize == "*"
    return column.datatype + (f"[{column.arraysize}]" if column.arraysize and not plain_text else "")


def _meaning(column: Column) -> str:
    return " ".join([column.description, *_options(column)])


def _options(column: Column) -> Iterator[str]:
    if column.options:
        yield "; ".join(f"`{value}`: {label}" for value, label in column.options) + "."


if __name__ == "__main__":
    print(markdown(), end="")
