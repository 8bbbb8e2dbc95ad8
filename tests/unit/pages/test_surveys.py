"""The page of surveys."""

from __future__ import annotations

from typing import Any

from skybatch.pages.surveys import area, percentage, surveys_page

SURVEY: dict[str, Any] = {
    "id": "allwise", "dataset": "allwise", "title": "AllWISE <Atlas>", "mission": "wise",
    "path": "allwise/p3am_cdd", "modes": ["region", "image_ids"],
    "bands": [{"label": "W1", "reference": 3.35e-6}, {"label": "W4", "reference": 22.09e-6}],
    "coverage": {"svg": "x"}, "sky_fraction": 0.5,
}  # fmt: skip


def test_a_survey_is_told_with_its_map() -> None:
    page = surveys_page([SURVEY], {"allwise": 18240})
    assert 'src="surveys/allwise/coverage.svg"' in page
    assert "20,626 square degrees, 50 % of the sky" in page
    assert "18,240" in page
    assert "W1 (3.35 µm), W4 (22.09 µm)" in page
    assert "AllWISE &lt;Atlas&gt;" in page
    assert 'href="./?survey=allwise"' in page


def test_a_band_whose_wavelength_is_not_known_has_none() -> None:
    bands = [{"label": "r", "reference": None}, {"label": "W4", "reference": 22.09e-6}]
    assert "<td>r, W4 (22.09 µm)</td>" in surveys_page([{**SURVEY, "bands": bands}], {"allwise": 1})


def test_areas_are_short() -> None:
    assert [area(each) for each in (41252.96, 12.345, 0.00983)] == ["41,253", "12.3", "0.00983"]


def test_shares_of_the_sky_are_short() -> None:
    assert [percentage(share) for share in (1.0, 0.4567, 2e-5, 1e-8)] == [
        *("100 %", "45.7 %", "0.002 %", "less than 0.001 %")
    ]


def test_a_survey_without_a_map_has_none() -> None:
    page = surveys_page([{**SURVEY, "coverage": {}, "sky_fraction": None}], {"allwise": 1})
    assert "<img" not in page
    assert "no survey" in surveys_page([], {})
