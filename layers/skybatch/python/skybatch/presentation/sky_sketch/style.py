"""The style sheet of sketches, which stands in each of them and is allowed by its hash."""

from __future__ import annotations

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files


@lru_cache(maxsize=1)
def style() -> str:
    """Return the style sheet, byte for byte."""
    return files("skybatch.presentation").joinpath("sky_sketch", "sketch.css").read_text("utf-8")


def style_source() -> str:
    """Return its hash source (Content Security Policy Level 3, section 2.3.1)."""
    return "'sha256-" + b64encode(sha256(style().encode()).digest()).decode() + "'"
