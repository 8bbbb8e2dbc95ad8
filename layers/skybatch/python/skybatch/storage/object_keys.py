"""Object keys that callers write in addresses and identifiers."""

from __future__ import annotations

import re

from skybatch.errors import NotFound

MAX_KEY_CHARACTERS = 1024  # S3's bound
# Printable ASCII, hidden files excepted.
_SEGMENT = re.compile(r"[ -\-0-~][ -.0-~]*")


def checked_key(text: str, *, folder: bool = False) -> str:
    """Return a key as it was written, where every segment of it is the name of a file in printable ASCII.

    Stores refuse other keys in ways of their own: empty segments, ``..``, control characters.

    Parameters
    ----------
    text
        The key, without a slash at its beginning.
    folder
        Whether the key may be empty or end with one slash.

    Raises
    ------
    NotFound
        For anything else: no object has such a key.
    """
    if folder and not text:
        return text
    segments = (text.removesuffix("/") if folder else text).split("/")
    if len(text) > MAX_KEY_CHARACTERS or not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise NotFound("There is nothing at this address.")
    return text
