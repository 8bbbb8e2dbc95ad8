"""The service in a real browser: each mode through the form to the downloads; pages as people see them.

Every page stands in ``build/screenshots`` afterwards, at the widths of a desktop and of a phone.
"""

from __future__ import annotations

import io
import tarfile
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from skybatch.pages.examples import EXAMPLES
from skybatch.pages.help import TOPICS
from tests.e2e.browser import Browser
from tests.e2e.conftest import StartStack
from tests.e2e.service import Service

pytestmark = [pytest.mark.e2e, pytest.mark.usefixtures("quiet")]

EMAIL = "astronomer@example.org"
CROPS = """\
|ra        |dec       |size|best|id    |
 65.497627  19.535070   50  y    first
 65.497627  19.535070   120 y    second
"""

TARGETS = """\
name,RA (h),DE,size,mag
HL Tau,4.36650847,19.53507,50,12.1
M 83,13.616920,-29.8654,,7.5
"""


@pytest.fixture(scope="module")
def small(start_stack: StartStack, browser: Browser) -> Stack:
    """A service whose batches hold only a few whole images."""
    return start_stack(few=False, parameters={"MaxBatchBytes": "8000000"})


def ask(browser: Browser, url: str, example: str, **fields: str) -> None:
    """Open the form, take an example, change fields by their id."""
    browser.open(f"{url}/")
    browser.click(f"a[data-example={example}]")
    for name, words in {"email": EMAIL, **fields}.items():
        browser.fill(f"#{name}", words)


def start(browser: Browser) -> str:
    """Press the button; the address of the page that opens."""
    browser.click("#start")
    browser.wait(lambda: "/results" in browser.url or browser.text("#problem"), "an answer")
    assert "/results" in browser.url, browser.text("#problem")
    return browser.url


def finish(browser: Browser) -> str:
    """Watch until the page says that the batch is finished; its summary."""
    browser.wait(lambda: browser.find("#batch").get_attribute("data-finished"), "the end of the batch")
    return browser.text(".summary")


def shown(browser: Browser) -> list[dict[str, Any]]:
    """The pictures of the page's rows: their names and widths, once they are loaded."""
    return list(
        browser.script(
            """return Array.from(document.images, (image) => ({
                alt: image.alt, width: image.naturalWidth, complete: image.complete}))"""
        )
    )


def test_crops_from_the_form_to_the_archive_on_disk(browser: Browser, small: Stack, downloads: Path) -> None:
    ask(browser, small.url, "positions", table=CROPS, label="Two crops")
    browser.wait(lambda: len(browser.all("#preview tbody tr")) == 2, "the table's first rows")
    start(browser)
    assert finish(browser).startswith("Everything you asked for is here: 6 images")
    browser.picture("results-crops")
    pictures = [picture for picture in shown(browser) if picture["alt"].startswith("Row ")]
    assert len(pictures) == 8  # three bands of each crop, and both in colour
    assert {picture["width"] for picture in pictures} == {50, 120}
    browser.click("a.everything")
    tar = downloads / "images.tar"
    browser.wait(tar.is_file, "the download")
    with tarfile.open(fileobj=io.BytesIO(tar.read_bytes())) as read:
        assert sum(name.endswith(".fits") for name in read.getnames()) == 6


def test_the_table_sorts_by_its_headings(browser: Browser, small: Stack) -> None:
    ask(browser, small.url, "positions", table=CROPS)
    start(browser)
    finish(browser)
    browser.click(".views a:not([aria-current])")
    browser.wait(lambda: len(browser.all("table.rows tbody tr")) == 2, "the table")
    rows = "document.querySelectorAll('table.rows tbody tr')"
    browser.click("table.rows th:first-child a")
    browser.wait(lambda: browser.all("th[aria-sort=descending]"), "the other order")
    assert browser.script(f"return Array.from({rows}, (row) => row.cells[0].textContent)") == ["2", "1"]


def test_the_rest_is_one_press_away_and_the_parts_are_linked(browser: Browser, small: Stack) -> None:
    ask(browser, small.url, "region", center="204.253958 -29.865417", diameter="0.2", label="In parts")
    first = start(browser)
    assert "beyond the limit" in finish(browser)
    assert "part 1 of" in browser.text(".kicker")
    parts = int(browser.text(".kicker").split("part 1 of ")[1].split()[0])
    images = 0
    for part in range(1, parts + 1):
        browser.wait(partial(shows_part, browser, part, parts), f"part {part}")
        finish(browser)
        names = [picture["alt"] for picture in shown(browser)]
        images += sum(not name.startswith("Sketch") and not name.endswith("in colour") for name in names)
        if part < parts:
            here = browser.url
            browser.click("#rest button")
            browser.wait(partial(has_left, browser, here), "the next part")
    browser.picture("results-last-part")
    assert not browser.all("#rest")
    assert images == int(Service(small.url).post(
        "/plans", mode="region", center="204.253958 -29.865417", diameter=0.2
    ).json()["images"])  # fmt: skip
    browser.open(first)
    browser.picture("results-first-part")
    assert not browser.all("#rest button")  # it was pressed: the page leads on instead
    browser.click("nav.chain a[rel=next]")
    assert f"Part 2 of {parts}" in browser.text("nav.chain")


