"""The form has no reader of its own: it sends the table and shows what the service answers."""

from __future__ import annotations

import re

from skybatch.api.models import TableReading, UnderstoodRow
from skybatch.pages.environment import inlined
from skybatch.pages.form import form_page
from skybatch.settings import Settings
from tests.support.html import Page

SCRIPT = inlined("table_check.js")


def test_the_script_asks_the_service_and_shows_text_only() -> None:
    assert 'fetch("tables"' in SCRIPT
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", SCRIPT)


def test_the_script_reads_only_what_the_service_answers() -> None:
    fields = {"from" if name == "source" else name for name in UnderstoodRow.__dataclass_fields__}
    assert set(re.findall(r"\brow\.(\w+)", SCRIPT)) <= fields
    assert {"rows", "errors"} <= set(TableReading.__dataclass_fields__)
    assert set(re.findall(r"\banswer\.(\w+)", SCRIPT)) <= set(TableReading.__dataclass_fields__)


def test_the_script_shows_what_names_an_image_set_in_each_mode() -> None:
    shown = set(re.findall(r"\brow\.(\w+)", SCRIPT))
    assert {"ra", "dec", "name", "image_id", "coadd_key", "date", "hem", "scan", "image", "band"} <= shown


def test_the_page_tells_the_script_the_largest_upload() -> None:
    settings = Settings(max_upload_bytes=1234)
    preview = Page(form_page(settings)).one("div", id="preview")
    assert preview.attributes["data-max-bytes"] == "1234"
