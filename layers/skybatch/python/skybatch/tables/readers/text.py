"""Bytes of text to lines: encodings, line ends and bounds."""

from __future__ import annotations

from skybatch.tables.readers.model import Bounds, unreadable_table

UTF8_MARK = b"\xef\xbb\xbf"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(plain: bytes) -> str:
    r"""Decode text with ``\n`` line ends: UTF-8, UTF-16 with its mark, else Windows-1252.

    Raises InvalidRequest for bytes that no text holds.
    """
    if plain[:2] in UTF16_MARKS:
        text = plain.decode("utf-16", errors="replace")
    else:
        try:
            text = plain.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = plain.removeprefix(UTF8_MARK).decode("cp1252", errors="replace")
    if "\0" in text:
        raise unreadable_table("there are bytes that no text holds, so this is no table of text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def lines_of(text: str, bounds: Bounds) -> list[str]:
    """Split text into lines; raises InvalidRequest for more, or for longer ones, than any table has."""
    if text.count("\n") > bounds.lines:
        raise unreadable_table(f"there are more than {bounds.lines} lines")
    lines = text.split("\n")
    for number, line in enumerate(lines, 1):
        check_line(line, number, bounds)
    return lines


def check_line(line: str, number: int, bounds: Bounds) -> None:
    """Raise InvalidRequest for a longer line than any table has."""
    if len(line) > bounds.line_characters:
        raise unreadable_table(f"there are more than {bounds.line_characters} characters", number)


def is_content(line: str) -> bool:
    """Tell whether a line is neither blank nor a comment; ``#|`` begins the column names of SIMBAD."""
    stripped = line.strip()
    return bool(stripped) and (not stripped.startswith("#") or stripped[1:].lstrip().startswith("|"))
