"""The parts of a multipart/form-data body (RFC 7578), by python-multipart, within bounds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from email.message import Message
from typing import TYPE_CHECKING

from skybatch.errors import MalformedRequest

if TYPE_CHECKING:
    from python_multipart.multipart import Field, File

MAX_PARTS = 64
MAX_BOUNDARY_CHARACTERS = 200
# Bodies are small and bounded before they come here: nothing is spooled to disk.
CONFIG = {"MAX_MEMORY_FILE_SIZE": math.inf}


@dataclass(frozen=True)
class FormPart:
    """One part: a field, or a file, which alone has a file name (empty where no file was chosen)."""

    name: str
    data: bytes
    file_name: str | None = None


def boundary_of(content_type: str) -> str:
    """Return the boundary that a Content-Type names, empty for none."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    return boundary if isinstance(boundary, str) else ""


def read_form(body: bytes, boundary: str) -> list[FormPart]:
    """Return the parts of a form, in order.

    Raises
    ------
    MalformedRequest
        The boundary is missing, the parts cannot be told apart or have no names, the form ends before
        its closing boundary, or there are more than ``MAX_PARTS``.
    """
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import FormParser

    if not boundary or not boundary.isascii() or len(boundary) > MAX_BOUNDARY_CHARACTERS:
        raise MalformedRequest("The Content-Type of a form must name its boundary.")
    parts = _Parts()
    try:
        parser = FormParser(
            "multipart/form-data",
            parts.add_field,
            parts.add_file,
            on_end=parts.end,
            boundary=boundary,
            config=CONFIG,
        )
        parser.write(body)
    except (FormParserError, ValueError) as error:
        raise MalformedRequest(f"The form's parts cannot be told apart: {error}.") from None
    if not parts.ended:
        raise MalformedRequest("The form ends before its closing boundary.")
    return parts.found


class _Parts:
    """Collects what the parser found."""

    def __init__(self) -> None:
        self.found: list[FormPart] = []
        self.ended = False

    def add_field(self, field: Field) -> None:
        self._add(field.field_name, field.value or b"")

    def add_file(self, file: File) -> None:
        file.file_object.seek(0)
        name = (file.file_name or b"").decode("utf-8", errors="replace")
        self._add(file.field_name, file.file_object.read(), name)

    def end(self) -> None:
        self.ended = True

    def _add(self, name: bytes | None, data: bytes, file_name: str | None = None) -> None:
        if len(self.found) >= MAX_PARTS:
            raise MalformedRequest(f"The form has more than {MAX_PARTS} parts.")
        if not name:
            raise MalformedRequest("A part of the form has no name.")
        self.found.append(FormPart(name.decode("utf-8", errors="replace"), data, file_name))
