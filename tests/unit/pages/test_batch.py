"""The page of a batch: what it shows in each state, and that nothing typed becomes markup."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from skybatch import pages
from skybatch.batch.delivery.previews import no_picture
from skybatch.batch.request_facts import request_facts
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.results.targets import Target
from skybatch.pages.batch import rate
from skybatch.presentation.failure import failure_advice, failure_sentence
from skybatch.presentation.gallery.latest_images import newest_first
from skybatch.presentation.outcomes import outcome_lines
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION, request_sentence
from skybatch.presentation.summary import summary_sentences
from skybatch.settings import settings as deployment
from skybatch.status import BatchStatus
from tests.support.batches import batch_samples, page_samples
from tests.support.html import Element, Page
from tests.support.survey.descriptions import known_survey, plain_survey

LABELLED = {"input", "select", "textarea"}


def shown(status: BatchStatus, targets: Sequence[Target] = (), **choice: Any) -> Page:
    return Page(pages.results_page(status, targets, TargetChoice(**choice)))


def running(status: BatchStatus, images: Sequence[dict[str, Any]] = (), **more: Any) -> Page:
    return Page(pages.running_page(status, images, **more))


@pytest.mark.parametrize("name", page_samples.PAGES)
def test_every_page_is_well_formed_and_keeps_to_its_policy(name: str) -> None:
    page = Page(page_samples.PAGES[name]())
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
        assert "//" not in element.attributes.get("src", ""), "nothing from outside"


@pytest.mark.parametrize("name", page_samples.PAGES)
def test_every_table_and_field_has_its_name(name: str) -> None:
    page = Page(page_samples.PAGES[name]())
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
    page = running(early)
    assert request_sentence(request_facts(batch_samples.positions_request())) in page.words
    assert "value" not in page.one("progress").attributes
    assert page.one("form").attributes == {"method": "post", "action": "cancel"}


def test_a_running_batch_shows_counts_rate_and_finished_images() -> None:
    status, images = batch_samples.status("working"), batch_samples.images(40)
    page = running(status, images, after="c2", now=batch_samples.NOW)
    bar = page.one("progress").attributes
    assert (bar["max"], bar["value"]) == ("7500", "2715")
    assert "2,715 of 7,500 images, 3 failed, 61.2 MB of 173 MB" in page.words
    assert "about 27 images a second, 3 minutes to go" in page.words
    tiles = [image.attributes["src"] for image in page.all("img")]
    assert tiles == [f"previews/{image['file']}.png" for image in newest_first(images[-24:], "jhk")]
    assert page.one("div", id="batch").attributes["data-after"] == "c2"
    assert page.one("p", id="announcement").attributes["aria-live"] == "polite"
    assert page.one("meta", **{"http-equiv": "refresh"})


def test_the_script_has_the_labels_of_the_bands_of_any_survey() -> None:
    with known_survey(plain_survey()) as survey:
        radio = next(iter(survey.datasets)), {"l": survey.bands["l"].label}
        for dataset, bands in (("asky", {"j": "J", "k": "Ks"}), radio):
            request = batch_samples.region_request(dataset=dataset, bands=tuple(bands))
            page = running(batch_samples.status("working", request=request))
            assert json.loads(page.one("section", id="latest").attributes["data-bands"]) == bands


@pytest.mark.parametrize("named", [True, False])
def test_only_the_stages_that_a_batch_has_are_shown(named: bool) -> None:
    steps = running(batch_samples.status("planning"), has_names=named).all("li")
    assert ("resolving" in [step.attributes.get("data-step") for step in steps]) is named
    assert [step.attributes["data-step"] for step in steps if "aria-current" in step.attributes] == [
        "planning"
    ]


def test_cancelling_asks_once_without_a_script() -> None:
    page = running(batch_samples.status("working"))
    assert page.one("summary").text == "Cancel this batch"
    assert page.one("form", action="cancel").attributes["method"] == "post"
    assert page.one("button", **{"data-busy": "Cancelling…"}).text == "Yes, cancel it"


def test_a_finished_page_does_not_renew_itself() -> None:
    assert not shown(batch_samples.status()).all("meta", **{"http-equiv": "refresh"})


def test_the_summary_leads_and_outcomes_carry_their_reasons() -> None:
    status = batch_samples.mixed()
    page = shown(status, batch_samples.targets(10))
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


def test_other_files_are_named_with_size_and_md5() -> None:
    page = shown(batch_samples.mixed())
    others = [file for file in batch_samples.mixed().files if file.name != "images.tar"]
    for entry in others:
        assert page.one("a", href=entry.url).text == entry.name
        assert (entry.md5 or "") in page.one("pre", **{"aria-label": "MD5 of each file"}).text


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
    for page in (shown(quick), running(batch_samples.status("working"), named)):
        assert QUICKLOOK_CAUTION in page.words
    assert QUICKLOOK_CAUTION not in shown(batch_samples.status(), batch_samples.targets(3)).words


def test_images_too_large_for_a_picture_say_so_in_its_place() -> None:
    first = batch_samples.targets(1)[0]
    large = replace(first.pictures[0], bytes=20_000_001)
    page = shown(batch_samples.mixed(), [replace(first, pictures=(large, *first.pictures[1:]), colour=None)])
    assert [each.text for each in page.all("span", **{"class": "none undrawn"})] == [no_picture(20_000_001)]
    assert sum("previews/" in each.attributes["src"] for each in page.all("img")) == 2
    images = [
        {**image, "bytes": size} for image, size in zip(batch_samples.images(2), (9, 10**9), strict=True)
    ]
    page = running(batch_samples.status("working"), images)
    assert [each.text for each in page.all("span", **{"class": "none undrawn"})] == [no_picture(10**9)]


def test_one_button_downloads_everything_and_the_other_files_are_folded() -> None:
    page = shown(batch_samples.mixed())
    button = page.one("a", **{"class": "button everything"})
    assert button.attributes["href"].endswith("/files/images.tar")
    assert "612 MB" in button.text
    parts = ('class="summary"', "Download everything", "data-copy", "Other files")
    order = [page.source.index(words) for words in parts]
    assert order == sorted(order)


@pytest.mark.parametrize("view", ["gallery", "table"])
def test_a_page_of_2500_rows_is_small_and_has_at_most_a_hundred_tab_stops(view: str) -> None:
    page = shown(batch_samples.mixed(), batch_samples.targets(2500), view=view, page=3)
    assert len(page.source.encode()) < 300_000
    stops = [each for each in page.elements if is_tab_stop(each)]
    folded = len(batch_samples.mixed().files) + 4  # links and commands in closed details
    added = 4  # by scripts: the sketch, and buttons to copy
    assert len(stops) - folded + added <= 100


def is_tab_stop(element: Element) -> bool:
    reached = element.name in ("button", "select", "summary", "input", "textarea") or element.name == "a"
    hidden = element.attributes.get("tabindex") == "-1" or element.attributes.get("type") == "hidden"
    return (reached or "tabindex" in element.attributes) and not hidden


def test_sketch_and_other_skies_are_offered_and_nothing_is_loaded_from_there() -> None:
    page = shown(batch_samples.mixed(), batch_samples.targets(3))
    assert page.one("img", src="sky.svg").attributes["alt"]
    outside = [each for each in page.all("a") if "aladin" in each.attributes.get("href", "")]
    assert "noopener" in outside[0].attributes["rel"]


def test_only_images_that_are_here_are_said_to_be_cut_at_an_edge() -> None:
    target = batch_samples.targets(30)[29]
    assert [picture.is_here for picture in target.pictures] == [True, True, False]
    page = shown(batch_samples.mixed(), [target])
    assert page.source.count('<span class="mark">cut at the edge') == 2


@pytest.mark.parametrize("mail_from", ["", "skybatch@example.org"])
def test_a_message_is_announced_only_where_mail_is_sent(
    monkeypatch: pytest.MonkeyPatch, mail_from: str
) -> None:
    monkeypatch.setenv("MAIL_FROM", mail_from)
    deployment.cache_clear()
    try:
        page = running(batch_samples.status("working"))
        assert ("a message is sent" in page.source) == bool(mail_from)
    finally:
        deployment.cache_clear()


def test_a_rate_needs_a_finished_image_and_a_start() -> None:
    since = batch_samples.NOW - timedelta(seconds=600)
    assert rate(0, 100, since, batch_samples.NOW) == ""
    assert rate(5, 100, None, batch_samples.NOW) == ""
    assert rate(10, 10, since, batch_samples.NOW) == "about 1 image a minute"
    assert rate(1200, 4800, since, batch_samples.NOW) == "about 2 images a second, 30 minutes to go"


@pytest.mark.parametrize("typed", [batch_samples.EVIL, "x" * 10_000, "\x00\x1b[31m", "\ud800", "🔭" * 500])
@pytest.mark.parametrize("view", ["gallery", "table"])
def test_what_a_user_typed_stays_inert_on_the_page(typed: str, view: str) -> None:
    request = batch_samples.positions_request(3, label=typed, table_name=typed)
    bare = pages.results_page(batch_samples.mixed(label="", notices=[""]), batch_samples.targets(15))
    hostile = batch_samples.mixed(
        request=request, label=typed, notices=[typed], reason=typed,
        reasons=[{"outcome": "failed", "reason": typed, "rows": 3, "named": [typed]}],
        files=[{**batch_samples.files()[0], "name": typed}],
    )  # fmt: skip
    targets = [replace(each, reason=typed) for each in batch_samples.targets(15, id=typed, name=typed)]
    page = shown(hostile, targets, view=view)
    assert len(page.all("script")) == Page(bare).source.count("<script")
    assert page.unclosed == []
    assert len(page.source) < len(bare) + 60_000
    page.source.encode("utf-8")
    assert not any(ord(c) < 32 and c != "\n" for c in page.source)
    assert "\u202e" not in page.source
