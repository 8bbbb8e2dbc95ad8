"""The body of a POST to its fields and its table: JSON, or multipart/form-data (RFC 7578)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message
from typing import Any, NoReturn

from skybatch.errors import MalformedRequest, TooLarge, UnsupportedMedia

MOST_PARTS = 64
# Beside the table there are a dozen short fields; in JSON its line ends and quotes take two bytes each.
MOST_FIELD_BYTES = 64_000
JSON_GROWTH = 1.5


@dataclass(frozen=True)
class Posted:
    """Fields as posted, and the table apart: its bytes and the name its sender gave it."""

    fields: Mapping[str, Any]
    table: bytes | None = None
    table_name: str | None = None


def read_body(body: bytes, content_type: str, max_upload: int) -> Posted:
    """Take a body apart by its media type.

    Raises UnsupportedMedia for other types, MalformedRequest for a body that is not what its type says,
    TooLarge for a table of more than ``max_upload`` bytes.
    """
    header = Message()
    header["Content-Type"] = content_type or "text/plain"
    media_type = header.get_content_type()
    if media_type == "application/json":
        posted = read_json(body, max_upload)
    elif media_type == "multipart/form-data":
        boundary = header.get_param("boundary")
        posted = read_multipart(body, boundary if isinstance(boundary, str) else "", max_upload)
    else:
        raise UnsupportedMedia(
            f"A request is application/json or multipart/form-data, not {media_type[:60]!r}."
        )
    check_size(len(posted.table or b""), max_upload)
    return posted


def check_size(size: int, most: int) -> None:
    """Raise TooLarge for a table of more bytes than an upload may have."""
    if size > most:
        raise TooLarge(
            f"The table has {size} bytes and may have {most}. Please split it, or send it gzipped."
        )


def read_json(body: bytes, max_upload: int) -> Posted:
    """A JSON object whose ``table`` is the table's text."""
    check_size(len(body), int(max_upload * JSON_GROWTH) + MOST_FIELD_BYTES)
    try:
        fields = json.loads(body, parse_constant=refuse_constant)
    except RecursionError:
        raise MalformedRequest("The JSON is nested too deep.") from None
    except ValueError as error:
        raise MalformedRequest(f"The body is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise MalformedRequest('The body must be a JSON object, such as {"mode": "positions", "table": "…"}.')
    table = fields.pop("table", None)
    if table is None:
        return Posted(fields)
    if not isinstance(table, str):
        raise MalformedRequest("The field table must be the table's text, with its line ends.")
    return Posted(fields, table.encode("utf-8", errors="replace"))


def refuse_constant(word: str) -> NoReturn:
    """NaN and Infinity are no JSON (RFC 8259, section 6)."""
    raise ValueError(f"{word} is no JSON number")


@dataclass
class Part:
    """One part of a form while it is read."""

    headers: Message
    data: bytearray

    def parameter(self, name: str) -> str | None:
        """A parameter of Content-Disposition: the field's ``name``, a file's ``filename``."""
        value = self.headers.get_param(name, header="content-disposition")
        # A sender may write it in the manner of RFC 2231, which arrives as charset, language, text.
        return value[2] if isinstance(value, tuple) else value


class FormReader:
    """Collects the parts of a form from the parser's callbacks."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.field = bytearray()
        self.value = bytearray()
        self.ended = False

    def callbacks(self) -> Any:
        """The functions by the names the parser calls them."""
        names = ("part_begin", "part_data", "header_field", "header_value", "header_end", "end")
        return {f"on_{name}": getattr(self, name) for name in names}

    def part_begin(self) -> None:
        """A part opens."""
        if len(self.parts) >= MOST_PARTS:
            raise MalformedRequest(f"The form has more than {MOST_PARTS} parts.")
        self.parts.append(Part(Message(), bytearray()))

    def part_data(self, data: bytes, start: int, end: int) -> None:
        """Bytes of the part, exactly as sent."""
        self.parts[-1].data += data[start:end]

    def header_field(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's name."""
        self.field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """A piece of a header's value."""
        self.value += data[start:end]

    def header_end(self) -> None:
        """The header is whole."""
        name, value = (text.decode("utf-8", errors="replace") for text in (self.field, self.value))
        self.parts[-1].headers[name] = value.replace("\r", " ").replace("\n", " ")
        self.field, self.value = bytearray(), bytearray()

    def end(self) -> None:
        """The closing boundary was seen."""
        self.ended = True


def read_multipart(body: bytes, boundary: str, max_upload: int) -> Posted:
    """The fields of a form, those sent several times as lists, and its file part ``table``."""
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser

    check_size(len(body), max_upload + MOST_FIELD_BYTES)
    if not boundary or not boundary.isascii() or len(boundary) > 200:
        raise MalformedRequest("The Content-Type of a form must name its boundary.")
    reader = FormReader()
    try:
        MultipartParser(boundary, reader.callbacks()).write(body)
    except (FormParserError, ValueError) as error:
        raise MalformedRequest(f"The form's parts cannot be told apart: {error}.") from None
    if not reader.ended:
        raise MalformedRequest("The form ends before its closing boundary.")
    return collect(reader.parts)


def collect(parts: list[Part]) -> Posted:
    """Parts by field name; an empty file, which a browser sends for none chosen, is no table."""
    fields: dict[str, list[str]] = {}
    table, table_name = None, None
    for part in parts:
        name = part.parameter("name")
        if not name:
            raise MalformedRequest("A part of the form has no name.")
        if name == "table":
            filename = part.parameter("filename")
            if part.data or filename:
                table, table_name = bytes(part.data), base_name(filename)
        else:
            fields.setdefault(name, []).append(part.data.decode("utf-8", errors="replace"))
    return Posted(
        {name: values if len(values) > 1 else values[0] for name, values in fields.items()}, table, table_name
    )


def base_name(filename: str | None) -> str | None:
    """The file's own name without folders, which some browsers send too."""
    name = (filename or "").replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable())[:100] or None
