"""The documented pages."""

from __future__ import annotations

from skybatch.api.openapi.page_paths import page_paths

DATA = {"/openapi.json", "/health"}


def test_pages_are_html_and_the_rest_is_not() -> None:
    for path, item in page_paths().items():
        content = item["get"]["responses"].get("200", {}).get("content", {})
        assert ("text/html" in content) == (path not in DATA)
