"""The reference of the API: its examples run as they stand, and its calls are sent from the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from local.stack import Stack
from skybatch.pages.help import TOPICS
from tests.e2e.browser import Browser
from tests.e2e.service import Service
from tests.support.batches.stacks import StartStack

pytestmark = pytest.mark.e2e
CROPS = "ra,dec,size\n65.497627,19.535070,50\n"
MOST_TAB_STOPS = 100
CANNOT = ("cancelBatch",)  # the batch of the examples has ended


@pytest.fixture(scope="module")
def stack(start_stack: StartStack) -> Stack:
    """A service whose batches hold so little that some images are left over."""
    return start_stack(few=False, parameters={"MaxBatchBytes": "25000"})


@pytest.fixture(scope="module")
def batch_id(stack: Stack) -> str:
    return str(Service(stack.url).run(mode="positions", table=CROPS)["batch_id"])


class Programs(HTMLParser):
    """The examples of a page: kind, label and text of each."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open = tag == "pre" and "data-kind" in given
        if self._open:
            self.found.append((given["data-kind"] or "", given["aria-label"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self._open = False

    def handle_data(self, data: str) -> None:
        if self._open:
            kind, label, text = self.found[-1]
            self.found[-1] = (kind, label, text + data)


def test_every_example_runs_as_it_stands(stack: Stack, batch_id: str, tmp_path: Path) -> None:
    page = Service(stack.url).call(f"/docs?batch={batch_id}").body.decode()
    failed = []
    for kind, label, text in Programs(page).found:
        if re.search(r"/\{\w+\}", text):  # the page asks for a value that it cannot know
            continue
        command = (
            [sys.executable, "-c", text]
            if kind == "python"
            else ["bash", "-c", f'curl() {{ command curl -sS --fail-with-body "$@"; }}; {text}']
        )
        ran = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, timeout=60)
        if ran.returncode and not label.startswith(CANNOT):
            failed.append((label, text, ran.stdout[-500:], ran.stderr[-500:]))
    assert failed == []
    assert (tmp_path / "rows.csv").stat().st_size > 0


def test_a_call_is_sent_from_the_page(browser: Browser, stack: Stack, batch_id: str) -> None:
    browser.open(f"{stack.url}/docs?batch={batch_id}#getBatch")
    browser.click("#getBatch .try button")
    browser.wait(lambda: browser.all("#getBatch .answer pre"), "the answer")
    assert browser.text("#getBatch .answer p").startswith("200")
    assert batch_id in browser.text("#getBatch .answer pre")
    browser.click("#planBatch > summary")
    browser.fill("#body-planBatch-1", '{"mode": "region"}')
    browser.click("#planBatch .try button")
    browser.wait(lambda: browser.all("#planBatch .answer pre"), "the answer")
    assert browser.text("#planBatch .answer p").startswith("422")
    browser.picture("docs")
    assert any("422" in told for told in browser.complaints())


def test_a_file_is_opened_where_the_call_leads(browser: Browser, stack: Stack, batch_id: str) -> None:
    browser.open(f"{stack.url}/docs?batch={batch_id}#downloadFile")
    browser.click("#downloadFile .try button")
    browser.wait(lambda: browser.all("#downloadFile .answer a"), "the link")
    href = browser.find("#downloadFile .answer a").get_property("href")
    assert href == f"{stack.url}/batches/{batch_id}/files/rows.csv"
    browser.script("location.hash = ''")
    assert browser.complaints() == []


def test_the_reference_is_walked_by_keyboard_and_opens_what_a_link_names(
    browser: Browser, stack: Stack
) -> None:
    browser.open(f"{stack.url}/docs")
    assert browser.tab_stops <= MOST_TAB_STOPS
    browser.open(f"{stack.url}/docs#planBatch")
    browser.click("#planBatch a[href='#BatchEstimate']")
    browser.wait(lambda: browser.find("#BatchEstimate").is_displayed(), "the schema")
    assert browser.complaints() == []


def test_the_reference_and_the_help_are_for_everybody(browser: Browser, stack: Stack, batch_id: str) -> None:
    """Judged by axe, in both widths and schemes."""
    pages = [
        f"docs?batch={batch_id}#planBatch",
        "docs#TableReading",
        *(f"help/{topic}" for topic in ("", *TOPICS)),
    ]
    found = []
    for page in pages:
        browser.open(f"{stack.url}/{page}")
        found += browser.violations_everywhere(page)
    assert found == []