def test_a_dropped_file_is_shown_as_understood_before_anything_starts(browser: Browser, small: Stack) -> None:
    browser.open(f"{small.url}/")
    browser.drop("#ask", "targets.csv", TARGETS)
    browser.wait(lambda: len(browser.all("#preview tbody tr")) == 2, "what was understood")
    assert cells(browser) == [
        ["1", "2", "65.497627", "19.535070", "50", "HL Tau"],
        ["2", "3", "204.253800", "-29.865400", "", "M 83"],
    ]
    assert "RA (h) and DE as ICRS" in browser.text("#preview")
    assert "Not used: mag" in browser.text("#preview")
    browser.fill("#size", "1arcmin")
    browser.wait(lambda: cells(browser)[1][4] == "60", "the size of the request")
    browser.picture("form-understood")
    assert requested(browser) == {"tables"}
    assert browser.url == f"{small.url}/"


def test_what_cannot_be_read_says_so_where_the_table_is(browser: Browser, small: Stack) -> None:
    browser.open(f"{small.url}/")
    browser.drop("#ask", "nothing.csv", "")
    browser.wait(lambda: "nothing.csv is empty" in browser.text("#preview"), "that the file is empty")
    assert requested(browser) == set()
    browser.drop("#ask", "paper.pdf", "%PDF-1.7")
    browser.wait(lambda: "PDF" in browser.text("#preview"), "why the file is refused")
    assert requested(browser) == {"tables"}
    assert any("422" in told for told in browser.complaints())


def test_invalid_cells_are_shown_in_their_rows(browser: Browser, small: Stack) -> None:
    ask(browser, small.url, "positions", table=CROPS.replace("19.535070", "99.535070", 1))
    browser.wait(lambda: browser.all("#preview td.bad"), "the row with an error")
    browser.click("#start")
    browser.wait(lambda: browser.all("#problem section"), "the refusal")
    browser.picture("form-mend")
    assert "99.535070" in browser.text("#preview td.bad")
    assert browser.url == f"{small.url}/"
    assert any("422" in told for told in browser.complaints())  # Chromium tells of each refused request


def test_a_batch_is_cancelled_from_its_page(browser: Browser, small: Stack) -> None:
    ask(browser, small.url, "scan", label="Never mind")
    start(browser)
    browser.click(".cancel summary")
    browser.click("form[action=cancel] button")
    finish(browser)
    assert browser.find("#batch").get_attribute("data-state") in ("cancelled", "complete")


@pytest.mark.soak
@pytest.mark.parametrize("mode", EXAMPLES)
def test_tour_of_a_mode(browser: Browser, small: Stack, mode: str) -> None:
    """Every example: counted, started, watched, finished."""
    ask(browser, small.url, mode, label=f"Example of {mode}")
    browser.click("#check")
    browser.wait(lambda: browser.all("#plan section"), "what it would give")
    browser.picture(f"form-{mode}")
    start(browser)
    browser.picture(f"running-{mode}")
    assert "images" in finish(browser)
    browser.picture(f"results-{mode}")
    widths = [picture["width"] for picture in shown(browser)]
    assert widths
    assert all(widths)


@pytest.mark.soak
def test_tour_of_the_help(browser: Browser, small: Stack) -> None:
    for topic in ("", *TOPICS):
        browser.open(f"{small.url}/help/{topic}")
        browser.picture(f"help-{topic or 'all'}")
    browser.open(f"{small.url}/")
    browser.picture("form")


@pytest.mark.soak
def test_nothing_found_and_quicklooks(browser: Browser, small: Stack) -> None:
    ask(browser, small.url, "region", center="10 -5", diameter="0.05", label="Nothing there")
    start(browser)
    assert "No image set matches" in finish(browser)
    browser.picture("results-nothing")
    ask(browser, small.url, "positions", table=CROPS)
    browser.click("#image_type-2")
    assert "lossy" in browser.text("p.caution")
    browser.picture("form-quicklooks")
    start(browser)
    finish(browser)
    assert "lossy" in browser.text("p.caution")
    browser.picture("results-quicklooks")


def shows_part(browser: Browser, part: int, parts: int) -> bool:
    return f"part {part} of {parts}" in browser.text(".kicker")


def has_left(browser: Browser, url: str) -> bool:
    return browser.url != url


def cells(browser: Browser) -> list[list[str]]:
    """The rows that were understood, as they are shown."""
    return [
        [cell.text for cell in row.find_elements("css selector", "td")]
        for row in browser.all("#preview tbody tr")
    ]


def requested(browser: Browser) -> set[str]:
    """What the page has asked the service for since it was opened."""
    urls = browser.script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
    return {url.rpartition("/")[2] for url in urls if url.startswith("http")}
