"""The form and the help pages."""

from __future__ import annotations

import pytest

from skybatch.errors import InventoryError
from skybatch.pages.help import TOPICS
from skybatch.surveys.known import hold, learn_from
from tests.support.html import Page
from tests.support.servers.http import BASE_URL, HttpClient
from tests.support.survey.descriptions import known_survey, plain_survey


@pytest.mark.parametrize("path", ["/", "/?example=positions", "/help/"])
def test_a_page_is_html_that_closes_its_elements(batches: HttpClient, path: str) -> None:
    answer = batches.get(path)
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert Page(answer.body.decode()).unclosed == []


def test_an_example_fills_in_the_form(batches: HttpClient) -> None:
    assert batches.get("/").body != batches.get("/?example=positions").body
    assert batches.get("/").body == batches.get("/?example=nothing").body


def test_the_help_without_slash_leads_to_its_folder(batches: HttpClient) -> None:
    answer = batches.get("/help")
    assert (answer.status, answer.headers["location"]) == (302, f"{BASE_URL}/help/")


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_of_the_help_has_a_page(batches: HttpClient, topic: str) -> None:
    assert batches.get(f"/help/{topic}").status == 200


def test_an_unknown_topic_is_not_found(batches: HttpClient) -> None:
    assert batches.get("/help/nothing").status == 404


def test_the_form_stays_where_the_archive_cannot_say_what_it_holds(batches: HttpClient) -> None:
    def fail() -> None:
        raise InventoryError("inventory/surveys.json is damaged")

    learn_from(fail)
    answer = batches.get("/?survey=unheard")
    assert answer.status == 200
    assert b"infrared sky" in answer.body


def test_the_form_of_a_held_survey_links_to_the_others(batches: HttpClient) -> None:
    with known_survey(plain_survey()):
        hold(["radio", "sx"])
        page = batches.get("/?survey=radio").body.decode()
        assert "Images of Radio, in batches" in page
        assert '<a href="?survey=2mass-sx">' in page
        assert 'name="survey" id="survey-2mass-sx"' in page
        assert "Images of Radio" in batches.get("/").body.decode()


def test_the_help_is_of_the_surveys_that_are_held(batches: HttpClient) -> None:
    band = 'id = "l", label = "L"'
    with known_survey(plain_survey((band, 'id = "l", label = "<L>"'))):
        learn_from(lambda: hold(["radio"]))
        page = Page(batches.get("/help/").body.decode())
        assert "images of the A Radio Survey (Radio) in <L>, in batches" in page.words
        assert page.one("footer").text.split("\n")[1] == "Images of the A Radio Survey, in batches."
        hold(["sx", "radio"])
        page = Page(batches.get("/help/").body.decode())
        assert "(2MASS) in J, H and Ks, and of the A Radio Survey (Radio) in <L>, in batches" in page.words
        limits = Page(batches.get("/help/limits").body.decode())
        assert {"sx", "radio"} <= {cell.text for cell in limits.all("code")}


def test_the_help_stays_where_the_archive_cannot_say_what_it_holds(batches: HttpClient) -> None:
    def fail() -> None:
        raise InventoryError("inventory/surveys.json is damaged")

    learn_from(fail)
    answer = batches.get("/help/")
    assert answer.status == 200
    assert b"Two Micron All Sky Survey (2MASS) in J, H and K<sub>s</sub>, in batches" in answer.body


def posted_request(batches: HttpClient, **fields: object) -> str:
    return str(batches.post_json("/batches", fields).json()["batch_id"])


def test_the_fields_of_the_address_fill_in_the_form(batches: HttpClient) -> None:
    page = Page(
        batches.get("/?center=m83&diameter=0.5&bands=J&bands=K&survey=2mass-sx&lable=x").body.decode()
    )
    assert page.one("input", id="center").attributes["value"] == "m83"
    assert page.one("input", id="diameter").attributes["value"] == "0.5"
    checked = [
        each.attributes["value"] for each in page.all("input", name="bands") if "checked" in each.attributes
    ]
    assert checked == ["J", "K"]
    assert "selected" in page.one("option", value="2mass-sx").attributes
    (note,) = page.all("p", **{"class": "notice"})
    assert "'lable'" in note.text


def test_the_request_of_a_batch_is_edited_and_run_again(batches: HttpClient) -> None:
    table = "ra,dec,size\n1,2,50\n3,4,\n"
    batch_id = posted_request(
        batches,
        mode="positions",
        table=table,
        bands=["J"],
        edge="pad",
        size="20",
        email="me@example.org",
        label="Mine",
    )
    page = Page(batches.get(f"/?batch={batch_id}").body.decode())
    assert page.one("textarea").text == f"\n{table}"
    checked = {
        each.attributes["name"]: each.attributes["value"]
        for each in page.all("input")
        if "checked" in each.attributes
    }
    assert (checked["mode"], checked["edge"], checked["bands"]) == ("positions", "pad", "J")
    assert page.one("input", id="size").attributes["value"] == "20"
    assert page.one("input", id="label").attributes["value"] == "Mine"
    assert "me@example.org" not in page.source


def test_a_region_about_a_name_is_edited_by_its_name(batches: HttpClient) -> None:
    batch_id = posted_request(batches, mode="region", center="m83", diameter=0.3, relation="cover")
    page = Page(batches.get(f"/?batch={batch_id}").body.decode())
    assert page.one("input", id="center").attributes["value"] == "m83"
    assert "selected" in page.one("option", value="cover").attributes


@pytest.mark.parametrize("batch_id", ["0" * 32, "../x", "zz"])
def test_a_batch_that_is_none_cannot_be_edited(batches: HttpClient, batch_id: str) -> None:
    assert batches.get(f"/?batch={batch_id}").status == 404
