"""A real browser: Chromium as Debian packages it, driven by Selenium, looked at in two widths."""

from __future__ import annotations

import base64
import importlib.util
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local.deploy import ROOT

SCREENSHOTS = ROOT / "build" / "screenshots"
WIDTHS = {"desktop": (1280, 900), "phone": (390, 844)}
TALLEST_PICTURE = 6000
PATIENCE_SECONDS = 90
LEFT_IN_MID_COMMAND = (
    "does not belong to the document",
    "Cannot find context with specified id",
    "aborted by navigation",
)
RUN_AXE = """const done = arguments[0];
    axe.run(document, {resultTypes: ["violations"]}).then(({violations}) => done(violations.flatMap(
        (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)}`))));"""
TAB_STOPS = """const reached = "a[href], button, input, select, textarea, summary, [tabindex]";
    return [...document.querySelectorAll(reached)].filter(
        (each) => each.tabIndex >= 0 && each.type !== "hidden" && each.checkVisibility()).length"""
PICTURES_ARE_HERE = """return Array.from(document.images).every((image) =>
    image.complete || image.getBoundingClientRect().top > innerHeight)"""


class Browser:
    """One window. Elements are named by CSS selectors."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str) -> None:
        self.driver.get(url)

    @property
    def url(self) -> str:
        return str(self.driver.current_url)

    def find(self, selector: str) -> Any:
        return self.driver.find_element("css selector", selector)

    def all(self, selector: str) -> list[Any]:
        return list(self.driver.find_elements("css selector", selector))

    def text(self, selector: str = "body") -> str:
        return str(self.find(selector).text)

    def fill(self, selector: str, words: str) -> None:
        """Set a field's value as pasting does (typing thousands of characters takes minutes)."""
        script = """const [field, text] = arguments; field.value = text;
            for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}));"""
        self.driver.execute_script(script, self.find(selector), words)

    def click(self, selector: str) -> None:
        """Press what a person sees, once it is there: scrolled into view, and in front."""

        def pressed() -> bool:
            found = self.find(selector)
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", found)
            found.click()
            return True

        self.wait(pressed, f"{selector} to press")

    def drop(self, selector: str, name: str, contents: str) -> None:
        """Drop a file on an element as a person drags it there."""
        script = """const [target, name, contents] = arguments, dragged = new DataTransfer();
            dragged.items.add(new File([contents], name));
            for (const kind of ["dragenter", "dragover", "drop"]) target.dispatchEvent(
                new DragEvent(kind, {dataTransfer: dragged, bubbles: true, cancelable: true}));"""
        self.driver.execute_script(script, self.find(selector), name, contents)

    def wait(self, until: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """What ``until`` gives once it is true; elements that a reload took away are asked for again."""
        from selenium.common.exceptions import WebDriverException
        from selenium.webdriver.support.ui import WebDriverWait

        def tried(_: Any) -> Any:
            try:
                return until()
            except WebDriverException as error:
                if not is_gone(error):
                    raise
                return None

        waiting = WebDriverWait(self.driver, seconds, poll_frequency=0.1)
        return waiting.until(tried, f"waited {seconds} s in vain for {what}")

    def script(self, source: str, *words: Any) -> Any:
        return self.driver.execute_script(source, *words)

    def resize(self, width: str, rows: int | None = None) -> None:
        columns, usual = WIDTHS[width]
        metrics = {"width": columns, "height": rows or usual, "deviceScaleFactor": 1}
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {**metrics, "mobile": width == "phone"}
        )

    def picture(self, name: str) -> None:
        """Keep the whole page in both widths as ``build/screenshots/{name}-{width}.png``.

        Fails where a page is wider than its window.
        """
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for width, (columns, rows) in WIDTHS.items():
            self.resize(width)
            wide, high = self.script(
                "return [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
            )
            assert wide <= columns, f"{name} is {wide} pixels wide in a window of {columns}"
            # What is not in view is neither drawn nor loaded: so all of it comes into view.
            self.resize(width, min(max(high, rows), TALLEST_PICTURE))
            self.wait(lambda: self.script(PICTURES_ARE_HERE), "the pictures of the page")
            shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
            (SCREENSHOTS / f"{name}-{width}.png").write_bytes(base64.b64decode(shot["data"]))
        self.resize("desktop")

    def violations(self) -> list[str]:
        """What axe finds wrong with the page for people who do not see it, or not well: rule and element."""
        self.driver.execute_cdp_cmd("Runtime.evaluate", {"expression": _axe()})  # the policy refuses a script
        return list(self.driver.execute_async_script(RUN_AXE))

    def violations_everywhere(self, page: str) -> list[str]:
        """What axe finds wrong with the page, light on a desktop and dark on a phone, behind its name."""
        found = []
        for width, dark in (("desktop", False), ("phone", True)):
            self.resize(width)
            self.dark(dark)
            found += [f"{page}, {width}: {each}" for each in self.violations()]
        self.resize("desktop")
        self.dark(False)
        return found

    @property
    def tab_stops(self) -> int:
        """How often Tab is pressed from the first thing that can have the focus to the last."""
        return int(self.script(TAB_STOPS))

    def dark(self, wanted: bool) -> None:
        """Prefer the dark scheme, or the light one."""
        feature = {"name": "prefers-color-scheme", "value": "dark" if wanted else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})

    def press(self, *keys: str) -> None:
        """Press keys one after another, wherever the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains

        actions = ActionChains(self.driver)
        for key in keys:
            actions.send_keys(key)
        actions.perform()

    @property
    def focused(self) -> Any:
        """The element that has the focus."""
        return self.driver.switch_to.active_element

    def complaints(self) -> list[str]:
        """What the browser complained of since the last call: refused scripts, missing files, errors."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]


@cache
def _axe() -> str:
    """The program of axe-core, as a package of Python carries it."""
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        pytest.skip("axe-playwright-python is not installed")
    return Path(found.origin).with_name("axe.min.js").read_text("utf-8")


def is_gone(error: Exception) -> bool:
    """Whether an element is not there, or went with its page while it was looked at.

    ChromeDriver has exceptions of their own for both, but lets some of the inspector's errors through when
    a page is left in the middle of a command.
    """
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

    if isinstance(error, NoSuchElementException | StaleElementReferenceException):
        return True
    return any(words in str(error) for words in LEFT_IN_MID_COMMAND)


@contextmanager
def chromium(downloads: Path) -> Iterator[Browser]:
    """A browser for the length of a block; skips with a word where the machine has none."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="Selenium is not installed")
    program, driver_program = shutil.which("chromium"), shutil.which("chromedriver")
    if not program or not driver_program:
        pytest.skip("chromium and chromedriver are not installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for word in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(word)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=driver_program)
    driver = webdriver.Chrome(options=options, service=service)
    try:
        browser = Browser(driver)
        browser.resize("desktop")
        yield browser
    finally:
        driver.quit()
