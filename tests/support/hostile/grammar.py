"""A grammar of uploads made to hurt: from a few numbers, the genes, a table of any format and size.

A search changes single genes and keeps what costs most, so every choice is taken from a gene of its own.
"""

from __future__ import annotations

import base64
import gzip
import random
import struct
from collections.abc import Callable, Mapping, Sequence

from tests.support.hostile.parts import PRIMARY, fits_table, padded, workbook

GENES = 16
Genes = tuple[int, ...]
CELLS = (
    *(
        "1",
        "",
        "--",
        "null",
        "-1.5",
        "0.12345678901234567",
        "1e300",
        "deg",
        "ra",
        "double",
        "B1950",
        "fk4",
        "é",
    ),
    *(
        "04:21:59.43",
        "4h21m59.4s",
        "04 21 59.4 +19 32 06",
        "HL Tau",
        "'=x",
        '"x"',
        '"x""y"',
        "1,5",
        "a;b|c\td",
    ),
    *(
        "9" * 300,
        "1" * 990 + "x",
        "x" * 2000,
        "(" * 300,
        " " * 300 + "x",
        "- " * 200,
        "1 " * 200,
        "[deg]" * 50,
    ),
    *("+-" * 200, "1:" * 200, "°" * 100, "h" * 200, "1.1." * 200, "²³" * 100, "−" * 50 + "1", "e" * 60_000),
)
POSITIONS = (*("1",) * 20, *("0.1234567890123",) * 10, *CELLS)  # most are angles, so that tables are read
NAMES = (
    "ra",
    "dec",
    "name",
    "id",
    "size",
    "equinox",
    "csys",
    "best",
    "skybatch",
    "RAJ2000",
    "l",
    "glon",
    "x",
)
NAME_ENDS = ("", "_1", " (deg)", " [mas]", "(B1950)", "_" * 40, "ra" * 30, "(" * 40, " /h", ".de" * 30)
MARKERS = (
    "",
    "# equinox = 1950\n",
    "# skybatch = 1\n",
    "#Table\n",
    "#Column ra (F9) x [ucd=pos.eq.ra]\n",
    "\n",
)
MODES = ("positions", "positions", "positions", "coadd_keys", "scans")
MODE_NAMES = {"coadd_keys": ("coadd_key", "req_ra", "req_dec"), "scans": ("xdate", "hem", "scan", "image")}


