"""The emails: what they say, that the plain part stands alone, and that nothing typed is more than text."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any

import pytest

from skybatch.notification.email import Message, completed_message, failed_message
from skybatch.requests.model import Region
from tests.support import batch_samples
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
    subject = completed_message(batch_samples.mixed(), URL).subject
    assert subject == "[skybatch] Brown dwarf candidates: 4,818 images, some missing, part 2 of about 4"
    assert completed_message(batch_samples.nothing(), URL).subject == "[skybatch] M 83: no image set matches"
    assert (
        failed_message(batch_samples.status(**FAILED), URL).subject
        == "[skybatch] Brown dwarf candidates: failed"
    )


def test_both_parts_tell_the_same_and_each_is_complete() -> None:
    message = completed_message(batch_samples.mixed(), URL)
    html = one_line(Page(message.html).one("body").text)
    told = (
        "4,818 images (997 MB) are here; 882 of 2,500 rows lack some or all images.",
        "the stored file is damaged: 3, rows 14 (t14), 47 (t47) and 112 (t112)",
        "IRSA, NED and SIMBAD do not know it: 2, rows 8 and 9",
        "2,412 images (1.8 GB) did not fit into this batch.",
        "The files are kept until 4 December 2026, 12:03 UTC.",
        "You asked for J, H and Ks Atlas images for 2,500 positions.",
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


def test_nothing_found_is_told_kindly_with_what_was_asked() -> None:
    text = one_line(completed_message(batch_samples.nothing(), URL).text)
    assert text.startswith("No image set matches what you asked for.")
    assert "overlap the circle of 0.5° diameter around m83" in text
    assert "You may try" in text
    assert "failed" not in text


def test_a_failure_says_what_happened_and_what_to_do() -> None:
    text = one_line(failed_message(batch_samples.status(**FAILED), URL).text)
    assert "What happened 214,000 images match, the limit is 100,000." in text
    assert "What to do Split the request" in text
    assert URL in text


def test_a_failure_without_a_reason_still_says_what_to_do() -> None:
    text = one_line(failed_message(batch_samples.status("failed"), URL).text)
    assert "left no reason" in text
    assert "submit it again" in text


def test_quicklooks_come_with_the_caution() -> None:
    quick = batch_samples.status(request=batch_samples.region_request(image_type="quicklook"))
    message = completed_message(quick, URL)
    for part in (message.text, Page(message.html).one("body").text):
        assert "for photometry always use Atlas images" in one_line(part)
    assert "lossy" not in completed_message(batch_samples.status(), URL).text


def test_a_cancelled_batch_says_so() -> None:
    rows = {"total": 2500, "retrieved": 900, "cancelled": 1600}
    message = completed_message(batch_samples.status("cancelled", rows=rows), URL)
    assert message.text.startswith("This batch was cancelled.")
    assert message.subject.endswith(": cancelled")


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
