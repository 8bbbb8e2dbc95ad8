"""The page of one stored image."""

from __future__ import annotations

import pytest

from skybatch.pages.image import image_page
from tests.support.batches import batch_samples
from tests.support.html import Page


def page(title: str = "ki0460033.fits", quicklook: bool = False, link: str = "x.fits") -> Page:
    facts = [("Band", "Ks"), (title, title)]
    return Page(image_page(title, facts, preview="x.png", download=link, quicklook=quicklook))


def test_an_image_has_its_preview_its_file_and_its_facts() -> None:
    shown = page()
    assert shown.one("h1").text == "ki0460033.fits"
    assert shown.one("img").attributes["src"] == "x.png"
    assert shown.one("a", **{"class": "button"}).attributes["href"] == "x.fits"
    assert [
        (name.text, value.text) for name, value in zip(shown.all("th"), shown.all("td"), strict=True)
    ] == [
        ("Band", "Ks"),
        ("ki0460033.fits", "ki0460033.fits"),
    ]


@pytest.mark.parametrize("quicklook", [True, False])
def test_the_caution_comes_with_quicklooks_alone(quicklook: bool) -> None:
    assert bool(page(quicklook=quicklook).all("p", **{"class": "caution"})) is quicklook


def test_text_and_links_from_elsewhere_stay_inert() -> None:
    shown = page(batch_samples.EVIL, link="javascript:alert(1)")
    assert shown.all("script") == shown.unclosed == []
    assert shown.one("a", **{"class": "button"}).attributes["href"] == "#"
