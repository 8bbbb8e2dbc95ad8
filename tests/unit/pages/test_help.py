"""Help says what the code does: its columns, limits and examples are the code's own."""

from __future__ import annotations

import re

import pytest

from skybatch.errors import NotFound
from skybatch.pages.help import COORDINATES, TOPICS, help_page
from skybatch.presentation.citation import bibtex
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION
from skybatch.requests.columns.roles import NAME_COLUMNS, ROLES
from skybatch.requests.model import Mode
from skybatch.requests.position_text import parse_position_or_name
from skybatch.settings import Settings
from skybatch.settings import settings as deployment
from skybatch.sky.coordinates import Location
from skybatch.surveys.description.reader import parse_survey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import served_surveys
from skybatch.tables.schemas.column_sets import COLUMN_SETS
from tests.support.html import Page
from tests.support.survey.described.first_tree import description

SETTINGS = Settings(max_batch_bytes=2_500_000_000, max_rows=1234, expire_days=9, max_upload_bytes=3_000_000)


def words(topic: str) -> str:
    return Page(help_page(topic, SETTINGS)).words


@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_every_link_between_help_pages_leads_somewhere(topic: str) -> None:
    page = Page(help_page(topic, SETTINGS))
    links = {link.attributes["href"] for link in page.all("a")}
    inside = {link for link in links if re.fullmatch(r"[a-z]+", link)}
    assert inside <= set(TOPICS)
    assert inside | {topic, ""} >= set(TOPICS)


def test_every_column_we_hand_out_is_explained() -> None:
    page = Page(help_page("columns", SETTINGS))
    listed = [cell.text for cell in page.all("code")]
    for columns in COLUMN_SETS.values():
        assert all(column.name in listed for column in columns)
        assert all(column.description in page.words for column in columns)


def test_every_column_we_read_is_named() -> None:
    named = {code.text.lower() for code in Page(help_page("tables", SETTINGS)).all("code")}
    ours = {"skybatch", "scntr", "survey", "dataset", "type", "form", "edge", "given_id"}
    spellings = {name for role, names in ROLES.items() if role not in ours for name in names}
    assert {*spellings, *NAME_COLUMNS} <= named


def test_limits_are_those_of_the_deployment() -> None:
    limits = words("limits")
    for figure in (
        "2.5 GB",
        "1,234",
        "100,000",
        "3 MB",
        "9 days",
        "0.05° to 7.0°",
        "200 characters",
        "15 characters",
    ):
        assert figure in limits
    assert "2.5 GB" in words("results")


@pytest.mark.parametrize(("written", "read"), COORDINATES)
def test_example_coordinates_are_read_as_the_help_says(written: str, read: str) -> None:
    found = parse_position_or_name(written)
    if "name" in read or "designation" in read:
        assert found == written
        return
    assert isinstance(found, Location)
    frame = found.frame
    said = {"ICRS": "icrs", "FK5": "fk5", "FK4": "fk4", "Galactic": "galactic", "ecliptic": "ecliptic"}
    (system,) = [name for word, name in said.items() if word in read]
    assert system in frame.system


def test_quicklook_help_cautions() -> None:
    assert QUICKLOOK_CAUTION in words("quicklooks")


@pytest.mark.parametrize("topic", ["nothing", "../limits", "<script>", "Limits"])
def test_unknown_topics_are_not_found(topic: str) -> None:
    with pytest.raises(NotFound):
        help_page(topic, SETTINGS)


def test_the_caution_stands_under_each_mode() -> None:
    page = Page(help_page("modes", SETTINGS))
    order = [e.name for e in page.elements if e.name == "h2" or e.attributes.get("class") == "caution"]
    assert order == [*["h2", "p"] * len(Mode), "h2"]  # the last heads the list of further help
    assert page.words.count(QUICKLOOK_CAUTION) == len(Mode)


def test_each_survey_has_its_acknowledgement_and_bibtex() -> None:
    page = Page(help_page("cite", SETTINGS))
    for survey in served_surveys():
        assert survey.acknowledgement in page.words
        assert bibtex(survey) in page.one("pre").text


def test_programs_are_shown_with_the_address_of_this_service() -> None:
    page = Page(help_page("programs", SETTINGS, "https://here.example/sky"))
    assert all("https://here.example/sky" in block.text for block in page.all("pre") if "http" in block.text)
    assert "skybatch.client import Client" in page.words


def test_what_is_kept_how_long_is_that_of_the_deployment() -> None:
    said = Page(help_page("privacy", Settings(expire_days=9, log_retention_days=60))).words
    assert "9 days after" in said
    assert "60 days" in said


def test_the_operator_is_named_in_the_help_and_at_the_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPERATOR_NAME", "Sky <Archive>")
    monkeypatch.setenv("OPERATOR_EMAIL", "help@sky.example")
    deployment.cache_clear()
    try:
        page = Page(help_page("privacy", SETTINGS))
        assert page.words.count("Sky <Archive>") == 1
        assert "Sky <Archive>" in page.one("footer").text
        assert len(page.all("a", href="mailto:help@sky.example")) == 2
    finally:
        deployment.cache_clear()


@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_search_engines_may_list_the_help(topic: str) -> None:
    assert "noindex" not in help_page(topic, SETTINGS)


@pytest.mark.parametrize("topic", ["", *TOPICS])
def test_bands_stand_in_the_order_of_wavelength(topic: str) -> None:
    said = Page(help_page(topic, SETTINGS)).words
    assert not re.search(r"\bKs?\b[^.;]{0,12}\bH\b|\bH\b[^.;]{0,12}\bJ\b", said)


OF_2MASS = ("2MASS", "coadd key", "coadd_key", "Quicklook", "Atlas image", "hemisphere")


@pytest.fixture
def radio(monkeypatch: pytest.MonkeyPatch) -> Survey:
    """A service of FIRST alone."""
    survey = parse_survey(description(), "first.toml")
    monkeypatch.setattr("skybatch.pages.help.served_surveys", lambda: (survey,))
    return survey


@pytest.mark.parametrize("topic", sorted({"", *TOPICS} - {"quicklooks", "coordinates", "tables", "results"}))
def test_a_service_without_2mass_does_not_speak_of_it(radio: Survey, topic: str) -> None:
    page = Page(help_page(topic, SETTINGS)).words
    assert [word for word in OF_2MASS if word in page] == []


def test_the_modes_of_another_survey_are_told_in_its_words(radio: Survey) -> None:
    page = Page(help_page("modes", SETTINGS))
    assert [heading.text for heading in page.all("h2")][:3] == [
        "A region",
        "A list of positions",
        "A list of image sets",
    ]
    assert {"image_id", "field"} <= {code.text for code in page.all("code")}
    assert "caution" not in {element.attributes.get("class") for element in page.elements}
    assert "quicklooks" not in help_page("", SETTINGS)
    assert "bmaj" in {code.text for code in Page(help_page("columns", SETTINGS)).all("code")}
