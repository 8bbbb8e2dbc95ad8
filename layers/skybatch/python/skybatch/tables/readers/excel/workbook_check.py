"""Bounds of a workbook (.xlsx, ECMA-376), held before a library reads it.

A few bytes can stand for gigabytes: a zip member larger than it says, one cell in the last row and column, or
a long text that many cells share. So every part is inflated and walked here, and the library is given a new
zip file of the parts that were walked.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Mapping
from xml.parsers import expat

from skybatch.errors import TooLarge
from skybatch.tables.readers.model import Bounds, unreadable_table

MOST_MEMBERS = 500
MOST_SHARED_TEXT = 20_000_000  # characters over all cells
_PARTS = (".xml", ".rels")


def checked_workbook(plain: bytes, bounds: Bounds) -> bytes:
    """Return a workbook with nothing but its XML parts, each held to the bounds.

    Raises InvalidRequest for other zip files and damaged ones, TooLarge for what would take too much memory.
    """
    try:
        parts = _parts(plain, bounds)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError, ValueError) as error:
        raise unreadable_table(f"the workbook is damaged ({str(error)[:100]}); save it as CSV") from None
    walk = WorkbookWalk(bounds)
    for name, content in parts.items():
        walk.part(name, content)
    walk.check_text()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _parts(plain: bytes, bounds: Bounds) -> dict[str, bytes]:
    """Inflate the XML parts; no member is inflated further than it says."""
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        members = {member.filename: member for member in archive.infolist()}
        if "xl/workbook.xml" not in members:
            raise unreadable_table(_other_zip(members))
        wanted = [member for name, member in members.items() if name.lower().endswith(_PARTS)]
        if len(members) > MOST_MEMBERS or sum(each.file_size for each in wanted) > bounds.inflated_bytes:
            rule = (
                f"The workbook holds more than {bounds.inflated_bytes} bytes; please send the sheet as CSV."
            )
            raise TooLarge(rule)
        return {member.filename: archive.read(member) for member in wanted}


def _other_zip(names: Mapping[str, object]) -> str:
    if "mimetype" in names and "content.xml" in names:
        return "this is an OpenDocument file; save it as .xlsx or CSV"
    if "word/document.xml" in names:
        return "this is a text document; send the table itself"
    if "xl/workbook.bin" in names:
        return "this is a binary workbook (.xlsb); save it as .xlsx or CSV"
    return "this is a zip archive; send the table itself, plain or gzipped"


class WorkbookWalk:
    """Walks the parts of a workbook: how far its cells reach, and how often each shared text is used."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._elements = self._spanned = self._depth = 0
        self._rows = self._columns = self._row = self._column = 0
        self._text_lengths: list[int] = []
        self._uses: Counter[str] = Counter()
        self._shared = False
        self._counted: int | None = None
        self._value: list[str] | None = None

    def part(self, name: str, content: bytes) -> None:
        """Walk one part; raises InvalidRequest for XML that is not well formed or declares entities."""
        self._rows = self._columns = self._row = self._depth = 0
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = _refuse_doctype
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise unreadable_table(f"the workbook's part {name[:60]} is damaged ({error})") from None
        self._spanned += self._rows * self._columns
        if self._spanned > self._bounds.spanned_cells:
            size = f"{self._columns} columns and {self._rows} rows"
            raise TooLarge(f"A sheet spans {size}; please send the table as CSV.")

    def check_text(self) -> None:
        """Hold the text that cells share to a bound: the library copies it into each cell."""
        lengths = self._text_lengths
        known = {int(index): count for index, count in self._uses.items() if index.isdecimal()}
        used = sum(lengths[index] * count for index, count in known.items() if index < len(lengths))
        if used > MOST_SHARED_TEXT:
            raise TooLarge("The cells of the workbook hold too much text; please send the table as CSV.")

    def _start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._elements += 1
        self._depth += 1
        self._bounds.check_elements(self._elements)
        if self._depth > self._bounds.nesting:
            raise unreadable_table("the XML of the workbook is nested too deep")
        name = tag.rpartition(" ")[2]
        if name == "c":
            self._open_cell(attributes)
        elif name == "row":
            self._row, self._column = _number(attributes.get("r", ""), self._row + 1), 0
            self._rows = max(self._rows, self._row)
        elif name == "si":
            self._counted = 0
        elif name == "v" and self._shared:
            self._value = []

    def _open_cell(self, attributes: Mapping[str, str]) -> None:
        reference = attributes.get("r", "")
        letters = reference.rstrip("0123456789").upper()
        self._column = _column_number(letters) if letters else self._column + 1
        self._columns = max(self._columns, self._column)
        self._rows = max(self._rows, _number(reference[len(letters) :], self._row))
        self._shared = attributes.get("t") == "s"

    def _characters(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)
        elif self._counted is not None:
            self._counted += len(text)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        name = tag.rpartition(" ")[2]
        if name == "si" and self._counted is not None:
            self._text_lengths.append(self._counted)
            self._counted = None
        elif name == "v" and self._value is not None:
            self._uses["".join(self._value).strip()[:20]] += 1
            self._value = None


def _refuse_doctype(*_: object) -> None:
    raise unreadable_table("document type and entity declarations are not accepted in a workbook")


def _number(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else default


def _column_number(letters: str) -> int:
    """Return the number of a column by its letters, A is 1; far too large for what is no column."""
    number = 0
    for letter in letters[:6]:
        number = 26 * number + ord(letter) - 64
    return max(number, 1)
