"""A table as this service understands it, for ``POST /tables``: read as a batch reads it, nothing started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from skybatch.errors import CellError, InvalidRequest
from skybatch.requests.body.payload import Payload, read_payload
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.model import LIST_MODES, Mode
from skybatch.requests.parser import (
    surveys_of,
    table_rows,
    unknown_field_notices,
    validated_fields,
    validated_mode,
)
from skybatch.requests.table_rows import RequestRows
from skybatch.settings import Settings
from skybatch.surveys.selection import SurveySelection, selection
from skybatch.validation import MAX_ERRORS, InvalidValue

# What a table's meaning depends on; the other fields of a batch may be there and change nothing.
FIELDS = ("mode", "bands", "best", "size", "dataset", "survey")
FORMAT_FIELD = "format"
# The words for each form of the answer, the documented one first.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "json": ("json", "application/json"),
    "ipac": ("ipac", "tbl", "ipac_table", "text/plain"),
    "votable": ("votable", "xml", "application/x-votable+xml", "text/xml", "application/xml"),
    "csv": ("csv", "text/csv"),
}


@dataclass(frozen=True)
class UnderstoodTable:
    """The rows of an uploaded table in one of the list modes.

    Attributes
    ----------
    mode
        The list mode that the table was read for.
    rows
        The rows with their sources, the uses of the columns, notices and invalid cells.
    notices
        Those of the table, and of fields that have no meaning.
    default_size
        The request's crop size in arcsec, which rows without one have taken.
    format
        The form of the answer that a field asks for, a key of `FORMATS`; None without such a field.
    surveys
        The surveys that the request is about.
    """

    mode: Mode
    rows: RequestRows
    notices: tuple[str, ...]
    default_size: float | None = None
    format: str | None = None
    surveys: SurveySelection = field(default_factory=selection)

    @property
    def all_errors_known(self) -> bool:
        """Whether no row has an error beyond those in ``rows.errors``."""
        return len(self.rows.errors) < MAX_ERRORS


def understand_table(body: bytes, content_type: str, limits: Settings) -> UnderstoodTable:
    """Read the table of a POST body, mode ``positions`` unless a field says otherwise.

    Invalid cells are among the errors of the rows and raise nothing.

    Raises
    ------
    MalformedRequest
        The body is not what its media type says (400).
    UnsupportedMedia
        Neither JSON nor a form (415).
    TooLarge
        More bytes or rows than ``limits`` allow (413).
    InvalidRequest
        A field breaks a rule, there is no table, or it cannot be read (422).
    """
    payload = read_payload(body, content_type, limits.max_upload_bytes)
    fields = validated_fields(_fields_of_tables(payload.fields))
    mode = _list_mode(fields, payload)
    rows = table_rows(fields, mode, payload, limits)
    rows = replace(rows, errors=tuple(sorted(rows.errors, key=lambda error: error.row or 0)))
    known = {name: value for name, value in payload.fields.items() if name != FORMAT_FIELD}
    notices = (*unknown_field_notices(known), *rows.notices)
    asked = payload.fields.get(FORMAT_FIELD)
    return UnderstoodTable(
        rows.mode or mode, rows, notices, fields.size, _format_field(asked), surveys_of(fields)
    )


def parse_format(word: str) -> str:
    """Return the key of `FORMATS` that a word or media type stands for. Raises InvalidValue."""
    plain = word.strip().lower()
    for name, words in FORMATS.items():
        if plain in words:
            return name
    raise InvalidValue(f"must be one of {', '.join(FORMATS)}")


def _format_field(value: Any) -> str | None:
    if value is None or value == "":
        return None
    try:
        return parse_format(str(value))
    except InvalidValue as broken:
        error = CellError(FORMAT_FIELD, str(value)[:60], str(broken))
        raise InvalidRequest(f"The format {broken}.", errors=[error]) from None


def _fields_of_tables(posted: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: posted[name] for name in FIELDS if name in posted}
    if not str(fields.get("mode") or "").strip():
        fields["mode"] = str(Mode.POSITIONS)
    return fields


def _list_mode(fields: BatchRequestBody, payload: Payload) -> Mode:
    if fields.mode not in LIST_MODES:
        modes = surveys_of(fields).modes
        listed = ", ".join(mode for mode in LIST_MODES if mode in modes)
        rule = f"must be one of {listed}: the others have no table"
        raise InvalidRequest(f"The mode {rule}.", errors=[CellError("mode", str(fields.mode), rule)])
    return validated_mode(fields, payload)
