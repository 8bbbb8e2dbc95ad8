"""Plain pages show text as it is, whatever it holds."""

from __future__ import annotations

from skybatch.vo.ibe.plain_pages import document, table
from tests.support.html import Page

MARKUP = '<b>"&'


def test_a_page_shows_title_cells_and_links_as_text() -> None:
    html = document(MARKUP, table(["name", MARKUP], [[(MARKUP, f"/x?{MARKUP}"), MARKUP], [("a", "/a"), "b"]]))
    page = Page(html)
    assert html.count("<b>") == 0
    assert [each.attributes["href"] for each in page.all("a")] == [f"/x?{MARKUP}", "/a"]
    assert [each.text for name in ("title", "h1", "th", "td") for each in page.all(name)] == [
        *(MARKUP, MARKUP, "name", MARKUP),
        *(MARKUP, MARKUP, "a", "b"),
    ]
    assert not page.unclosed
