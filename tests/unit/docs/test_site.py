"""The documentation site is built without a warning, and needs nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from local.deploy import ROOT
from skybatch import client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # Each page has the contents of all: a tenth of the time without an entry for each function.
    command = [sys.executable, "-m", "tools.build_site", str(folder), "-D", "toc_object_entries=0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_every_guide_is_on_it(site: Path) -> None:
    for page in [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "adr").glob("*.md")]:
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).is_file()


def test_the_reference_has_what_the_client_promises(site: Path) -> None:
    page = (site / "site" / "generated" / "client.html").read_text()
    missing = [name for name in client.__all__ if f'id="skybatch.client.{name}"' not in page]
    assert missing == []


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    for page in site.rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|link)[^>]*?(?:src|href)="(https?://[^"]*)"', page.read_text())
        assert loaded == [], page
