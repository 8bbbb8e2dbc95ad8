"""The template environment, the style sheet and scripts, and the security headers of every page."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from skybatch.plain_text import join_words
from skybatch.presentation import formatting
from skybatch.presentation.citation import bibtex
from skybatch.presentation.outcomes import describe_reason
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION
from skybatch.presentation.sky_sketch.style import style_source
from skybatch.settings import settings
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import band_label, served_surveys

STYLES = ("page.css", "results.css")
BATCH_SCRIPTS = ("batch.js", "copy.js", "pictures.js", "view.js")
FORM_SCRIPTS = (
    *("sky.js", "table_check.js", "request_file.js", "request_commands.js", "command_panel.js"),
    *("form_errors.js", "my_batches.js", "form.js"),
)
SCRIPTS = (*BATCH_SCRIPTS, *FORM_SCRIPTS, "byte_size.js", "api_try.js")
TOKEN_SCRIPT = "token.js"  # noqa: S105  of pages of a private deployment alone
_WITH_INDEX = re.compile(r"^([A-Z])([a-z]+)$")
_SAFE_URL = re.compile(r"https?://|[^:]*(?:[/?#]|$)")


@cache
def inlined(name: str) -> str:
    """Read the text of a style sheet or script as it stands inside a page, byte for byte."""
    return files("skybatch.pages").joinpath("templates", name).read_text("utf-8")


def source_hash(name: str) -> str:
    """Compute the hash source of an inline element (Content Security Policy Level 3, section 2.3.1)."""
    return "'sha256-" + b64encode(sha256(inlined(name).encode()).digest()).decode() + "'"


@lru_cache(maxsize=2)
def content_security_policy(*more_scripts: str) -> str:
    """Give the policy of every page: the style sheet and scripts by their hashes, nothing from other hosts.

    Previews are images that answer 302 to the results bucket, and browsers check a redirect's target too:
    so images may come from any https URL, and by http from the local machine.
    """
    scripts = " ".join(source_hash(name) for name in (*SCRIPTS, *more_scripts))
    styles = " ".join(map(source_hash, STYLES))
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {styles} {style_source()}",
            f"script-src {scripts}",
            "img-src 'self' data: https: http://127.0.0.1:* http://localhost:*",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def page_headers(html: str = "") -> dict[str, str]:
    """Give the headers of every HTML response, or of a page that has more scripts than every one may.

    The URL of a batch is a capability: it must not leak as a referrer.
    """
    more = [TOKEN_SCRIPT] if inlined(TOKEN_SCRIPT) in html else []
    return {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": content_security_policy(*more),
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }


def render(template: str, /, **context: Any) -> str:
    """Render a page of the templates folder as HTML text."""
    return environment().get_template(template).render(context)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Build the template environment with our filters: autoescape on, an undefined name is an error."""
    built = Environment(
        loader=PackageLoader("skybatch.pages", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    built.filters.update(
        size=formatting.size,
        count=formatting.count,
        date_time=formatting.date_time,
        plain=formatting.plain,
        safe_url=safe_url,
        first_line=first_line,
        reason=describe_reason,
        band_labels=band_labels,
        bibtex=bibtex,
        with_code=with_code,
        band=lambda band: formatting.plain(band_label(str(band).lower()), 15),
    )
    built.globals.update(
        inlined=lambda name: Markup(inlined(name)),  # noqa: S704  our own files, never what a user typed
        caution=QUICKLOOK_CAUTION,
        deployment=settings,
        survey_titles=lambda: join_words([f"the {survey.title}" for survey in served_surveys()]),
    )
    return built


def band_labels(survey: Survey) -> Markup:
    """Return the bands of a survey in words, a small letter behind a capital as its index: K with an s."""
    labels = (str(escape(band.label)) for band in survey.band)
    return Markup(join_words([_WITH_INDEX.sub(r"\1<sub>\2</sub>", label) for label in labels]))  # noqa: S704  escaped


def with_code(text: str) -> Markup:
    """Return a sentence in which words between backticks are code."""
    plain, *rest = str(text).split("`")
    parts = [
        f"<code>{escape(each)}</code>" if n % 2 == 0 else str(escape(each)) for n, each in enumerate(rest)
    ]
    return Markup(str(escape(plain)) + "".join(parts))  # noqa: S704  escaped


def safe_url(url: object) -> str:
    """Return a URL that may stand in an href (http, https or relative), ``#`` for any other."""
    text = str(url)
    return text if _SAFE_URL.match(text) else "#"


def first_line(detail: object) -> str:
    """Return the first line of a problem's detail; the others repeat its list of errors."""
    return formatting.plain(str(detail).strip().partition("\n")[0], 1000)
