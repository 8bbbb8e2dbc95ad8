"""Templates, the one style sheet, and the headers that keep a page to itself."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from skybatch.presentation import formatting
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION
from skybatch.presentation.summary import reason_words
from skybatch.surveys.twomass.bands import BAND_NAMES

STYLE = "page.css"
SCRIPTS = ("results.js", "preview.js", "form.js")
_SAFE_ADDRESS = re.compile(r"https?://|[^:]*(?:[/?#]|$)")


@lru_cache(maxsize=8)
def inlined(name: str) -> str:
    """The text of a style sheet or script as it stands inside a page, byte for byte."""
    return files("skybatch.pages").joinpath("templates", name).read_text("utf-8")


def source_hash(name: str) -> str:
    """The hash source of an inline element (Content Security Policy Level 3, section 2.3.1)."""
    return "'sha256-" + b64encode(sha256(inlined(name).encode()).digest()).decode() + "'"


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """The policy of every page: our one style sheet and scripts by their hashes, nothing from outside.

    Previews are images that answer 302 to the results bucket, and a redirect's target is checked too:
    so images may come from any https address, and from a plain one on this very machine.
    """
    scripts = " ".join(source_hash(name) for name in SCRIPTS)
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {source_hash(STYLE)}",
            f"script-src {scripts}",
            "img-src 'self' data: https: http://127.0.0.1:* http://localhost:*",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def page_headers() -> dict[str, str]:
    """The headers of every HTML answer. A batch's address is its key: it must not travel as a referrer."""
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }


def render(template: str, /, **facts: Any) -> str:
    """One page of the templates folder as HTML text."""
    return environment().get_template(template).render(facts)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The templates with our filters: autoescape on, an undefined name is an error."""
    made = Environment(
        loader=PackageLoader("skybatch.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        size=formatting.size,
        count=formatting.count,
        when=formatting.when,
        day=formatting.day,
        plain=formatting.plain,
        address=address,
        opening=opening,
        reason=reason_words,
        band=lambda band: BAND_NAMES.get(str(band).lower()) or formatting.plain(band, 8),
    )
    made.globals.update(
        inlined=lambda name: Markup(inlined(name)),  # noqa: S704  our own files, never what a user typed
        caution=QUICKLOOK_CAUTION,
    )
    return made


def address(link: object) -> str:
    """A link as it may stand in an href: http, https or relative; anything else leads nowhere."""
    text = str(link)
    return text if _SAFE_ADDRESS.match(text) else "#"


def opening(detail: object) -> str:
    """The first line of a problem's detail: a sentence to act on; the others repeat its list of errors."""
    return formatting.plain(str(detail).strip().partition("\n")[0], 1000)
