"""What comment lines say of columns: ECSV, SExtractor, VizieR, and ``name = value``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from skybatch.tables.readers.model import KEYWORDS, Column, Record, unreadable_table

MOST_COMMENTS = 2000  # lines; a table has at most 999 columns
MOST_CHARACTERS = 500  # of a comment line, whose rest says nothing of columns

# ECSV: one column of the YAML header, in one line or in several (astropy, ECSV 1.0).
_ECSV_COLUMN = re.compile(r"-\s*\{([^{}]*)\}|-\s+(name:[^\n]*(?:\n[ ]+\w+:[^\n]*)*)")
_ECSV_ITEM = re.compile(r"(name|unit|datatype):\s*('[^']*'|\"[^\"]*\"|[^,\n]+)")
_ECSV_FRAME = re.compile(r"\bframe:\s*([A-Za-z0-9]+)")
_ECSV_DELIMITER = re.compile(r"\bdelimiter:\s*(','|\",\"|',|,)")
# SExtractor: ``#   3 ALPHA_J2000   Right ascension of barycenter (J2000)   [deg]``.
_SEXTRACTOR = re.compile(r"([0-9]{1,4})\s+([A-Za-z_][A-Za-z0-9_.]*)(?:\s+([^\[\]]*(?:\[([^\[\]]*)\])?.*))?")
# VizieR (asu-tsv): ``#Column  RAJ2000  (F10.6)  Right ascension  [ucd=pos.eq.ra;meta.main]``.
_VIZIER_COLUMN = re.compile(r"Column\s+(\S+)\s+\([^()]*\)([^\[\]]*)(?:\[ucd=([^\]]*)\])?.*", re.IGNORECASE)
_VIZIER_FRAME = re.compile(r"Coosys\s+([^\s:]+):?\s+([A-Za-z0-9_]+)(?:\s+([JB][0-9.]+))?.*", re.IGNORECASE)
_KEYWORD = re.compile(r"\\?\s*([A-Za-z]+)\s*[=:]\s*'?([^']+?)'?")
# DAOPHOT (IRAF apphot): names and units of records that run over several lines, in pixels of an image.
_DAOPHOT = re.compile(r"[KNUF]\s+(?:IRAF|ID|IMAGE)\b.*\s(?:=|\\)|N\s+.*XCENTER.*")


@dataclass
class Comments:
    """What the comments of a text say, by lower-case column name.

    ``numbered`` are names by column number; ``delimiter`` is what separates cells where ECSV says so.
    """

    by_name: dict[str, dict[str, str]] = field(default_factory=dict)
    numbered: dict[int, str] = field(default_factory=dict)
    keywords: dict[str, str] = field(default_factory=dict)
    delimiter: str = ""

    def describe(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Add units, UCDs and data types to columns, where the column itself says nothing."""
        return tuple(self._described(column) for column in columns)

    def declared_names(self, record: Record) -> Record | None:
        """Name the cells of a record by the numbered comments.

        A column of several numbers (``MAG_APER``) has one comment and several cells, named by their place.
        """
        if min(self.numbered, default=0) != 1 or max(self.numbered) > len(record.values):
            return None
        numbers = range(1, len(record.values) + 1)
        return Record([self.numbered.get(number) or f"column {number}" for number in numbers], None)

    def _described(self, column: Column) -> Column:
        known = self.by_name.get(column.name.lower(), {})
        missing = {name: value for name, value in known.items() if getattr(column, name) is None}
        return replace(column, **missing) if missing else column


def comment_text(line: str) -> str:
    """Return the text of a comment line, empty for any other."""
    stripped = line.strip()
    return stripped.lstrip("#").strip() if stripped.startswith("#") else ""


def read_comments(lines: Iterable[str]) -> Comments:
    """Read the comments of a text, up to `MOST_COMMENTS` of them.

    Raises InvalidRequest for a file of DAOPHOT, whose positions are pixels of an image.
    """
    texts = []
    for line in lines:
        if line.lstrip().startswith("#"):
            texts.append(line.strip().removeprefix("#")[:MOST_CHARACTERS])
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
    """Read the names, units and types of columns, a SkyCoord's frame and the delimiter from YAML."""
    for match in _ECSV_COLUMN.finditer(text):
        items = {key: value.strip().strip("'\"") for key, value in _ECSV_ITEM.findall(match[1] or match[2])}
        if name := items.pop("name", ""):
            found.by_name[name.lower()] = items
    if frame := _ECSV_FRAME.search(text):
        found.keywords["csys"] = frame[1]
    found.delimiter = "," if _ECSV_DELIMITER.search(text) else " "


def _read_line(text: str, found: Comments) -> None:
    if _DAOPHOT.match(text):
        rule = "this is a file of DAOPHOT, whose positions are pixels of an image; send right ascensions and"
        raise unreadable_table(f"{rule} declinations")
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
