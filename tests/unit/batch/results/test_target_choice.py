"""Filters, order and pages of targets, read from an address and written to one."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest

from skybatch.batch.results.target_choice import PER_PAGE, TargetChoice, page_of
from skybatch.errors import InvalidRequest
from tests.support.batches.batch_samples import targets

TARGETS = targets(95)
WHOLE = [n for n in range(1, 96) if n % 30]  # of the others one image is missing


def rows(choice: TargetChoice) -> list[int]:
    return [target.row_number or 0 for target in choice.chosen(TARGETS)]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (TargetChoice(), list(range(1, 96))),
        (TargetChoice(outcome="partial"), [30, 60, 90]),
        (TargetChoice(edge="cut"), list(range(10, 96, 10))),
        (TargetChoice(edge="cut", outcome="retrieved"), [10, 20, 40, 50, 70, 80]),
        (TargetChoice(find="T9"), [9, *range(90, 96)]),
        (TargetChoice(find="12"), [12]),
        (TargetChoice(sort="-ra"), list(range(95, 0, -1))),
        (TargetChoice(sort="-outcome"), [30, 60, 90, *WHOLE]),
        (TargetChoice(sort="size"), [30, 60, 90, *WHOLE]),
        (TargetChoice(sort="-size"), [*WHOLE, 30, 60, 90]),
        (TargetChoice(outcome="failed"), []),
    ],
)
def test_filters_and_order(choice: TargetChoice, expected: list[int]) -> None:
    assert rows(choice) == expected


def test_a_band_leaves_its_images_alone() -> None:
    chosen = TargetChoice(band="k").chosen(TARGETS)
    assert len(chosen) == 95
    assert {picture.task.band for target in chosen for picture in target.pictures} == {"k"}
    assert not any(target.colour for target in chosen)


def test_pages_hold_every_target_once_and_the_last_is_shown_for_those_beyond() -> None:
    shown = [page_of(TARGETS, TargetChoice(page=page)) for page in (1, 2, 3, 4)]
    assert [row.row_number for page in shown for row in page.targets] == list(range(1, 96))
    assert [page.first for page in shown] == [1, 25, 49, 73]
    beyond = page_of(TARGETS, TargetChoice(page=99))
    assert (beyond.page, beyond.pages, len(beyond.targets)) == (4, 4, 95 - 3 * PER_PAGE["gallery"])
    assert page_of((), TargetChoice()).pages == 1


def test_an_address_holds_what_is_not_the_default_and_reads_back() -> None:
    choice = TargetChoice(outcome="partial", find="a&b=c #1", page=3, view="table", sort="-size")
    given = dict(parse_qsl(choice.query().removeprefix("?")))
    assert TargetChoice.read(given.get) == choice
    assert TargetChoice().query() == ""
    assert choice.query(outcome="", find="", page=1, view="gallery", sort="row") == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("outcome", "lost"), ("edge", "round"), ("sort", "mass"), ("view", "list"), ("size", "xl")),
        *(("page", "0"), ("page", "-1"), ("page", "x"), ("page", "9" * 9), ("page", "²")),
    ],
)
def test_what_cannot_be_chosen_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        TargetChoice.read({name: value}.get)
    assert [error.column for error in refused.value.errors] == [name]
