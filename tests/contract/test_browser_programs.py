"""Aladin Lite and JS9 in Chromium, on pages of another origin than the service's.

Both are installed from npm by ``make clients``; what is missing is skipped.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from local.deploy import ROOT
from local.stack import Stack
from tests.contract.addresses import DEC, IMAGE, IMAGE_PARTS, INVENTORY, RA, SIA, SIA2, at
from tests.e2e.browser import Browser, chromium

INSTALLED = Path(os.environ.get("SKYBATCH_CLIENTS", ROOT / "build" / "clients")) / "node_modules"
ALADIN, JS9 = INSTALLED / "aladin-lite" / "dist", INSTALLED / "js9"
pytestmark = pytest.mark.soak

ALADIN_PAGE = """<!doctype html><meta charset="utf-8"><div id="sky" style="width:400px;height:300px"></div>
<script type="module">
import A from "./aladin.js";
window.state = "starting";
A.init.then(() => {
  const aladin = A.aladin("#sky", {target: "%s", fov: 1});
  window.load = (url) => {
    window.state = "loading";
    // It complains of resources without a table too, those of service descriptors.
    const failed = (error) => { window.complaint = error; };
    const shown = () => { window.state = found.getSources().length; };
    const found = A.catalogFromURL(url, {}, shown, failed, false);
    aladin.addCatalog(found);
  };
  window.state = "ready";
}).catch((error) => { window.state = "failed: " + error; });
</script>"""
JS9_PAGE = """<!doctype html><meta charset="utf-8">
<link rel="stylesheet" href="js9support.css"><link rel="stylesheet" href="js9.css">
<script src="js9prefs.js"></script><script src="js9support.min.js"></script>
<script src="js9.min.js"></script><script src="js9plugins.min.js"></script>
<div class="JS9"></div>
<script>
window.state = "starting";
window.load = (url) => {
  window.state = "loading";
  JS9.CloseImage();  // an image of the same name would be shown again
  JS9.Load(url, {onload: (image) => {
    const data = JS9.GetImageData(false, {display: image});
    window.state = [data.width, data.height].join("x");
  }, onerror: (error) => { window.state = "failed: " + error; }});
};
$(document).on("JS9:ready", () => { window.state = "ready"; });
</script>"""


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files, and says nothing."""

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output of the tests clean."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("downloads")) as window:
        yield window


def served(folder: Path, page: str, tmp_path: Path) -> Iterator[str]:
    """Serve the files of a program with a page of ours beside them; yield the page's address."""
    if not folder.is_dir():
        pytest.skip(f"{folder} is not installed: make clients")
    for file in folder.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "page.html").write_text(page)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/page.html"
    server.shutdown()


@pytest.fixture(scope="module")
def aladin(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    for url in served(ALADIN, ALADIN_PAGE % f"{RA} {DEC}", tmp_path_factory.mktemp("aladin")):
        browser.open(url)
        assert settled(browser) == "ready"
        yield browser


@pytest.fixture(scope="module")
def js9(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    for url in served(JS9, JS9_PAGE, tmp_path_factory.mktemp("js9")):
        browser.open(url)
        assert settled(browser) == "ready"
        yield browser


def settled(browser: Browser) -> Any:
    """Return the state of the page once it is no longer on its way to one."""

    def state() -> Any:
        found = browser.script("return window.state")
        return None if found in (None, "starting", "loading") else (found,)

    return browser.wait(state, "the page is still at work")[0]


@pytest.mark.parametrize(
    ("address", "rows"),
    [
        (at(SIA, POS=f"{RA},{DEC}", SIZE=0.01), 3),
        (at(INVENTORY, POS=f"{RA},{DEC}", SIZE=0.01, type="at", FORMAT="image/fits"), 3),
        (at(SIA2, POS=f"CIRCLE {RA} {DEC} 0.01", COLLECTION="twomass_allsky"), 3),
    ],
)
def test_aladin_lite_shows_the_images_of_an_answer(
    aladin: Browser, stack: Stack, address: str, rows: int
) -> None:
    aladin.script("window.load(arguments[0])", stack.url + address)
    assert settled(aladin) == rows


@pytest.mark.parametrize(
    ("address", "size"),
    [
        (f"{IMAGE}?center={RA},{DEC}&size=60px&gzip=0", "60x60"),
        (f"/cgi-bin/2MASS/IM/nph-im?{IMAGE_PARTS}", "512x1024"),
        (IMAGE, "512x1024"),
    ],
    ids=["cutout", "nph-im", "redirect"],
)
def test_js9_shows_images(js9: Browser, stack: Stack, address: str, size: str) -> None:
    js9.script("window.load(arguments[0])", stack.url + address)
    assert settled(js9) == size
