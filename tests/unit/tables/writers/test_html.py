"""Tables as HTML pages: images are linked, and nothing but http is."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from skybatch.tables.model import Table, text
from skybatch.tables.schemas.image_table import image_table
from skybatch.tables.writers.formats import write
from tests.support.survey.image_sets import sample_image_rows, sample_image_sets


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.hrefs.append(dict(attrs)["href"] or "")


def test_html_links_each_image_and_its_preview() -> None:
    sets = sample_image_sets(9)
    images = sample_image_rows(sets)
    links = Links()
    links.feed(write(image_table({"askyw": sets}, images, "html"), "html").decode())
    assert links.hrefs == [url for pair in zip(images.url, images.preview or [], strict=True) for url in pair]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org/x", "x y"])
def test_html_links_nothing_but_http(url: str) -> None:
    page = write(Table((text("file", "", link="image"),), {"file": [url]}), "html").decode()
    assert "<a" not in page


def test_a_table_of_a_batch_leads_back_to_its_page() -> None:
    page, links = "https://sky.example/batches/1/results?a=1&b=2", Links()
    links.feed(write(Table((text("id", ""),), {"id": ["x"]}, home=page), "html").decode())
    assert links.hrefs == [page]


def test_a_table_that_belongs_to_no_page_leads_nowhere() -> None:
    assert "<a" not in write(Table((text("id", ""),), {"id": ["x"]}), "html").decode()
