"""What is asked of the server, made the very bytes of one POST, so that asking again is asking the same."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skybatch.client.table_upload import Upload, arcsec, degrees, sky_text, upload
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
        "email",
        "form",
        "hemisphere",
        "image_type",
        "label",
        "mode",
        "relation",
        "scan",
    }
)
ZIP_FROM_BYTES = 1_000_000


@dataclass(frozen=True)
class Asked:
    """The body of one POST, and its media type."""

    body: bytes
    content_type: str

    @property
    def digest(self) -> str:
        """What tells this request from any other, in hexadecimal digits."""
        return hashlib.sha256(self.content_type.encode() + b"\0" + self.body).hexdigest()


def ask(table: Any = None, *, size: Any = None, **fields: Any) -> Asked:
    """A request from keyword arguments named as the interface's fields.

    Parameters
    ----------
    table
        See `skybatch.client.table_upload.upload`; None for a region or a single scan.
    size
        Crop each position of ``table`` to this width, arcsec or a Quantity.
    fields
        ``mode`` (if not told by the others: ``region`` where there is a ``center``, ``scan`` where there
        is a ``date``, else ``positions``), ``bands``, ``image_type``, ``decompress``, ``form``,
        ``dataset``, ``label``, ``email``; ``center`` (text or one SkyCoord), ``diameter`` (degrees or a
        Quantity), ``relation``; ``best``; ``date``, ``hemisphere``, ``scan``.

    Raises
    ------
    InvalidRequest
        A field that nobody knows, or a table that is none.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    for name in given.keys() - FIELDS:
        rule = f"is no field of a request; those are {', '.join(sorted(FIELDS))}, table and size"
        raise InvalidRequest(f"{name} {rule}.", errors=[CellError(name, str(given[name]), rule)])
    given.setdefault("mode", _mode(given))
    if "center" in given:
        given["center"] = sky_text(given["center"])
    if "diameter" in given and not isinstance(given["diameter"], str):
        given["diameter"] = degrees(given["diameter"])
    if table is None:
        if size is not None:
            rule = "crops the positions of a table, and there is none"
            raise InvalidRequest(f"size {rule}.", errors=[CellError("size", str(arcsec(size)), rule)])
        return Asked(json.dumps(given, sort_keys=True).encode(), "application/json")
    return _form(given, upload(table, size))


def new_key() -> str:
    """A fresh idempotency key."""
    return secrets.token_hex(16)


def _mode(given: Mapping[str, Any]) -> str:
    if "center" in given:
        return "region"
    return "scan" if "date" in given else "positions"


def _form(fields: Mapping[str, Any], table: Upload) -> Asked:
    """``multipart/form-data`` (RFC 7578); its boundary follows from its contents."""
    body = _zipped(table.body)
    boundary = "skybatch-" + hashlib.sha256(body).hexdigest()
    name = "".join(c if c.isalnum() or c in "._-" else "_" for c in table.name)
    parts = [
        (f'name="{field}"', text.encode()) for field in sorted(fields) for text in _form_texts(fields[field])
    ]
    parts.append((f'name="table"; filename="{name}"\r\nContent-Type: application/octet-stream', body))
    written = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + content + b"\r\n"
        for head, content in parts
    )
    return Asked(written + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")


def _form_texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return [str(value)]


def _zipped(body: bytes) -> bytes:
    """Long tables gzipped, which the server reads too: an upload has at most a few megabytes."""
    if len(body) < ZIP_FROM_BYTES or body.startswith(b"\x1f\x8b"):
        return body
    import gzip

    return gzip.compress(body, mtime=0)
