"""The page of a table says what its survey's description says."""

from __future__ import annotations

from skybatch.surveys.known import default_survey
from skybatch.tables.schemas.search import NATIVE_SEARCH
from skybatch.vo.ibe.docs_page import PARAMETERS, docs_page
from tests.support.html import Page


def test_every_column_parameter_and_band_is_named() -> None:
    survey = default_survey()
    html = docs_page("https://x", survey, "sx", NATIVE_SEARCH)
    page = Page(html)
    assert page.unclosed == []
    for name in (*(c.name for c in NATIVE_SEARCH), *(name for name, _ in PARAMETERS), "Ks", "1.235e-06"):
        assert f"<td>{name}</td>" in html
    assert "https://x/ibe/search/twomass/sixxcat/sixxcat" in html
    assert survey.acknowledgement in html
