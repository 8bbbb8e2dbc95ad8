"""The page of a batch: what it shows in each state, and that nothing typed becomes markup."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from skybatch import pages
from skybatch.batch.reasons import BEYOND_LIMIT, CANCELLED_REASON, FAILURE_MEANINGS
from skybatch.batch.request_facts import request_facts
from skybatch.pages.batch import IMAGES_SHOWN, rate
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.outcomes import outcome_lines
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION, request_sentence
from skybatch.presentation.summary import summary_sentences
from skybatch.status import BatchStatus
from tests.support.batches import batch_samples
from tests.support.html import Page

LABELLED = {"input", "select", "textarea"}


def shown(status: BatchStatus, images: list[dict[str, Any]] | None = None, **more: Any) -> Page:
    return Page(pages.results_page(status, images or [], **more))


@pytest.mark.parametrize("name", batch_samples.PAGES)
def test_every_page_is_well_formed_and_keeps_to_its_policy(name: str) -> None:
    page = Page(batch_samples.PAGES[name]())
    assert page.unclosed == []
    assert page.one("html").attributes["lang"] == "en"
    assert len(page.all("h1")) == 1
    policy = pages.content_security_policy()
    for element in page.all("style") + page.all("script"):
        if element.attributes.get("type") != "application/json":
            digest = b64encode(sha256(element.text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
    for element in page.elements:
        assert "style" not in element.attributes, "a style attribute is blocked by the policy"
        assert not any(attribute.startswith("on") for attribute in element.attributes)
        assert element.attributes.get("src", "preview.svg") == "preview.svg", "nothing from outside"


@pytest.mark.parametrize("name", batch_samples.PAGES)
def test_every_table_and_field_has_its_name(name: str) -> None:
    page = Page(batch_samples.PAGES[name]())
    for cell in page.all("th"):
        assert cell.attributes.get("scope") in ("col", "row")
    for image in page.all("img"):
        assert "alt" in image.attributes
    names = {label.attributes.get("for") for label in page.all("label")}
    for element in page.elements:
        if element.name in LABELLED and element.attributes.get("type") != "hidden":
            assert element.attributes.get("id") in names, element
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in page.elements:
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert set(element.attributes.get(attribute, "").split()) <= set(ids)


def test_before_anything_is_done_the_page_says_what_was_asked_and_what_comes() -> None:
    early = batch_samples.status("accepted", progress={}, rows={}, images={})
    page = shown(early)
    assert request_sentence(request_facts(batch_samples.positions_request())) in page.words
    assert "value" not in page.one("progress").attributes
    assert page.one("form").attributes == {"method": "post", "action": "cancel"}


def test_a_running_batch_shows_counts_rate_and_finished_images() -> None:
    page = shown(batch_samples.status("working"), batch_samples.images(40), after="c2", now=batch_samples.NOW)
    bar = page.one("progress").attributes
    assert (bar["max"], bar["value"]) == ("7500", "2715")
    assert "2,715 of 7,500 images, 3 failed, 61.2 MB of 173 MB" in page.words
    assert "about 27 images a second, 3 minutes to go" in page.words
    assert len(page.all("tr")) == 41
    assert page.one("div", id="batch").attributes["data-after"] == "c2"
    assert page.one("p", id="announcement").attributes["aria-live"] == "polite"
    assert page.one("meta", **{"http-equiv": "refresh"})


@pytest.mark.parametrize(("mode", "named"), [("positions", True), ("scans", False)])
def test_finding_names_is_a_step_only_where_names_can_stand(mode: str, named: bool) -> None:
    facts = {**batch_samples.status_json()["asked"], "mode": mode}
    steps = shown(batch_samples.status("planning", asked=facts)).all("li")
    assert ("resolving" in [step.attributes.get("data-step") for step in steps]) is named
    assert [step.attributes["data-step"] for step in steps if "aria-current" in step.attributes] == [
        "planning"
    ]


def test_a_finished_page_does_not_renew_itself() -> None:
    assert not shown(batch_samples.status()).all("meta", **{"http-equiv": "refresh"})


def test_the_summary_leads_and_outcomes_carry_their_reasons() -> None:
    status = batch_samples.mixed()
    page = shown(status, batch_samples.images(10))
    assert page.one("p", **{"class": "summary"}).text == summary_sentences(status)
    reasons = [reason for line in outcome_lines(status) for reason in line.reasons]
    assert [item.text for item in page.all("li")][: len(reasons)] == reasons
    listed = [int(cell.text.replace(",", "")) for cell in page.all("td", **{"class": "num"})[:7]]
    assert sum(listed) == 2500


def test_what_is_left_over_is_one_button_away_and_never_a_link() -> None:
    page = shown(batch_samples.mixed())
    resubmits = page.all("form", action="resubmit")
    assert [form.attributes["method"] for form in resubmits] == ["post", "post"]
    assert [field.attributes["value"] for field in page.all("input", name="what")] == [
        "unretrieved",
        "failed",
    ]
    assert not any("resubmit" in link.attributes.get("href", "") for link in page.all("a"))
    assert "part 2 of about 4" in page.words


def test_a_batch_whose_rest_was_started_links_to_it_instead() -> None:
    page = shown(batch_samples.mixed(chain={"part": 2, "parts": 4, "previous": "a" * 22, "next": "b" * 22}))
    assert page.one("a", rel="next").attributes["href"] == f"../{'b' * 22}/results"
    assert page.one("a", rel="prev").attributes["href"] == f"../{'a' * 22}/results"
    assert "unretrieved" not in [field.attributes["value"] for field in page.all("input", name="what")]
    assert "part 2 of 4" in page.words


def test_downloads_name_every_file_with_size_and_md5() -> None:
    page = shown(batch_samples.mixed())
    for entry in batch_samples.mixed().files:
        assert page.one("a", href=entry.url).text == entry.name
        assert (entry.md5 or "") in page.one("pre").text


def test_nothing_found_shows_the_request_and_no_outcomes() -> None:
    page = shown(batch_samples.nothing())
    assert page.one("p", **{"class": "summary"}).text == summary_sentences(batch_samples.nothing())
    assert request_sentence(request_facts(batch_samples.region_request())) in page.words
    assert page.all("table", **{"class": "outcomes"}) == []


def test_a_failed_batch_says_what_happened_and_what_to_do() -> None:
    status = batch_samples.status("failed", reason="too_large: 214,000 images match, the limit is 100,000")
    page = shown(status)
    assert failure_sentence(status) in page.words
    assert failure_advice(status) in page.words


def test_quicklooks_are_never_delivered_without_the_caution() -> None:
    quick = batch_samples.status(request=batch_samples.region_request(image_type="quicklook"))
    named = [{**batch_samples.images(1)[0], "file": "0001_a_001114n_j0460033_ql.fits"}]
    for page in (shown(quick), shown(batch_samples.status(), named)):
        assert QUICKLOOK_CAUTION in page.words
    assert QUICKLOOK_CAUTION not in shown(batch_samples.status(), batch_samples.images(3)).words


def test_images_that_were_not_retrieved_say_why_once_and_have_no_link() -> None:
    image = {**batch_samples.images(1)[0], "url": None}
    left = {**image, "status": "over_limit", "reason": BEYOND_LIMIT}
    failed = {**image, "status": "failed", "reason": "source_missing"}
    stopped = {**image, "status": "cancelled", "reason": CANCELLED_REASON}
    body = shown(batch_samples.status(), [left, failed, stopped]).one("table", id="images")
    assert BEYOND_LIMIT not in body.text
    assert FAILURE_MEANINGS["source_missing"] in body.text
    assert CANCELLED_REASON not in body.text
    assert not shown(batch_samples.status(), [left, failed, stopped]).all("a", href="None")


def test_long_tables_are_cut_and_say_so() -> None:
    page = shown(batch_samples.status(), batch_samples.images(2600))
    assert len(page.all("tr")) == IMAGES_SHOWN + 3  # two headings, one outcome
    assert "The first 2,500 images of 7,500; all" in page.words


def test_a_page_of_2500_images_fits_an_answer_of_lambda() -> None:
    assert (
        len(pages.results_page(batch_samples.mixed(), batch_samples.images(2500, previews=True)).encode())
        < 4_000_000
    )


def test_a_rate_needs_a_finished_image_and_a_start() -> None:
    since = batch_samples.NOW - timedelta(seconds=600)
    assert rate(0, 100, since, batch_samples.NOW) == ""
    assert rate(5, 100, None, batch_samples.NOW) == ""
    assert rate(10, 10, since, batch_samples.NOW) == "about 1 image a minute"
    assert rate(1200, 4800, since, batch_samples.NOW) == "about 2 images a second, 30 minutes to go"


@pytest.mark.parametrize("typed", [batch_samples.EVIL, "x" * 10_000, "\x00\x1b[31m", "\ud800", "🔭" * 500])
def test_what_a_user_typed_stays_inert_on_the_page(typed: str) -> None:
    request = batch_samples.positions_request(3, label=typed, table_name=typed)
    bare = pages.results_page(batch_samples.mixed(label="", notices=[""]), batch_samples.images(3))
    hostile = batch_samples.mixed(
        request=request, label=typed, notices=[typed], reason=typed,
        reasons=[{"outcome": "failed", "reason": typed, "rows": 3, "named": [typed]}],
        files=[{**batch_samples.files()[0], "name": typed}],
    )  # fmt: skip
    rows = [
        {**image, "id": typed, "file": typed, "band": typed, "reason": typed}
        for image in batch_samples.images(41)
    ]
    page = shown(hostile, rows)
    assert len(page.all("script")) == Page(bare).source.count("<script")
    assert page.unclosed == []
    assert len(page.source) < len(bare) + 60_000
    page.source.encode("utf-8")
    assert not any(ord(c) < 32 and c != "\n" for c in page.source)
    assert "\u202e" not in page.source
