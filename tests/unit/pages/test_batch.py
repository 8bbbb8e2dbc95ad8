"""The page of a batch: what a person reads in each state, and that nothing typed becomes markup."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from skybatch import pages
from skybatch.pages.batch import IMAGES_SHOWN, rate
from skybatch.pages.environment import safe_url
from skybatch.status import BatchStatus
from tests.support import batch_samples
from tests.support.html import Page

LABELLED = {"input", "select", "textarea"}


def shown(status: BatchStatus, images: list[dict[str, Any]] | None = None, **more: Any) -> Page:
    return Page(pages.results_page(status, images or [], **more))


@pytest.mark.parametrize("name", batch_samples.PAGES)
def test_every_page_is_whole_and_keeps_to_its_own_policy(name: str) -> None:
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
    assert "You asked for J, H and Ks Atlas images for 2,500 positions." in page.words
    assert "You may close this page" in page.words
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
    assert ("Resolving names" in [step.text for step in steps]) is named
    assert [step.text for step in steps if "aria-current" in step.attributes] == ["Finding images"]


def test_a_finished_page_does_not_renew_itself() -> None:
    assert not shown(batch_samples.status()).all("meta", **{"http-equiv": "refresh"})


def test_the_summary_leads_and_outcomes_carry_their_reasons() -> None:
    page = shown(batch_samples.mixed(), batch_samples.images(10))
    assert "882 of 2,500 rows lack some or all images" in page.words
    assert "the stored file is damaged: 3, rows 14 (t14), 47 (t47) and 112 (t112)" in page.words
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


def test_nothing_found_is_told_kindly_with_what_was_asked() -> None:
    page = shown(batch_samples.nothing())
    assert "No image set matches what you asked for." in page.words
    assert "overlap the circle of 0.5° diameter around m83" in page.words
    assert "Failed" not in page.words


def test_a_failed_batch_says_what_happened_and_what_to_do() -> None:
    page = shown(
        batch_samples.status("failed", reason="too_large: 214,000 images match, the limit is 100,000")
    )
    assert "What happened. 214,000 images match, the limit is 100,000." in page.words
    assert "Split the request" in page.words


def test_quicklooks_are_never_delivered_without_the_caution() -> None:
    quick = batch_samples.status(request=batch_samples.region_request(image_type="quicklook"))
    named = [{**batch_samples.images(1)[0], "file": "0001_a_001114n_j0460033_ql.fits"}]
    for page in (shown(quick), shown(batch_samples.status(), named)):
        assert "for photometry always use Atlas images" in page.words
    assert "lossy" not in shown(batch_samples.status(), batch_samples.images(3)).words


def test_images_that_did_not_come_say_why_once_and_have_no_link() -> None:
    image = {**batch_samples.images(1)[0], "url": None}
    left = {**image, "status": "over_limit", "reason": "beyond the batch's limit"}
    failed = {**image, "status": "failed", "reason": "source_missing"}
    stopped = {**image, "status": "cancelled", "reason": "the batch was cancelled"}
    body = shown(batch_samples.status(), [left, failed, stopped]).one("table", id="images")
    assert "beyond the limit" in body.text
    assert "beyond the batch's limit" not in body.text
    assert "failed the archive lists the image but does not hold it" in body.text
    assert "the batch was cancelled" not in body.text
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


def test_pace_speaks_only_when_there_is_something_to_go_by() -> None:
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


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", " javascript:x", "x\njavascript:"]
)
def test_only_web_addresses_become_links(link: str) -> None:
    assert safe_url(link) == "#"


@pytest.mark.parametrize(
    "link", ["https://a.example/x?y=1:2", "images/a.fits", "../b/results", "/x?at=12:00"]
)
def test_our_own_addresses_pass(link: str) -> None:
    assert safe_url(link) == link
