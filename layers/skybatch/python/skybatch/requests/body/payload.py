"""The body of a POST to its fields and its table: JSON, or multipart/form-data (RFC 7578)."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any

from skybatch.errors import MalformedRequest, TooLarge, UnsupportedMedia
from skybatch.requests.body.json_object import read_json_object
from skybatch.requests.body.multipart_form import read_form

# Beside the table there are a dozen short fields; in JSON its line ends and quotes take two bytes each.
MAX_FIELD_BYTES = 64_000
JSON_GROWTH = 1.5
ENCODED_TABLE = "table_base64"


@dataclass(frozen=True)
class Payload:
    """Fields as posted, and apart from them the table: its bytes, and the file name its sender gave it."""

    fields: Mapping[str, Any]
    table: bytes | None = None
    table_name: str | None = None


def read_payload(body: bytes, content_type: str, max_upload_bytes: int) -> Payload:
    """Take a body apart by its media type.

    Raises
    ------
    UnsupportedMedia
        The media type is neither JSON nor a form.
    MalformedRequest
        The body is not what its media type says.
    TooLarge
        The table has more than ``max_upload_bytes``.
    """
    header = Message()
    header["Content-Type"] = content_type or "text/plain"
    media_type = header.get_content_type()
    if media_type == "application/json":
        payload = _read_json(body, max_upload_bytes)
    elif media_type == "multipart/form-data":
        payload = _read_multipart(body, header.get_param("boundary"), max_upload_bytes)
    else:
        raise UnsupportedMedia(
            f"A request is application/json or multipart/form-data, not {media_type[:60]!r}."
        )
    _check_size(len(payload.table or b""), max_upload_bytes)
    return payload


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise TooLarge(
            f"The table has {size} bytes and may have {most}. Please split it, or send it gzipped."
        )


def _read_json(body: bytes, max_upload_bytes: int) -> Payload:
    """Read a JSON object whose ``table`` is the table's text, or ``table_base64`` its bytes."""
    _check_size(len(body), int(max_upload_bytes * JSON_GROWTH) + MAX_FIELD_BYTES)
    fields = read_json_object(body, '{"mode": "positions", "table": "…"}')
    table, encoded = fields.pop("table", None), fields.pop(ENCODED_TABLE, None)
    if not isinstance(table, str | None):
        raise MalformedRequest("The field table must be the table's text, with its line ends.")
    given = None if table is None else table.encode("utf-8", errors="replace")
    return Payload(fields, _table(given, encoded))


def _table(given: bytes | None, encoded: object) -> bytes | None:
    """Return the bytes of the table, which may be in base64 (RFC 4648, section 4; line ends as of MIME)."""
    if encoded is None:
        return given
    if given is not None:
        raise MalformedRequest(f"The table may be given as table or as {ENCODED_TABLE}, not as both.")
    try:
        return b64decode("".join(str(encoded).split()), validate=True)
    except ValueError:
        raise MalformedRequest(f"The field {ENCODED_TABLE} must be the table's bytes in base64.") from None


def _read_multipart(body: bytes, boundary: object, max_upload_bytes: int) -> Payload:
    """Read a form; a field sent several times is a list of its values."""
    _check_size(len(body), max_upload_bytes + MAX_FIELD_BYTES)
    fields: dict[str, Any] = {}
    table, table_name = None, None
    for part in read_form(body, boundary if isinstance(boundary, str) else ""):
        if part.name != "table":
            fields.setdefault(part.name, []).append(part.data.decode("utf-8", errors="replace"))
        elif part.data or part.file_name:  # a browser sends an empty part where no file was chosen
            table, table_name = part.data, base_name(part.file_name)
    single = {name: sent[0] if len(sent) == 1 else sent for name, sent in fields.items()}
    encoded = single.pop(ENCODED_TABLE, "")
    return Payload(single, _table(table, encoded or None), table_name)


def base_name(file_name: str | None) -> str | None:
    """Return a file's own name without folders, which some browsers send too."""
    name = (file_name or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:100] or None
