"""The emails: what they say, that the plain part stands alone, and that nothing typed is more than text."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any

import pytest

from skybatch.batch.request_facts import request_facts
from skybatch.notification.email import Message, completed_message, failed_message
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.outcomes import outcome_lines
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION, request_sentence
from skybatch.presentation.summary import headline, part_of_chain, summary_sentences
from skybatch.requests.model import Region
from tests.support.batches import batch_samples
from tests.support.html import Page

URL = f"{batch_samples.ROOT}/batches/{batch_samples.BATCH}/results"
FAILED: dict[str, Any] = {
    "state": "failed",
    "reason": "too_large: 214,000 images match, the limit is 100,000",
}


def as_sent(message: Message) -> EmailMessage:
    """The message through a MIME library and back, as a mail program receives it."""
    built = EmailMessage()
    built["Subject"] = message.subject
    built.set_content(message.text)
    built.add_alternative(message.html, subtype="html")
    received = email.message_from_bytes(built.as_bytes(), policy=email.policy.default)
    assert isinstance(received, EmailMessage)
    return received


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_the_subject_has_label_outcome_and_part() -> None:
    for make, status in (
        (completed_message, batch_samples.mixed()),
        (completed_message, batch_samples.nothing()),
        (failed_message, batch_samples.status(**FAILED)),
    ):
        subject = make(status, URL).subject
        assert subject.startswith(f"[skybatch] {status.label}: {headline(status)}")
        assert subject.endswith(part_of_chain(status))


def test_both_parts_tell_the_same_and_each_is_complete() -> None:
    status = batch_samples.mixed()
    message = completed_message(status, URL)
    html = one_line(Page(message.html).one("body").text)
    told = (
        summary_sentences(status),
        *(reason for line in outcome_lines(status) for reason in line.reasons),
        "2,412 images (1.8 GB)",
        "4 December 2026, 12:03 UTC",
        request_sentence(request_facts(batch_samples.positions_request())),
        URL,
    )
    for sentence in told:
        assert sentence in one_line(message.text)
        assert sentence in html


def test_links_are_ours_and_none_starts_anything() -> None:
    message = completed_message(batch_samples.mixed(), URL)
    links = {link.attributes["href"] for link in Page(message.html).all("a")}
    assert links | {URL} == links
    assert set(re.findall(r"https?://\S+", message.text)) <= links
    assert all(link.startswith(f"{batch_samples.ROOT}/batches/{batch_samples.BATCH}/") for link in links)
    assert not any("resubmit" in link for link in links)


def test_lines_of_the_plain_part_are_short() -> None:
    lines = completed_message(batch_samples.mixed(label="x " * 500), URL).text.splitlines()
    assert max(map(len, lines)) <= 250  # a label is one line of at most 200


def test_nothing_found_repeats_the_request_and_lists_what_to_try() -> None:
    message = completed_message(batch_samples.nothing(), URL)
    assert one_line(message.text).startswith(summary_sentences(batch_samples.nothing()))
    assert request_sentence(request_facts(batch_samples.region_request())) in one_line(message.text)
    tried = [line for line in message.text.splitlines() if line.startswith("  - ")]
    files = [file for file in batch_samples.nothing().files if file.name in message.text]
    assert len(tried) == len(Page(message.html).all("li")) - len(files) == 3
    assert "failed" not in message.text


def test_a_failure_says_what_happened_and_what_to_do() -> None:
    for status in (batch_samples.status(**FAILED), batch_samples.status("failed")):
        message = failed_message(status, URL)
        for part in (message.text, Page(message.html).one("body").text):
            assert failure_sentence(status) in one_line(part)
            assert failure_advice(status) in one_line(part)
        assert URL in message.text


def test_quicklooks_come_with_the_caution() -> None:
    quick = batch_samples.status(request=batch_samples.region_request(image_type="quicklook"))
    message = completed_message(quick, URL)
    for part in (message.text, Page(message.html).one("body").text):
        assert QUICKLOOK_CAUTION in one_line(part)
    assert QUICKLOOK_CAUTION not in one_line(completed_message(batch_samples.status(), URL).text)


def test_a_cancelled_batch_says_so() -> None:
    rows = {"total": 2500, "retrieved": 900, "cancelled": 1600}
    status = batch_samples.status("cancelled", rows=rows)
    message = completed_message(status, URL)
    assert one_line(message.text).startswith(summary_sentences(status))
    assert message.subject.endswith(headline(status))


@pytest.mark.parametrize(
    "typed",
    [
        batch_samples.EVIL,
        "x" * 10_000,
        "a\r\nBcc: everyone@evil.example\r\n\r\n<html>",
        "\x00\x1b]0;title\x07",
        "\ud800",
        "\u2028Subject: x\u2029\x85\x0b\x0c",
        "🔭👩‍🚀" * 2000,
        "{{ 7 * 7 }}{% include 'x' %}",
        "visit http://evil.example/login or www.evil.example now",
    ],
)
@pytest.mark.parametrize("make", [completed_message, failed_message])
def test_nothing_typed_adds_a_header_markup_or_link(make: Any, typed: str) -> None:
    region = Region(None, typed, 0.5, "overlap")
    request = batch_samples.region_request(label=typed, region=region, table_name=typed)
    status = batch_samples.mixed(
        request=request, label=typed, reason=typed, notices=[typed],
        reasons=[{"outcome": "failed", "reason": typed, "rows": 9, "named": [typed]}],
    )  # fmt: skip
    message = make(status, URL)
    assert len(message.subject) <= 120
    assert message.subject.isprintable() or "\u200d" in message.subject
    received = as_sent(message)
    assert set(received.keys()) == {"Subject", "MIME-Version", "Content-Type"}
    folded = str(received["Subject"])  # folding an encoded word may double a blank
    assert folded.replace(" ", "") == message.subject.replace(" ", "")
    assert [part.get_content_type() for part in received.iter_parts()] == ["text/plain", "text/html"]
    page = Page(message.html)
    harmless = Page(make(batch_samples.mixed(label="x", request=request), URL).html)
    assert {e.name for e in page.elements} <= {e.name for e in harmless.elements} | {"br"}
    for found in re.findall(r"(?:https?://|www\.\w)\S+", message.text) + [
        a.attributes["href"] for a in page.all("a")
    ]:
        assert found.startswith(batch_samples.ROOT)
    assert "49" not in message.subject
    assert len(message.text) < 8000


def test_ses_gets_a_subject_and_both_bodies_as_utf8() -> None:
    message = completed_message(batch_samples.mixed(label="Äußere 🔭"), URL)
    simple = message.to_ses()["Simple"]
    assert simple["Subject"] == {"Data": message.subject, "Charset": "UTF-8"}
    assert simple["Body"]["Text"]["Data"] == message.text
    assert simple["Body"]["Html"] == {"Data": message.html, "Charset": "UTF-8"}
