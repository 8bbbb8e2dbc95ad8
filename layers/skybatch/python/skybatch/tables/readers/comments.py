"""What comment lines say of the columns below them: ECSV, SExtractor, VizieR, and names behind a ``#``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from skybatch.tables.readers.model import KEYWORDS, Column, Record

MOST_COMMENTS = 2000  # lines; a table has at most 999 columns
_ECSV_COLUMN = re.compile(r"-\s*\{([^{}]*)\}|-\s+(name:[^\n]*(?:\n\s+\w+:[^\n]*)*)")
_ECSV_ITEM = re.compile(r"(name|unit|datatype):\s*('[^']*'|\"[^\"]*\"|[^,\n]+)")
_ECSV_FRAME = re.compile(r"\bframe:\s*([A-Za-z0-9]+)")
_SEXTRACTOR = re.compile(r"([0-9]{1,4})\s+([A-Za-z_][A-Za-z0-9_.]*)(?:\s+(.*?))?(?:\[([^\]]*)\])?")
_VIZIER_COLUMN = re.compile(r"Column\s+(\S+)\s+\([^)]*\)\s*(.*?)(?:\[ucd=([^\]]*)\])?", re.IGNORECASE)
_VIZIER_FRAME = re.compile(r"Coosys\s+(\S+?):?\s+([A-Za-z0-9_]+)(?:\s+([JB][0-9.]+))?", re.IGNORECASE)
_KEYWORD = re.compile(r"\\?\s*([A-Za-z]+)\s*[=:]\s*'?([^']+?)'?")


@dataclass
class Comments:
    """What the comments of a text say, by lower-case column name, or names by column number (SExtractor)."""

    by_name: dict[str, dict[str, str]] = field(default_factory=dict)
    numbered: dict[int, str] = field(default_factory=dict)
    keywords: dict[str, str] = field(default_factory=dict)

    def describe(self, columns: Sequence[Column], line: int | None) -> tuple[Column, ...]:
        """Add units, UCDs and frames to columns, where the column itself says nothing."""
        return tuple(self._described(column) for column in columns)

    def names_of(self, record: Record) -> Record | None:
        """Name the cells of a record by the numbered comments; a column of several numbers has several cells."""
        if min(self.numbered, default=0) != 1 or max(self.numbered) > len(record.values):
            return None
        names: list[str] = []
        for number in range(1, len(record.values) + 1):
            names.append(self.numbered.get(number) or f"column {number}")
        return Record(names, None)

    def _described(self, column: Column) -> Column:
        known = self.by_name.get(column.name.lower(), {})
        missing = {name: value for name, value in known.items() if getattr(column, name) is None}
        return replace(column, **missing) if missing else column


def words(line: str) -> str:
    """Give the text of a comment line, empty for any other."""
    stripped = line.strip()
    return stripped.lstrip("#").strip() if stripped.startswith("#") else ""


def read(lines: Sequence[str]) -> Comments:
    """Read the comments of a text, up to `MOST_COMMENTS` of them."""
    texts = []
    for line in lines:
        if line.lstrip().startswith("#"):
            texts.append(line.strip().removeprefix("#"))
            if len(texts) >= MOST_COMMENTS:
                break
    found = Comments()
    if any("%ECSV" in text for text in texts[:3]):
        _read_ecsv("\n".join(texts), found)
        return found
    for text in texts:
        _read_line(text.strip(), found)
    return found


def _read_ecsv(text: str, found: Comments) -> None:
    """The YAML of an ECSV header, of which only columns' names, units, types and a SkyCoord's frame count."""
    for match in _ECSV_COLUMN.finditer(text):
        items = {key: value.strip().strip("'\"") for key, value in _ECSV_ITEM.findall(match[1] or match[2])}
        if name := items.pop("name", ""):
            found.by_name[name.lower()] = items
    frame = _ECSV_FRAME.search(text)
    if frame:
        found.keywords["csys"] = frame[1]


def _read_line(text: str, found: Comments) -> None:
    if (match := _SEXTRACTOR.fullmatch(text)) and int(match[1]) > max(found.numbered, default=0):
        found.numbered[int(match[1])] = match[2]
        if match[4]:
            found.by_name[match[2].lower()] = {"unit": match[4]}
    elif match := _VIZIER_COLUMN.fullmatch(text):
        if match[3]:
            found.by_name[match[1].lower()] = {"ucd": match[3]}
    elif match := _VIZIER_FRAME.fullmatch(text):
        found.keywords.setdefault("coosys", " ".join(part for part in (match[2], match[3]) if part))
    elif (match := _KEYWORD.fullmatch(text)) and match[1].lower() in KEYWORDS:
        found.keywords[match[1].lower()] = match[2].strip()
