"""The form: every mode in one click, posts what the request parser reads, shows errors where they are."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from skybatch.pages.examples import EXAMPLES
from skybatch.pages.form import MODES, form_page, plan_sentences
from skybatch.pages.form_values import FormValues
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION
from skybatch.requests.fields import BatchRequestBody
from skybatch.requests.model import Mode
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from tests.support.batches import batch_samples, page_samples
from tests.support.html import Page
from tests.support.survey.descriptions import known_survey, plain_survey

SETTINGS = Settings(mail_from="sky@example.org")


def posted(page: Page) -> list[tuple[str, str]]:
    """What a browser without scripts would send, in document order."""
    pairs: list[tuple[str, str]] = []
    select, option = "", False
    for element in page.elements:
        given = element.attributes
        if element.name == "select":
            select, option = given["name"], False
        elif element.name == "option" and ("selected" in given or not option):
            if option is False or "selected" in given:
                pairs = [pair for pair in pairs if pair[0] != select]
                pairs.append((select, given["value"]))
            option = True
        elif element.name == "textarea":
            pairs.append((given["name"], element.text.removeprefix("\n").replace("\n", "\r\n")))
        elif element.name == "input" and "name" in given:
            if given["type"] in ("radio", "checkbox"):
                if "checked" in given:
                    pairs.append((given["name"], given["value"]))
            else:
                pairs.append((given["name"], given.get("value", "")))
    return pairs


def multipart(pairs: list[tuple[str, str]]) -> tuple[bytes, str]:
    """The pairs as a browser encodes them; the file input, the last `table`, is sent empty with a name."""
    files = [i for i, (name, _) in enumerate(pairs) if name == "table"][-1:]
    parts = []
    for i, (name, value) in enumerate(pairs):
        filename = '; filename=""' if i in files else ""
        parts.append(f'--b\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n{value}\r\n')
    return ("".join(parts) + "--b--\r\n").encode(), "multipart/form-data; boundary=b"


@pytest.mark.parametrize("mode", EXAMPLES)
def test_each_example_posts_a_request_the_service_takes(mode: str) -> None:
    page = Page(form_page(SETTINGS, example=mode))
    pairs = [(n, "me@example.org" if n == "email" else v) for n, v in posted(page)]
    request, _ = parse_body(*multipart(pairs), SETTINGS)
    assert request.mode == mode
    assert request.bands == ("j", "h", "k")
    assert (request.image_type, request.delivery_format, request.dataset) == ("atlas", "fits.gz", "asky")
    assert request.decompress is True
    assert request.email == "me@example.org"
    assert request.notices == ()
    expected = {"region": 1, "positions": 3, "coadd_keys": 4, "scan": 1, "scans": 2}
    assert len(request.rows) == expected[mode]


def test_the_form_sends_every_field_the_service_knows_and_no_other() -> None:
    sent = {name for name, _ in posted(Page(form_page(SETTINGS)))}
    # The survey says the data set; files are sent as files.
    assert sent == set(BatchRequestBody.model_fields) - {"dataset", "table_base64"}


def test_modes_are_those_of_the_service() -> None:
    assert [mode for mode, _, _ in MODES] == list(Mode)
    assert [mode for mode in Mode if mode is not Mode.IMAGE_IDS] == list(EXAMPLES)


def test_every_mode_has_its_example_one_click_away_without_scripts() -> None:
    links = [link.attributes["href"] for link in Page(form_page(SETTINGS)).all("a", **{"class": "example"})]
    assert links == [f"?example={mode}" for mode in EXAMPLES]


def test_works_without_scripts_as_a_plain_post_and_asks_for_an_address() -> None:
    page = Page(form_page(SETTINGS))
    assert page.one("form").attributes["enctype"] == "multipart/form-data"
    assert (page.one("form").attributes["action"], page.one("form").attributes["method"]) == (
        "batches",
        "post",
    )
    assert "required" in page.one("input", id="email").attributes
    assert page.one("button", formaction="plans").attributes["id"] == "check"


def test_quicklooks_are_offered_with_the_caution() -> None:
    assert QUICKLOOK_CAUTION in Page(form_page(SETTINGS)).words


def test_the_caution_stands_whatever_is_chosen_and_is_hidden_by_nothing() -> None:
    (caution,) = Page(form_page(SETTINGS)).all("p", role="note")
    assert QUICKLOOK_CAUTION in caution.text
    assert caution.attributes["class"] == "caution"


def test_an_address_is_asked_for_only_where_the_deployment_sends_mail() -> None:
    page = Page(form_page(Settings()))
    assert page.all("input", name="email") == []
    assert "email" not in page.one("form").text


def test_errors_of_one_line_stand_together() -> None:
    errors = [
        {"line": line, "row": line, "column": column, "value": "x", "rule": "must be a number"}
        for line, column in ((4, "ra"), (7, "ra"), (4, "dec"), (4, "size"))
    ]
    problem = {"title": "t", "detail": "d", "status": 422, "errors": errors}
    cells = Page(form_page(SETTINGS, problem=problem)).all("td")
    numbered = [(each.text, each.attributes["rowspan"]) for each in cells if "rowspan" in each.attributes]
    assert numbered == [("4", "3"), ("4", "3"), ("7", "1"), ("7", "1")]


def test_values_that_the_form_does_not_offer_are_left_out_and_told() -> None:
    given = FormValues({"relation": "near", "mode": "region", "bands": ["J", "Q"], "best": "y", "size": "9"})
    page = Page(form_page(SETTINGS, values=given))
    fields = dict(posted(page))
    assert (fields["relation"], fields["best"], fields["size"]) == ("overlap", "true", "9")
    told = [note.text for note in page.all("p", **{"class": "notice"})]
    assert [("near" in note, "'Q'" in note) for note in told] == [(True, False), (False, True)]


def test_search_engines_may_list_the_form_but_nobody_elses_request() -> None:
    assert "noindex" not in form_page(SETTINGS)
    assert "noindex" in form_page(SETTINGS, values=FormValues({"center": "m83"}))


def test_a_first_row_is_shown_where_it_is_not_the_first() -> None:
    hidden = Page(form_page(SETTINGS)).one("p", id="first_row-field").attributes
    shown = (
        Page(form_page(SETTINGS, values=FormValues({"first_row": 2501})))
        .one("p", id="first_row-field")
        .attributes
    )
    assert ("hidden" in hidden, "hidden" in shown) == (True, False)


def test_errors_stand_at_their_fields_and_cells_and_values_come_back() -> None:
    page = Page(page_samples.PAGES["form-problem"]())
    email = page.one("input", id="email").attributes
    assert (email["value"], email["aria-invalid"]) == ("me", "true")
    assert page.one("span", id="wrong-email").text == "must be one e-mail address"
    assert email["aria-describedby"].split()[0] == "wrong-email"
    cells = [[cell.text for cell in page.all("td")[start : start + 5]] for start in (0, 5)]
    assert cells[0] == ["4", "1", "ra", "400", "must lie between 0 and 360 degrees"]
    assert dict(posted(page))["mode"] == "positions"
    assert [value for name, value in posted(page) if name == "bands"] == ["J", "K"]
    assert "crop" in page.one("textarea").text


@pytest.mark.parametrize("bands", ["all", ["J", "H", "Ks"], "j,h ks", ["j", "h", "k"]])
def test_bands_come_back_ticked(bands: Any) -> None:
    page = Page(form_page(SETTINGS, values=FormValues({"bands": bands})))
    assert [value for name, value in posted(page) if name == "bands"] == ["J", "H", "K"]


def test_unknown_examples_and_fields_change_nothing() -> None:
    plain = form_page(SETTINGS)
    assert form_page(SETTINGS, example="<script>") == plain
    assert posted(Page(form_page(SETTINGS, values=FormValues({"x": "y"})))) == posted(Page(plain))


def test_a_dry_run_tells_images_bytes_and_parts() -> None:
    images, parts, rows, notice = plan_sentences(page_samples.PLAN, SETTINGS)
    assert ("7,236 images" in images, "2.61 GB" in images) == (True, True)
    assert ("3 batches" in parts, "1 GB" in parts) == (True, True)
    assert re.findall(r"\d+ rows", rows) == ["70 rows", "18 rows"]
    assert notice == page_samples.PLAN["notices"][0]


@pytest.mark.parametrize(
    "typed", [batch_samples.EVIL, "</textarea><script>x</script>", "</script><!--", "x" * 10_000]
)
def test_what_a_user_typed_stays_inert_in_the_form(typed: str) -> None:
    values = dict.fromkeys(BatchRequestBody.model_fields, typed)
    errors = [{"line": 1, "row": 1, "column": typed, "value": typed, "rule": typed}]
    errors += [{"line": None, "row": None, "column": "label", "value": typed, "rule": typed}]
    problem = {"title": typed, "detail": typed, "status": 422, "errors": errors}
    plan = {**page_samples.PLAN, "notices": [typed], "by_outcome": {typed: 1}}
    page = Page(form_page(SETTINGS, values=FormValues(values), problem=problem, plan=plan, example=typed))
    assert page.unclosed == []
    assert len(page.all("script")) == len(Page(form_page(SETTINGS)).all("script"))
    assert json.loads(page.one("script", id="examples").text) == EXAMPLES


def test_the_form_of_another_survey_has_its_words() -> None:
    with known_survey(plain_survey()):
        page = Page(form_page(SETTINGS, default="radio", held=["radio", "asky"]))
        assert [value for name, value in posted(page) if name == "bands"] == ["L"]
        fields = dict(posted(page))
        assert (fields["survey"], fields["form"]) == ("radio", "fits")
        modes = [each.attributes["value"] for each in page.all("input", name="mode")]
        assert modes == ["region", "positions", "image_ids"]
        assert page.one("h1").text == "Images of Radio, in batches"
        assert "?survey=2mass-asky" in [each.attributes["href"] for each in page.all("a")]
        assert "scan" not in fields


def test_a_posted_data_set_brings_the_form_of_its_survey() -> None:
    with known_survey(plain_survey()):
        page = Page(form_page(SETTINGS, values=FormValues({"dataset": "radio", "bands": ["l"]})))
        assert dict(posted(page))["survey"] == "radio"


def test_other_surveys_can_be_asked_for_beside_the_first() -> None:
    with known_survey(plain_survey()):
        page = Page(form_page(SETTINGS, held=["asky", "sx", "radio"]))
        (box,) = page.all("input", type="checkbox", name="survey")
        assert (box.attributes["value"], "checked" in box.attributes) == ("radio", False)
        assert [value for name, value in posted(page) if name == "bands"] == ["J", "H", "K"]
        assert "image_ids" in [each.attributes["value"] for each in page.all("input", name="mode")]
        examples = {link.attributes["data-example"] for link in page.all("a", **{"class": "example"})}
        assert examples == set(json.loads(page.one("script", id="examples").text))
        assert page.all("p", **{"class": "of-image_ids hint"})
        given = FormValues({"survey": ["2mass-sx", "radio"], "bands": ["J", "L"]})
        asked = posted(Page(form_page(SETTINGS, values=given, held=["asky", "sx", "radio"])))
        assert [value for name, value in asked if name == "survey"] == ["2mass-sx", "radio"]
        assert [value for name, value in asked if name == "bands"] == ["J", "L"]


def test_a_request_of_several_surveys_is_what_the_form_posts() -> None:
    with known_survey(plain_survey()):
        given = FormValues({"survey": "2mass-asky,radio", "center": "1 2", "email": "me@example.org"})
        page = Page(form_page(SETTINGS, values=given, held=["asky", "radio"]))
        request, _ = parse_body(*multipart(posted(page)), SETTINGS)
        assert dict(request.surveys) == {"asky": ("j", "h", "k"), "radio": ("l",)}
        assert request.notices == ()


def test_the_form_offers_the_relations_that_the_survey_has() -> None:
    only = ("[fields]", '[requests]\nrelations = ["overlap", "cover"]\n\n[fields]')
    with known_survey(plain_survey(only)):
        page = Page(form_page(SETTINGS, default="radio"))
    words = {each.attributes["value"] for each in page.all("option")}
    assert words & {"overlap", "cover", "enclosed"} == {"overlap", "cover"}


def test_a_dry_run_over_several_surveys_tells_of_each() -> None:
    parts = {
        "2mass-asky": {"by_outcome": {}, "images": 6, "bytes": 1000},
        "nowhere": {"images": 1, "bytes": 9},
    }
    told = plan_sentences({"images": 7, "bytes": 1009, "by_survey": parts}, SETTINGS)
    assert "2MASS All-Sky Release Survey: 6 images, 1 kB." in told
    assert "nowhere: 1 image, 9 bytes." in told
