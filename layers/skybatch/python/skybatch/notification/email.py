"""The emails about a batch: one when it is finished, another when it could not be.

Plain text complete by itself, HTML beside it (RFC 2046 section 5.1.4). Only the links we make are
links: what a user typed is cut, cleaned of control characters and written so that no mail program
turns it into an address.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from skybatch.notification.headers import AUTOMATIC
from skybatch.presentation import formatting
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.operator import operator_sentence
from skybatch.presentation.outcomes import informative_outcome_lines
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION, request_details, request_sentence
from skybatch.presentation.summary import headline, nothing_found, part_of_chain, summary_sentences
from skybatch.presentation.survey_results import acknowledgements, survey_lines
from skybatch.settings import settings
from skybatch.status import BatchStatus, Unretrieved

SUBJECT_LENGTH = 120
LABEL_IN_SUBJECT = 60
_LISTED_FILES = ("images.tar", "images.tbl", "unretrieved.tbl", "failed.tbl", "rows.tbl", "download.sh")


@dataclass(frozen=True)
class Message:
    """A subject of one line, and the same content as plain text and as HTML.

    ``headers`` are further header fields; ``tags`` come back with what becomes of the message.
    """

    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def to_ses(self) -> dict[str, Any]:
        """Give ``Content`` of SES v2 SendEmail, which builds the multipart/alternative body."""
        parts = {"Text": self.text, "Html": self.html}
        body = {name: {"Data": data, "Charset": "UTF-8"} for name, data in parts.items()}
        given = {**AUTOMATIC, **self.headers}
        headers = [{"Name": name, "Value": value} for name, value in given.items()]
        subject = {"Data": self.subject, "Charset": "UTF-8"}
        return {"Simple": {"Subject": subject, "Body": body, "Headers": headers}}


def completed_message(status: BatchStatus, results_url: str, block_url: str = "") -> Message:
    """Write the email of a batch that is ``complete`` or ``cancelled``; `results_url` is its page.

    ``block_url`` leads to the page by which the address is sent no more.
    """
    return _message("completed", status, results_url, block_url)


def failed_message(status: BatchStatus, results_url: str, block_url: str = "") -> Message:
    """Write the email of a batch that failed as a whole: what happened, and what to do."""
    return _message("failed", status, results_url, block_url)


def confirmation_message(service_url: str, confirm_url: str) -> Message:
    """Write the email that asks whether an address wants mail; it has no word of whoever gave the address."""
    operator = operator_sentence(settings())
    context = {"service_url": service_url, "block_url": confirm_url, "operator": operator}
    text = _environment().get_template("confirm.txt").render(context)
    html = _environment().get_template("confirm.html").render(context)
    return Message("[skybatch] Please confirm your address", text, html)


def _message(kind: str, status: BatchStatus, results_url: str, block_url: str) -> Message:
    context = {**_context(status, results_url), "block_url": block_url, "service_url": _service(results_url)}
    text = _environment().get_template(f"{kind}.txt").render(context)
    html = _environment().get_template(f"{kind}.html").render(context)
    return Message(_subject(status), text, html)


def _service(results_url: str) -> str:
    return results_url.partition("/batches/")[0]


def _subject(status: BatchStatus) -> str:
    label = formatting.unlinked(status.label or "your images", LABEL_IN_SUBJECT)
    part = part_of_chain(status)
    subject = f"[skybatch] {label}: {headline(status)}" + (f", {part}" if part else "")
    return formatting.plain(subject, SUBJECT_LENGTH)


def _context(status: BatchStatus, results_url: str) -> dict[str, Any]:
    return {
        "status": status,
        "label": formatting.unlinked(status.label or ""),
        "results_url": results_url,
        **_request_context(status),
        "summary": summary_sentences(status),
        "nothing_found": nothing_found(status),
        "outcomes": informative_outcome_lines(status),
        "part": part_of_chain(status),
        "left_over": _left_over(status.unretrieved),
        "files": [file for file in status.files if _is_listed(file.name)],
        "failure": formatting.unlinked(failure_sentence(status), 400),
        "advice": failure_advice(status),
        "expires": formatting.date_time(status.expires),
        "surveys": survey_lines(status),
        "acknowledgements": acknowledgements(status),
        "operator": operator_sentence(settings()),
    }


def _is_listed(name: str) -> bool:
    """Tell whether an email names a file: the archive, and each table in one form."""
    return name in _LISTED_FILES or (name.startswith("images_") and name.endswith(".tbl"))


def _request_context(status: BatchStatus) -> dict[str, Any]:
    request = status.request
    if request is None:
        return {"asked": "", "details": [], "caution": ""}
    details = request_details(request)
    return {
        "asked": formatting.unlinked(request_sentence(request), 300),
        "details": [(term, formatting.unlinked(value)) for term, value in details],
        "caution": QUICKLOOK_CAUTION if request.quicklooks else "",
    }


def _left_over(unretrieved: Unretrieved | None) -> str:
    if unretrieved is None:
        return ""
    return f"{formatting.count(unretrieved.images, 'image')} ({formatting.size(unretrieved.bytes)})"


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
        size=formatting.size, count=formatting.count, unlinked=formatting.unlinked, fill=_fill
    )
    return environment


def _fill(text: str, indent: int = 0) -> str:
    """Wrap text at 76 characters, as RFC 5322 section 2.1.1 recommends; the first is not indented."""
    wrapped = textwrap.wrap(text, 76 - indent, break_long_words=False, break_on_hyphens=False)
    return ("\n" + " " * indent).join(wrapped)
