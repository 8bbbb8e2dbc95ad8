"""The pages of a batch as people without a mouse, without scripts or in the dark use them, judged by axe.

They stand in ``build/screenshots`` afterwards, in two widths and both schemes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from local.stack import Stack
from skybatch.presentation.sky_sketch.drawing import sketch
from skybatch.presentation.sky_sketch.scene import Outlines, Scene
from tests.e2e.browser import Browser
from tests.e2e.conftest import StartStack
from tests.e2e.service import Service

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("quiet")]

TABLE = """\
ra,dec,size,id
65.497627,19.535070,60,first
65.44,19.35,60,second
65.50,19.70,120,third
10.0,10.0,60,nowhere
"""
MOST_TAB_STOPS = 100
BAND = ".bands [aria-current]"


@pytest.fixture(scope="module")
def stack(start_stack: StartStack, browser: Browser) -> Stack:
    return start_stack(few=False)


def tab_to(browser: Browser, selector: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(MOST_TAB_STOPS):
        browser.press(Keys.TAB)
        if browser.script("return document.activeElement.matches(arguments[0])", selector):
            return
    raise AssertionError(f"{selector} is not reached by Tab")


def fill_by_keyboard(browser: Browser, table: str) -> None:
    """Choose a list of positions, type a table and an address."""
    tab_to(browser, "input[name=mode]")
    browser.press(Keys.ARROW_DOWN)
    tab_to(browser, "#table")
    browser.press(table)
    tab_to(browser, "#email")
    browser.press("astronomer@example.org")


def ended(browser: Browser) -> str:
    browser.wait(lambda: browser.find("#batch").get_attribute("data-finished"), "the end of the batch")
    return browser.text(".summary")


def check(browser: Browser, name: str) -> None:
    """Have axe judge a page in both widths and schemes, and keep pictures of it."""
    found = []
    for scheme in ("light", "dark"):
        browser.dark(scheme == "dark")
        browser.picture(f"{name}-{scheme}")
        for width in ("desktop", "phone"):
            browser.resize(width)
            found += [f"{scheme}, {width}: {each}" for each in browser.violations()]
    browser.resize("desktop")
    browser.dark(False)
    assert found == []
    assert browser.tab_stops <= MOST_TAB_STOPS


def test_a_tour_by_keyboard_alone_from_request_to_large_view_and_download(
    browser: Browser, stack: Stack, downloads: Path
) -> None:
    browser.open(f"{stack.url}/")
    fill_by_keyboard(browser, TABLE)
    tab_to(browser, "#check")
    browser.press(Keys.ENTER)
    browser.wait(lambda: browser.all("#plan-sky svg .mark"), "the sketch of the dry run")
    tab_to(browser, "#plan-sky [tabindex]")
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
    assert "Row 2 (second)" in browser.text("#plan-sky output")
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)  # to the row that the map leaves out
    assert "Row 4 (nowhere)" in browser.text("#plan-sky output")
    check(browser, "dry-run")
    tab_to(browser, "#whole-sky")
    browser.press(Keys.ENTER)
    browser.wait(lambda: browser.all("#plan-sky svg[data-field='180 0 180']"), "the whole sky")
    browser.script("document.getElementById('email').focus()")
    tab_to(browser, "#start")
    browser.press(Keys.ENTER)
    browser.wait(lambda: "/results" in browser.url, "the page of the batch")
    assert "Of 4 rows, 1 position lies outside" in ended(browser)
    tab_to(browser, ".target h3 a")
    browser.press(Keys.ENTER)
    browser.wait(lambda: "/views/" in browser.url, "the large view")
    first = browser.url
    browser.press(Keys.ARROW_RIGHT)
    browser.wait(lambda: browser.url != first and browser.all("#picture"), "the next target")
    second = browser.url
    browser.press(Keys.ARROW_DOWN)
    browser.wait(
        lambda: browser.url != second and browser.text(".bands [aria-current]") == "H", "the next band"
    )
    browser.press(Keys.ESCAPE)
    browser.wait(lambda: browser.all("a.everything"), "the page of the batch")
    tab_to(browser, "a.everything")
    browser.press(Keys.ENTER)
    browser.wait((downloads / "images.tar").is_file, "the download")


def submitted(stack: Stack, browser: Browser, **fields: object) -> str:
    """Run a batch to its end; the address of its page, which is open then."""
    url = str(Service(stack.url).post("/batches", **fields).json()["results_url"])
    browser.open(url)
    ended(browser)
    return url


def test_every_page_is_clean_in_both_widths_and_schemes(browser: Browser, stack: Stack) -> None:
    url = submitted(stack, browser, mode="positions", table=TABLE, label="Four positions")
    check(browser, "results")
    assert browser.all("a[href='sky.svg?map=sky']")
    browser.open(f"{url}?view=table")
    check(browser, "results-table")
    browser.open(f"{url}?find=first")
    browser.click(".target h3 a")
    browser.wait(lambda: browser.all("#picture"), "the large view")
    check(browser, "view")
    submitted(stack, browser, mode="region", center="10 -5", diameter=0.1, label="Nothing there")
    check(browser, "nothing")


def test_stretch_and_points_are_drawn_as_they_are_chosen(browser: Browser, stack: Stack) -> None:
    submitted(stack, browser, mode="positions", table=TABLE)
    browser.click(".target h3 a")
    browser.wait(lambda: browser.all("#picture"), "the large view")
    before = browser.find("#picture").get_attribute("src")
    browser.script("""const choice = document.getElementById('stretch'); choice.value = 'zscale';
        choice.dispatchEvent(new Event('change', {bubbles: true}));""")
    browser.wait(lambda: "stretch=zscale" in browser.url, "the other stretch")
    picture = browser.find("#picture")
    assert picture.get_attribute("src") != before
    assert browser.wait(lambda: picture.get_attribute("naturalWidth") != "0", "the picture")
    here = browser.url
    browser.fill("#white", "2")
    assert not browser.script("return document.getElementById('white').checkValidity()")
    assert browser.url == here
    browser.fill("#black", "1")
    browser.wait(lambda: "white=2" in browser.url, "points in order")


def test_pictures_tell_how_much_has_no_data(browser: Browser, stack: Stack) -> None:
    """Whole images have a margin without data."""
    submitted(stack, browser, mode="positions", table="ra,dec\n65.497627,19.535070\n")
    browser.script("document.getElementById('gallery').scrollIntoView()")
    told = ".pictures img[title*='without data']"
    browser.wait(lambda: len(browser.all(told)) >= 4, "what has no data, of three bands and their colours")


def test_of_many_outlines_a_page_shows_some_and_says_so_and_holds_one_title(
    browser: Browser, stack: Stack
) -> None:
    browser.open(f"{stack.url}/")
    browser.script(
        """const drawing = arguments[0], figure = document.getElementById("plan-sky");
        skySketch.ofPlan(figure, async () => new Response(drawing));""",
        sketch(many_images(1200)).decode(),
    )
    browser.wait(lambda: browser.all("#plan-sky .image > path"), "the sketch")
    assert len(browser.all("#plan-sky .image > path")) == 500
    assert "500 of 1,200 outlines" in browser.text("#plan-sky figcaption")
    browser.script("document.querySelector('#plan-sky [tabindex]').focus()")
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert browser.text("#plan-sky output").startswith("image ")
    titles = browser.script("return document.querySelectorAll('#plan-sky svg svg title').length")
    assert titles == len(browser.all("#plan-sky .at")) == 1


def many_images(count: int) -> Scene:
    """A field of images along a line, each 0.2 degrees wide."""
    west = 10.0 + np.arange(count)[:, None] * 0.005
    ra, dec = west + np.array([0.2, 0.0, 0.0, 0.2]), np.tile([0.0, 0.0, 0.2, 0.2], (count, 1))
    texts = tuple(f"image {n}" for n in range(count))
    none = np.zeros(count, bool)
    return Scene("Many", images=Outlines(ra, dec, texts, none.astype(np.intp), ("A, J",), none))


@pytest.mark.soak
def test_a_page_of_2500_rows_is_small_and_its_pages_are_walked_by_links(
    browser: Browser, stack: Stack
) -> None:
    lines = [f"{65.40 + n % 50 / 500:.4f},{19.15 + n // 50 / 100:.4f},20,t{n}" for n in range(2500)]
    submitted(stack, browser, mode="positions", table="\n".join(["ra,dec,size,id", *lines]), best=True)
    browser.wait(lambda: browser.all("#sky svg"), "the sketch in the page")
    assert len(browser.driver.page_source.encode()) < 300_000
    assert browser.tab_stops <= MOST_TAB_STOPS
    browser.click(".pages a[rel=next]")
    browser.wait(lambda: "page=2" in browser.url, "the next page")
    assert len(browser.all(".target")) == 24
