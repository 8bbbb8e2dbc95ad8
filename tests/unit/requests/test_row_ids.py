"""Ids that are too long are cut and stay unique; the whole is kept beside them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.requests.model import Row
from skybatch.requests.row_ids import shorten_ids
from skybatch.requests.values import MAX_ID_CHARACTERS


def rows(*ids: str | None) -> list[Row]:
    return [Row(number, ("j",), id=text) for number, text in enumerate(ids, 1)]


def test_short_ids_stay_as_they_are_even_where_they_are_equal() -> None:
    given_rows = rows("a", "a", None, "123456789012345")
    assert shorten_ids(given_rows) == (given_rows, [])


def test_long_ids_are_cut_and_told_apart() -> None:
    kept, notices = shorten_ids(rows("2MASS J04215943+1932062", "2MASS J04215943+1932063", "2MASS J04215943"))
    assert [row.id for row in kept] == ["2MASS J042159~2", "2MASS J042159~3", "2MASS J04215943"]
    assert [row.given_id for row in kept] == ["2MASS J04215943+1932062", "2MASS J04215943+1932063", None]
    assert len(notices) == 1


@given(st.lists(st.text(alphabet="ab~23", max_size=20) | st.none(), max_size=60))
def test_ids_that_differ_stay_different_and_none_is_too_long(ids: list[str | None]) -> None:
    kept, _ = shorten_ids(rows(*ids))
    cut = [row for row, text in zip(kept, ids, strict=True) if text and len(text) > MAX_ID_CHARACTERS]
    others = {text for text in ids if text and len(text) <= MAX_ID_CHARACTERS}
    short = [row.id for row in cut]
    assert len(set(short)) == len(short)
    assert not others.intersection(text or "" for text in short)
    assert all(0 < len(text or "") <= MAX_ID_CHARACTERS for text in short)
    assert [row.given_id for row in cut] == [text for text in ids if text and len(text) > MAX_ID_CHARACTERS]


@pytest.mark.no_cover
def test_ids_that_begin_alike_cost_no_more_than_others() -> None:
    """A hundred thousand of them end in time only if no number is tried twice."""
    kept, _ = shorten_ids(rows(*(f"a name that begins as {n}" for n in range(100_000))))
    assert len({row.id for row in kept}) == 100_000
