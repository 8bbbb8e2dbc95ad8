"""Encoding of a request as the bytes of one POST, the same every time, so that it can be repeated."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from skybatch.client.tables.refusals import refused
from skybatch.client.tables.upload import TableUpload, center_text, encode_table, to_arcsec, to_degrees
from skybatch.errors import CellError, InvalidRequest

FIELDS = frozenset(
    {
        "bands",
        "best",
        "center",
        "dataset",
        "date",
        "decompress",
        "diameter",
        "edge",
        "first_row",
        "email",
        "form",
        "hemisphere",
        "image_type",
        "label",
        "mode",
        "relation",
        "scan",
        "size",
        "survey",
        "unknown_names",
    }
)
GZIP_FROM_BYTES = 1_000_000


@dataclass(frozen=True)
class EncodedRequest:
    """The body of a POST request, its media type, and the caller's own name for it."""

    body: bytes
    content_type: str
    label: str = ""

    @property
    def digest(self) -> str:
        """The SHA-256 of media type and body, in hexadecimal digits."""
        return hashlib.sha256(self.content_type.encode() + b"\0" + self.body).hexdigest()


def encode_request(table: Any = None, **fields: Any) -> EncodedRequest:
    """Encode a request from keyword arguments named as the fields of the API.

    Parameters
    ----------
    table
        As `skybatch.client.tables.upload.encode_table` takes it; None for a region or a single scan.
    fields
        ``mode`` (by default ``region`` where there is a ``center``, ``scan`` where there is a
        ``date``, else ``positions``), ``bands``, ``image_type``, ``decompress``, ``form``,
        ``survey`` or ``dataset``, ``label``, ``email``; ``center`` (text or one SkyCoord), ``diameter``
        (degrees or a Quantity), ``relation``; ``best``; ``edge`` (``clip`` or ``pad``, of crops); ``date``,
        ``hemisphere``, ``scan``; ``size``, the width and height of the cutouts around positions of ``table``
        that have no size of their own: a number of arcsec, text with a unit (``1arcmin``) or a Quantity, or
        an array of them, one a row; ``epoch``, to which the proper motions of a SkyCoord are applied (a
        Time, a Julian year, or text as ``J1999.5``); ``first_row``, the number of the table's first row;
        ``unknown_names="refuse"``, to start nothing where no name service knows a name.

    Raises
    ------
    InvalidRequest
        A field is unknown, or ``table`` is of no known type.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    epoch, sizes = given.pop("epoch", None), sizes_of_rows(given)
    for name in given.keys() - FIELDS:
        rule = f"is not a field of a request; the fields are {', '.join(sorted(FIELDS))} and table"
        raise InvalidRequest(f"{name} {rule}.", errors=[CellError(name, str(given[name]), rule)])
    given.setdefault("mode", _mode(given))
    label = str(given.get("label", ""))
    if "center" in given:
        given["center"] = center_text(given["center"])
    if "diameter" in given and not isinstance(given["diameter"], str):
        given["diameter"] = to_degrees(given["diameter"])
    if "size" in given and not isinstance(given["size"], str):
        given["size"] = to_arcsec(given["size"])
    if table is None:
        if "size" in given or sizes is not None or epoch is not None:
            name, value = ("epoch", epoch) if epoch is not None else ("size", given.get("size", sizes))
            raise refused(name, value, "needs a table of positions")
        return EncodedRequest(json.dumps(given, sort_keys=True).encode(), "application/json", label)
    return replace(_multipart(given, encode_table(table, epoch, sizes)), label=label)


def sizes_of_rows(given: dict[str, Any]) -> Any:
    """Take ``size`` out of the fields where it has a value for each row; None where it is one value."""
    size = given.get("size")
    if size is None or isinstance(size, str) or getattr(size, "shape", None) == ():
        return None
    return given.pop("size") if hasattr(size, "__len__") else None


def new_idempotency_key() -> str:
    """Return a new idempotency key."""
    return secrets.token_hex(16)


def _mode(given: Mapping[str, Any]) -> str:
    if "center" in given:
        return "region"
    return "scan" if "date" in given else "positions"


def _multipart(fields: Mapping[str, Any], table: TableUpload) -> EncodedRequest:
    """Encode as ``multipart/form-data`` (RFC 7578); the boundary is a hash of the table."""
    body = _gzip_if_long(table.body)
    boundary = "skybatch-" + hashlib.sha256(body).hexdigest()
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in table.file_name)
    parts = [
        (f'name="{field}"', text.encode()) for field in sorted(fields) for text in _form_texts(fields[field])
    ]
    parts.append((f'name="table"; filename="{name}"\r\nContent-Type: application/octet-stream', body))
    written = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return EncodedRequest(
        written + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
    )


def _form_texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


def _gzip_if_long(body: bytes) -> bytes:
    """Compress a long table, which the server accepts: the size of an upload is limited."""
    if len(body) < GZIP_FROM_BYTES or body.startswith(b"\x1f\x8b"):
        return body
    import gzip

    return gzip.compress(body, mtime=0)
