"""The emails about a batch: one when it is finished, another when it could not be.

Plain text complete by itself, HTML beside it (RFC 2046 section 5.1.4). Only the links we make are
links: what a user typed is cut, cleaned of control characters and written so that no mail program
turns it into an address.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from skybatch.presentation import formatting, summary
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION, asked_details, asked_sentence

SUBJECT_LENGTH = 120
REFERENCE_HEADER = "X-Correlation-Id"
LABEL_IN_SUBJECT = 60
_ANNOUNCED = ("images.tar", "images.tbl", "unretrieved.tbl", "failed.tbl", "rows.tbl", "download.sh")


@dataclass(frozen=True)
class Message:
    """A subject of one line, and the same content as plain text and as HTML.

    ``reference`` is what the operators' logs know the batch by; it travels as a header.
    """

    subject: str
    text: str
    html: str
    reference: str = ""

    def simple(self) -> dict[str, Any]:
        """``Content`` of SES v2 SendEmail, which builds the multipart/alternative body."""
        parts = {"Text": self.text, "Html": self.html}
        body = {name: {"Data": data, "Charset": "UTF-8"} for name, data in parts.items()}
        headers = [{"Name": REFERENCE_HEADER, "Value": self.reference}] if self.reference else []
        subject = {"Data": self.subject, "Charset": "UTF-8"}
        return {"Simple": {"Subject": subject, "Body": body, "Headers": headers}}


def completed_message(status: Mapping[str, Any], results_url: str) -> Message:
    """The email of a batch that is ``complete`` or ``cancelled``.

    `status` is the object of ``GET /batches/{id}``; `results_url` the absolute address of its page.
    """
    return _message("completed", status, results_url)


def failed_message(status: Mapping[str, Any], results_url: str) -> Message:
    """The email of a batch that failed as a whole: what happened, and what to do."""
    return _message("failed", status, results_url)


def _message(kind: str, status: Mapping[str, Any], results_url: str) -> Message:
    status = summary.whole(status)
    facts = _facts(status, results_url)
    text = _environment().get_template(f"{kind}.txt").render(facts)
    html = _environment().get_template(f"{kind}.html").render(facts)
    return Message(_subject(status), text, html)


def _subject(status: Mapping[str, Any]) -> str:
    label = formatting.unlinked(status.get("label") or "your images", LABEL_IN_SUBJECT)
    place = summary.part(status)
    words = f"[skybatch] {label}: {summary.headline(status)}" + (f", {place}" if place else "")
    return formatting.plain(words, SUBJECT_LENGTH)


def _facts(status: Mapping[str, Any], results_url: str) -> dict[str, Any]:
    facts = status.get("asked") or {}
    return {
        "status": status,
        "label": formatting.unlinked(status.get("label") or ""),
        "results_url": results_url,
        "asked": formatting.unlinked(asked_sentence(facts), 300) if facts else "",
        "details": [(term, formatting.unlinked(value)) for term, value in asked_details(facts)]
        if facts
        else [],
        "summary": summary.summary(status),
        "nothing_found": summary.nothing_found(status),
        "outcomes": summary.told_outcomes(status),
        "part": summary.part(status),
        "left": _left(status["unretrieved"] or {}),
        "files": [entry for entry in status.get("files") or () if entry["name"] in _ANNOUNCED],
        "failure": formatting.unlinked(summary.failure(status), 400),
        "advice": summary.advice(status),
        "caution": QUICKLOOK_CAUTION if facts.get("quicklooks") else "",
        "expires": formatting.when(status.get("expires")),
    }


def _left(unretrieved: Mapping[str, Any]) -> str:
    images = formatting.count(unretrieved.get("images"), "image")
    return f"{images} ({formatting.size(unretrieved.get('bytes'))})"


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("skybatch.notification", "templates"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        size=formatting.size, count=formatting.count, words=formatting.unlinked, fill=_fill
    )
    return environment


def _fill(text: str, indent: int = 0) -> str:
    """Lines of at most 76 characters, as RFC 5322 section 2.1.1 recommends; the first is not indented."""
    wrapped = textwrap.wrap(text, 76 - indent, break_long_words=False, break_on_hyphens=False)
    return ("\n" + " " * indent).join(wrapped)
