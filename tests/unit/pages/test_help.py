"""Help says what the code does: its columns, limits and examples are the code's own."""

from __future__ import annotations

import re

import pytest

from skybatch.errors import NotFound
from skybatch.pages.help import COORDINATES, TOPICS, help_page
from skybatch.presentation.request_summary import QUICKLOOK_CAUTION
from skybatch.requests.columns.roles import NAME_COLUMNS, ROLES
from skybatch.requests.position_text import parse_position_or_name
from skybatch.settings import Settings
from skybatch.sky.coordinates import Location
from skybatch.tables.schemas.column_sets import COLUMN_SETS
from tests.support.html import Page

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
