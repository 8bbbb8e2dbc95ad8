"""An uploaded table in any format people send, as columns of text."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from skybatch.errors import CellError, InvalidRequest, TooLarge
from skybatch.tables.schemas.common import TABLE_MARKER

# Keywords and PARAMs that are kept: the marker itself, and what may hold for all rows of one of our tables.
SERVICE_KEYWORDS = (TABLE_MARKER, "dataset", "form")
# More than any table has; what goes beyond them costs memory many times the upload's size.
MAX_LINES = 1_000_000
MAX_LINE_CHARACTERS = 1_000_000
MAX_COLUMNS = 10_000


@dataclass(frozen=True)
class ColumnSelection:
    """What a reader should take: columns (lower case), those that never hold a blank, and the most rows."""

    columns: frozenset[str]
    one_word: frozenset[str]
    max_rows: int

    def check_count(self, count: int, from_service: bool) -> None:
        """Raise TooLarge for more rows than one request may have; our own tables know no such limit."""
        if count > self.max_rows and not from_service:
            raise TooLarge(
                f"The table has more than {self.max_rows} rows; please split it into tables"
                f" of at most {self.max_rows} rows."
            )


@dataclass(frozen=True)
class UploadedTable:
    """The selected columns of an uploaded table.

    ``columns`` maps a lower-case name to its cells, one a data row, None for null; ``lines`` has for each
    data row its line in the upload (None in binary formats); ``keywords`` the keywords or PARAMs, names in
    lower case; ``names`` all columns as the table writes them.
    """

    kind: str
    names: tuple[str, ...]
    columns: Mapping[str, Sequence[str | None]]
    lines: Sequence[int | None]
    header_line: int | None = None
    keywords: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def from_service(self) -> bool:
        """Whether the table says that this service wrote it."""
        return TABLE_MARKER in self.keywords or TABLE_MARKER in {name.lower() for name in self.names}


Reader = Callable[[str, ColumnSelection], UploadedTable]


def select_columns(
    names: Iterable[str], selection: ColumnSelection, line: int | None = None
) -> dict[str, int]:
    """Return the index of each selected column by lower-case name; the exact lower-case spelling wins.

    Raises InvalidRequest for a selected column that stands twice in the same spelling, and for more
    columns than any table has.
    """
    places: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for index, name in enumerate(names):
        if index >= MAX_COLUMNS:
            raise unreadable_table(f"there are more than {MAX_COLUMNS} columns", line)
        key = name.lower()
        if key not in selection.columns:
            continue
        if spelled.get(key) == name:
            raise unreadable_table(f"the column {name} stands twice", line, column=name)
        if key not in places or name == key:
            places[key], spelled[key] = index, name
    return places


def split_lines(text: str) -> list[str]:
    """Return the text's lines; raises InvalidRequest for more, or for longer ones, than any table has."""
    if text.count("\n") > MAX_LINES:
        raise unreadable_table(f"there are more than {MAX_LINES} lines")
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        if len(line) > MAX_LINE_CHARACTERS:
            raise unreadable_table(f"there are more than {MAX_LINE_CHARACTERS} characters", number)
    return lines


def text_or_null(cell: str) -> str | None:
    """Return the cell without blanks around it; None for an empty one or the word null in any case."""
    text = cell.strip()
    return None if not text or text.lower() == "null" else text


def unreadable_table(
    rule: str, line: int | None = None, *, column: str = "table", value: str = ""
) -> InvalidRequest:
    """Return the error for a table whose shape, rather than one of its values, is wrong."""
    error = CellError(column, value, rule, line)
    place = f"In line {line} of the table " if line is not None else "In the table "
    return InvalidRequest(f"{place}{rule}.", errors=[error])