class Choices:
    """Takes choices from genes, each place of the grammar by its own gene."""

    def __init__(self, genes: Genes) -> None:
        self.genes = genes

    def pick(self, gene: int, options: Sequence[str]) -> str:
        """Return the option that a gene chooses."""
        return options[self.genes[gene] % len(options)]

    def count(self, gene: int, *options: int) -> int:
        """Return the number that a gene chooses."""
        return options[self.genes[gene] % len(options)]

    @property
    def mode(self) -> str:
        """The list mode that the table is posted in."""
        return self.pick(0, MODES)

    def names(self) -> list[str]:
        """Column names: those that the mode needs, and others up to the bound of columns."""
        first = list(MODE_NAMES.get(self.mode, ("ra", "dec")))
        width = self.count(1, 2, 3, 4, 10, 48, 200, 990)
        ends = [self.pick(2, NAME_ENDS), self.pick(3, NAME_ENDS), str(self.count(3, 0, 1, 2))]
        more = [f"{self.pick(4 + i % 2, NAMES)}{ends[i % 3]}{i // 3 or ''}" for i in range(width)]
        return (first + more)[: max(width, len(first))]

    def row(self, width: int) -> list[str]:
        """The cells of a row: two for positions, then others."""
        pair = [self.pick(6, POSITIONS), self.pick(7, POSITIONS)]
        others = [self.pick(8, CELLS), self.pick(9, CELLS)]
        return (pair + others * (width // 2))[:width]


def _repeat(head: str, parts: Sequence[str], size: int) -> bytes:
    body = "".join(parts)
    return (head + body * max((size - len(head)) // max(len(body), 1), 1)).encode()


def separated(choices: Choices, size: int) -> bytes:
    """Separated values, with comments, gaps and headers that come again."""
    mark = choices.pick(10, (",", "\t", ";", "|", " "))
    names = mark.join(choices.names())
    row = mark.join(choices.row(len(choices.names()))) + "\n"
    between = choices.pick(11, ("", "", "\n", names + "\n", "# x\n", "\n" + names + "\n", "---\n"))
    unit = mark.join(["deg"] * len(choices.names())) + "\n" if choices.count(12, 0, 0, 1) else ""
    return _repeat(choices.pick(13, MARKERS) + names + "\n" + unit, [row, between], size)


def ipac(choices: Choices, size: int) -> bytes:
    """An IPAC table, whose cells keep to the bars or do not."""
    names = choices.names()
    width = choices.count(10, 1, 8, 20, 200)
    bars = "|".join(["", *(name.ljust(width) for name in names), ""]) + "\n"
    row = " ".join(["", *(cell.ljust(width) for cell in choices.row(len(names)))]) + "\n"
    mark = choices.pick(11, ("", "\\skybatch = '1'\n", "\\equinox = 'B1950'\n", "\\k = 1\n" * 1000))
    return _repeat(mark + bars, [row], size)


def drawn(choices: Choices, size: int) -> bytes:
    """A table drawn with bars and rulers."""
    names = choices.names()
    rows = ["|" + "|".join(cells) + "|\n" for cells in (names, choices.row(len(names)))]
    ruler = choices.pick(10, ("", "+---" * len(names) + "+\n", "|---" * len(names) + "|\n"))
    return _repeat(rows[0] + ruler, [rows[1], choices.pick(11, ("", ruler, "\n", rows[0]))], size)


def regions(choices: Choices, size: int) -> bytes:
    """A region file."""
    system = choices.pick(10, ("fk5", "fk4", "icrs", "galactic", "ecliptic", "fk5;fk4"))
    shape = choices.pick(11, ("circle", "point", "ellipse", "box", "annulus"))
    ends = ("", " # text={x}", " # text={" + "{" * 100, " # " + "a=b " * 200, ";" * 100)
    line = f"{shape}({choices.pick(6, CELLS)},{choices.pick(7, CELLS)},5){choices.pick(12, ends)}"
    return _repeat("# Region file format: DS9\n" + system + "\n", [line, choices.pick(13, ("\n", ";"))], size)


def ecsv(choices: Choices, size: int) -> bytes:
    """A table below a header of YAML."""
    names = choices.names()
    header = "".join(f"# - {{name: {name}, unit: {choices.pick(10, ('deg', *CELLS))}}}\n" for name in names)
    row = " ".join(f'"{cell}"' if " " in cell else cell or '""' for cell in choices.row(len(names))) + "\n"
    return _repeat(f"# %ECSV 1.0\n# ---\n# datatype:\n{header}{' '.join(names)}\n", [row], size)


def _votable(choices: Choices, fields: str, data: str) -> bytes:
    head = choices.pick(13, ("", '<PARAM name="skybatch" value="1"/>', '<COOSYS system="eq_FK4"/>' * 100))
    return (
        f"<VOTABLE><RESOURCE>{head}<TABLE>{fields}<DATA>{data}</DATA></TABLE></RESOURCE></VOTABLE>"
    ).encode()


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def tabledata(choices: Choices, size: int) -> bytes:
    """A VOTable of TABLEDATA."""
    names = choices.names()
    kind = choices.pick(10, ("double", "char", "int", "boolean", "floatComplex"))
    fields = "".join(f'<FIELD name="{_escaped(name)}" datatype="{kind}"/>' for name in names)
    row = "<TR>" + "".join(f"<TD>{_escaped(cell)}</TD>" for cell in choices.row(len(names))) + "</TR>"
    return _votable(choices, fields, f"<TABLEDATA>{row * max(size // len(row), 1)}</TABLEDATA>")


def binary(choices: Choices, size: int) -> bytes:
    """A VOTable of BINARY or BINARY2."""
    names = choices.names()
    kind, width = choices.pick(10, ("double", "float", "unsignedByte", "bit", "short")), 8
    shape = choices.pick(11, ("", ' arraysize="1"', ' arraysize="*"', ' arraysize="8"'))
    fields = "".join(f'<FIELD name="{_escaped(name)}" datatype="{kind}"{shape}/>' for name in names)
    pattern = choices.pick(12, ("\0", "\0\0\0\1", "?\u00f0\0\0\0\0\0\0", "\u00ff"))
    row_bytes = width * len(names)
    data = (pattern.encode("latin-1") * size)[: size * 3 // 4 // row_bytes * row_bytes]
    tag = choices.pick(14, ("BINARY", "BINARY2"))
    stream = f'<STREAM encoding="base64">{base64.b64encode(data).decode()}</STREAM>'
    return _votable(choices, fields, f"<{tag}>{stream}</{tag}>")


def fits(choices: Choices, size: int) -> bytes:
    """A FITS binary table."""
    names = choices.names()
    form, width = (("D", 8), ("E", 4), ("B", 1), ("20A", 20), ("J", 4), ("L", 1))[
        choices.count(10, *range(6))
    ]
    row_bytes = width * len(names)
    rows = max(size // row_bytes, 1)
    card = choices.pick(11, ("SKYBATCH= 1", "EQUINOX = 1950.0", "TSCAL1  = 1E300", "TZERO1  = 0.1"))
    header = fits_table([(name[:60], form) for name in names], row_bytes, rows, card)
    value = struct.pack(">d", 0.1234567) if choices.count(12, 0, 1) else b"1"
    data = (value * (rows * row_bytes))[: rows * row_bytes]
    return PRIMARY + header + padded(data)


def sheets(choices: Choices, size: int) -> bytes:
    """A workbook, of so many bytes when it is inflated."""
    names = choices.names()
    cells = (
        "".join(f'<c t="inlineStr"><is><t>{_escaped(text)}</t></is></c>' for text in texts)
        for texts in (names, choices.row(len(names)))
    )
    head, row = (f"<row>{text}</row>" for text in cells)
    copies = choices.count(10, 1, 2, 20)
    return workbook(*[head + row * max(size // len(row) // copies, 1)] * copies)


FORMATS: Mapping[str, Callable[[Choices, int], bytes]] = {
    "separated values": separated,
    "IPAC": ipac,
    "drawn with bars": drawn,
    "ds9": regions,
    "ECSV": ecsv,
    "VOTable TABLEDATA": tabledata,
    "VOTable BINARY": binary,
    "FITS": fits,
    "xlsx": sheets,
}


def upload_of(format_name: str, genes: Genes, size: int) -> tuple[str, bytes]:
    """Return the mode and the upload that genes make; some are gzipped, and hold four times as much."""
    choices = Choices(genes)
    packed = format_name != "xlsx" and choices.count(15, 0, 0, 1)
    made = FORMATS[format_name](choices, 4 * size if packed else size)
    return choices.mode, gzip.compress(made, 1) if packed else made


def random_genes(random_source: random.Random) -> Genes:
    """Return genes that are drawn alike."""
    return tuple(random_source.randrange(10_000) for _ in range(GENES))


def mutated(genes: Genes, random_source: random.Random) -> Genes:
    """Return genes of which one or two are others."""
    changed = list(genes)
    for _ in range(random_source.choice((1, 1, 2))):
        changed[random_source.randrange(GENES)] = random_source.randrange(10_000)
    return tuple(changed)
