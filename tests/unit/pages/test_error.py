"""Errors as pages: each says what went wrong, where, and what to do next."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch import errors
from skybatch.errors import SkybatchError
from skybatch.pages.error import ERRORS_SHOWN, error_page, not_found_page
from tests.support.batches import batch_samples, page_samples
from tests.support.html import Page


def every_error() -> list[type[SkybatchError]]:
    kinds = [each for each in vars(errors).values() if isinstance(each, type)]
    return [kind for kind in kinds if issubclass(kind, SkybatchError)]


def next_step(status: int) -> str:
    paragraphs = Page(error_page({"status": status, "title": "T", "detail": "D"})).all("p")
    return paragraphs[2].text


@pytest.mark.parametrize("kind", every_error())
def test_every_error_of_the_service_has_a_page(kind: type[SkybatchError]) -> None:
    problem = kind("Something is wrong.").problem()
    page = Page(error_page(problem))
    assert page.unclosed == []
    assert page.one("h1").text == problem["title"]
    assert str(problem["status"]) in page.one("p", **{"class": "kicker"}).text
    assert page.one("p", **{"class": "summary"}).text == "Something is wrong."


def test_what_to_do_next_depends_on_the_status() -> None:
    assert len({next_step(status) for status in (404, 409, 410, 413, 415, 429, 503, 422, 500)}) == 9
    assert next_step(400) == next_step(422)
    assert next_step(500) == next_step(502)


def test_invalid_cells_are_listed_with_their_places() -> None:
    page = Page(error_page({"status": 422, "errors": page_samples.BAD_CELLS}))
    cells = [cell.text for cell in page.all("td")]
    assert cells[:5] == ["4", "1", "ra", "400", page_samples.BAD_CELLS[0]["rule"]]
    assert len(cells) == 5 * len(page_samples.BAD_CELLS)


def test_a_long_list_of_errors_is_cut() -> None:
    errors: list[dict[str, Any]] = [{**page_samples.BAD_CELLS[0], "line": n} for n in range(300)]
    assert len(Page(error_page({"status": 422, "errors": errors})).all("tr")) == ERRORS_SHOWN + 1


def test_a_problem_without_fields_still_has_a_page() -> None:
    assert Page(error_page({})).one("h1").text
    assert "404" in Page(not_found_page()).one("p", **{"class": "kicker"}).text


@pytest.mark.parametrize("typed", [batch_samples.EVIL, "</p><script>x</script>", "x" * 10_000])
def test_what_a_user_typed_stays_inert(typed: str) -> None:
    cell = {"line": 1, "row": 1, "column": typed, "value": typed, "rule": typed}
    page = Page(error_page({"status": 422, "title": typed, "detail": typed, "errors": [cell]}))
    assert page.all("script") == page.unclosed == []
    assert len(page.source) < 20_000
