"""``/surveys``: what is held, and what may be asked of it."""

from __future__ import annotations

from tests.support.servers.http import HttpClient


def test_each_data_set_that_is_held_is_a_survey(search: HttpClient) -> None:
    answer = search.get("/surveys")
    assert (answer.status, answer.media_type) == (200, "application/json")
    (survey,) = answer.json()["surveys"]
    assert (survey["id"], survey["dataset"]) == ("2mass-asky", "asky")
    assert (survey["mission"], survey["path"]) == ("twomass", "allsky/allsky")
    assert [band["id"] for band in survey["bands"]] == ["j", "h", "k"]
    assert survey["modes"] == ["region", "positions", "coadd_keys", "scan", "scans"]
    assert (survey["min_diameter"], survey["max_diameter"]) == (0.05, 7.0)
    assert list(survey["caution"]) == ["quicklook"]
    assert "Two Micron All Sky Survey" in survey["acknowledgement"]


def test_a_browser_gets_a_page(search: HttpClient) -> None:
    answer = search.call("GET", "/surveys", accept="text/html,*/*")
    assert (answer.status, answer.media_type) == (200, "text/html")
    assert b'href="./?survey=2mass-asky"' in answer.body


def test_a_survey_without_a_coverage_map_says_so(search: HttpClient) -> None:
    (survey,) = search.get("/surveys").json()["surveys"]
    assert (survey["coverage"], survey["sky_fraction"]) == ({}, None)
    assert search.get("/surveys/2mass-asky/coverage.fits").status == 404
    assert search.get("/surveys/2mass-asky/secret.txt").status == 404
    assert search.get("/surveys/nothing/coverage.fits").status == 404
