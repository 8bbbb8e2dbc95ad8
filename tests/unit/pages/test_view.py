"""The large view: its picture, the way to other bands and targets, and what keeps the choice."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from skybatch.batch.delivery.previews import Look
from skybatch.batch.results.target_choice import TargetChoice
from skybatch.batch.results.targets import Target
from skybatch.errors import NotFound
from skybatch.pages.view import view_page
from tests.support.batches import batch_samples
from tests.support.html import Page

TARGETS = batch_samples.targets(60)
STATUS = batch_samples.status()


def shown(file: str, look: Look | None = None, **choice: Any) -> Page:
    return Page(view_page(STATUS, TARGETS, file, TargetChoice(**choice), look or Look()))


def file(n: int, band: str) -> str:
    return f"{n:04d}_t{n}_001114n_{band}0460033.fits"


def test_next_and_previous_are_of_the_same_band_in_the_order_chosen() -> None:
    page = shown(file(20, "h"), edge="cut")
    assert page.one("a", rel="prev").attributes["href"] == f"{file(10, 'h')}?edge=cut"
    assert page.one("a", rel="next").attributes["href"] == f"{file(30, 'h')}?edge=cut"
    assert "2 of 6" in page.words


def test_a_target_without_the_band_shows_another_and_the_ends_lead_nowhere() -> None:
    page = shown(file(29, "k"))
    assert page.one("a", rel="next").attributes["href"] == file(30, "j")
    assert not shown(file(1, "j")).all("a", rel="prev")
    assert not shown(file(60, "j")).all("a", rel="next")


def test_bands_are_linked_and_the_one_shown_is_marked() -> None:
    page = shown(file(2, "h"))
    bands = page.all("a", **{"aria-current": "page"})
    assert [each.text for each in bands] == ["H"]
    links = {each.attributes["href"] for each in page.all("a")}
    assert {file(2, "j"), file(2, "k"), file(2, "jhk")} <= links


def test_the_stretch_is_kept_from_image_to_image_and_asked_of_the_preview() -> None:
    page = shown(file(2, "h"), Look("linear", 1.0, 98.0), outcome="retrieved")
    source = page.one("img", id="picture").attributes["src"]
    assert source == f"../previews/{file(2, 'h')}.png?stretch=linear&black=1&white=98"
    expected = f"{file(3, 'h')}?outcome=retrieved&stretch=linear&black=1&white=98"
    assert page.one("a", rel="next").attributes["href"] == expected
    hidden = {each.attributes["name"]: each.attributes["value"] for each in page.all("input", type="hidden")}
    assert hidden == {"outcome": "retrieved"}


def test_colour_has_no_stretch_and_no_file() -> None:
    page = shown(file(2, "jhk"))
    assert not page.all("form", id="look")
    assert not [each for each in page.all("a") if "images/" in each.attributes.get("href", "")]


def test_an_image_outside_the_choice_is_shown_among_all() -> None:
    assert "11 of 60" in shown(file(11, "j"), edge="cut").words


@pytest.mark.parametrize("name", ["x.fits", "0030_t30_001114n_k0460033.fits"])
def test_what_was_not_delivered_has_no_view(name: str) -> None:
    with pytest.raises(NotFound):
        shown(name)


def large(target: Target) -> Target:
    return replace(target, pictures=tuple(replace(p, bytes=20_000_001) for p in target.pictures))


def test_an_image_too_large_for_a_picture_says_so() -> None:
    page = Page(view_page(STATUS, [large(TARGETS[1])], file(2, "h"), TargetChoice(), Look()))
    assert not page.all("img", id="picture")
    assert not page.all("form", id="look")
    assert "over 20 MB" in page.one("p", **{"class": "none undrawn"}).text
    assert page.unclosed == []


def test_an_image_without_directions_is_shown_without_arrows() -> None:
    first = TARGETS[1].pictures[0]
    lost = replace(TARGETS[1], pictures=(replace(first, task=replace(first.task, geometry=None)),))
    page = Page(view_page(STATUS, [lost], file(2, "j"), TargetChoice(), Look()))
    assert "north up" not in page.one("img", id="picture").attributes["alt"]
    assert "directions are not known" in page.words
    assert not page.all("text")


def test_marks_go_by_the_header_of_the_image_shown() -> None:
    asked: list[str] = []
    page = Page(
        view_page(
            *(STATUS, TARGETS, file(2, "jhk"), TargetChoice(), Look()),
            read_header=lambda task: asked.append(task.file),
        )
    )
    assert asked == [file(2, "j")]
    assert "blue is without data" in page.words
