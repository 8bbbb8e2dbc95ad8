"""Directories as pages of links, as a program reads them."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import obstore
import pytest
from obstore.store import MemoryStore

from skybatch.archive.generic.description import Facts, description
from skybatch.errors import NotFound
from skybatch.surveys.description.reader import read_survey
from skybatch.vo.ibe import directory_pages
from tests.support.survey.described.allwise_tree import ADDRESS, PREFIX, SURVEY
from tests.support.survey.descriptions import known_survey


class Links(HTMLParser):
    """The links of a page: text and address."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.address = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.address = dict(attrs).get("href") or "" if tag == "a" else ""

    def handle_data(self, data: str) -> None:
        if self.address:
            self.links.append((data, self.address))
            self.address = ""


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    store = MemoryStore()
    for key in ("twomass/a/x.fits", "twomass/a/b/y<&>.fits", "inventory/secret.json"):
        obstore.put(store, key, b"12345")
    return store


@pytest.mark.parametrize(
    ("path", "folder"),
    [("", True), ("twomass", True), ("twomass/a/", True), ("twomass/x.fits", False), ("a.b/c", True)],
)
def test_a_file_name_has_a_dot(path: str, folder: bool) -> None:
    assert directory_pages.is_folder(path) == folder


def test_a_folder_links_up_to_folders_and_to_files(store: MemoryStore) -> None:
    links = Links(directory_pages.folder_page(store, "twomass/a", "https://x/api")).links
    base = "/api/ibe/data/twomass/"
    assert links == [("..", base), ("b/", f"{base}a/b/"), ("x.fits", f"{base}a/x.fits")]
    assert ("y<&>.fits", f"{base}a/b/y%3C&%3E.fits") in Links(
        directory_pages.folder_page(store, "twomass/a/b/", "https://x/api")
    ).links


def test_the_root_shows_the_mission_alone(store: MemoryStore) -> None:
    assert Links(directory_pages.folder_page(store, "", "https://x")).links == [
        ("twomass/", "/ibe/data/twomass/")
    ]


@pytest.mark.parametrize("path", ["inventory", "twomass/nothing", "elsewhere/a"])
def test_a_folder_that_is_empty_or_outside_is_not_found(store: MemoryStore, path: str) -> None:
    with pytest.raises(NotFound):
        directory_pages.folder_page(store, path, "https://x")


def test_searches_are_listed_by_mission_data_set_and_table() -> None:
    root = "https://x"
    assert Links(directory_pages.missions_page(root, ["asky"])).links == [("twomass", "/ibe/search/twomass")]
    assert Links(directory_pages.datasets_page(root, ["asky"], "twomass")).links == [
        ("allsky", "/ibe/search/twomass/allsky/")
    ]
    assert Links(directory_pages.tables_page(root, "allsky", [("allsky", "images")], "twomass")).links == [
        ("allsky", "/ibe/search/twomass/allsky/allsky")
    ]


def test_folders_of_the_archive_are_those_of_its_addresses() -> None:
    store = MemoryStore()
    obstore.put(store, f"{PREFIX}31/3139/x.fits", b"12345")
    with known_survey(SURVEY):
        assert Links(directory_pages.folder_page(store, "wise/allwise", "https://x")).links[1:] == [
            ("p3am_cdd/", "/ibe/data/wise/allwise/p3am_cdd/")
        ]
        links = Links(directory_pages.folder_page(store, f"{ADDRESS}31/3139/", "https://x")).links
        assert links[1:] == [("x.fits", f"/ibe/data/{ADDRESS}31/3139/x.fits")]


@pytest.fixture
def any_images() -> Iterator[MemoryStore]:
    """A bucket of 2MASS and of images that lie at its root."""
    store = MemoryStore()
    for key in (
        "a b/x.fits",
        "a b/notes.txt",
        "y.fits",
        "secret.txt",
        "any/z.fits",
        "any/images/fits/u.fits",
    ):
        obstore.put(store, key, b"12345")
    for key in ("twomass/allsky/allsky/a/x.fits", "inventory/surveys.json", "inventory/any/v/x.fits"):
        obstore.put(store, key, b"12345")
    facts = Facts("any", "any", {"r": "r", "g": "g"}, ["fits"])
    with known_survey(read_survey(description(facts), "any.toml")):
        yield store


def names(store: MemoryStore, path: str) -> list[str]:
    page = directory_pages.folder_page(store, path, "https://x")
    return [words for words, _ in Links(page).links if words != ".."]


def test_images_at_the_root_are_listed_without_inventories_and_other_surveys(any_images: MemoryStore) -> None:
    assert names(any_images, "any/images/fits/") == ["a b/", "any/", "y.fits"]
    assert names(any_images, "any/images/fits/a b/") == ["x.fits"]
    assert names(any_images, "any/images/fits/any/images/fits/") == ["u.fits"]
    assert names(any_images, "") == ["any/", "twomass/"]
    assert names(any_images, "any/") == ["images/"]
    assert names(any_images, "twomass/allsky/allsky/a/") == ["x.fits"]
    link = Links(directory_pages.folder_page(any_images, "any/images/fits/", "https://x")).links[1]
    assert link == ("a b/", "/ibe/data/any/images/fits/a%20b/")


@pytest.mark.parametrize("path", ["inventory", "inventory/any", "twomass/allsky/allsky", "elsewhere"])
def test_what_is_not_of_the_images_at_the_root_is_not_found(any_images: MemoryStore, path: str) -> None:
    with pytest.raises(NotFound):
        directory_pages.folder_page(any_images, f"any/images/fits/{path}/", "https://x")
