"""An allowance is given back evenly over a day, so that a day's use is bounded."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.callers.usage import DAY_SECONDS, MEASURES, PARTS, WORDS, Level, Usage

ALLOWANCE = Usage(seconds=1000, bytes=math.inf, images=50, links=math.inf)


def test_amounts_add_up() -> None:
    assert Usage(1, 2, 3, 4) + Usage(seconds=10, links=1) == Usage(11, 2, 3, 5)


def test_every_measure_can_be_told() -> None:
    assert set(MEASURES) == set(WORDS)


def test_what_was_taken_is_given_back_over_a_day() -> None:
    level = Level(Usage(seconds=800, bytes=9, images=5), 100.0)
    later = level.later(100.0 + DAY_SECONDS / 2, ALLOWANCE)
    assert later.used == Usage(seconds=300, bytes=0, images=0)
    assert level.later(100.0, ALLOWANCE) == level.later(50.0, ALLOWANCE) == level  # clocks differ a little


def test_a_part_worth_accounting_for_is_one_of_any_bounded_measure() -> None:
    assert Usage(seconds=1000 / PARTS).is_part_of(ALLOWANCE)
    assert not Usage(seconds=999 / PARTS, bytes=1e12).is_part_of(ALLOWANCE)
    assert Usage(images=1).is_part_of(ALLOWANCE)
    assert not Usage().is_part_of(Usage())
    assert Usage(links=1).is_part_of(Usage())


def test_who_has_used_all_waits_until_a_part_is_given_back() -> None:
    assert Level(Usage(seconds=999.9), 0).exhausted(ALLOWANCE) is None
    assert Level(Usage(seconds=1000), 0).exhausted(ALLOWANCE) == ("seconds", math.ceil(DAY_SECONDS / PARTS))
    assert Level(Usage(seconds=1500, images=51), 0).exhausted(ALLOWANCE) == ("seconds", 43_209)
    assert Level(Usage(images=1e9), 0).exhausted(ALLOWANCE) == ("images", DAY_SECONDS)
    assert Level(Usage(bytes=1), 0).exhausted(Usage(1, 0, 1, 1)) == ("bytes", DAY_SECONDS)


@given(st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 400)), max_size=60))
def test_a_day_of_use_is_at_most_twice_the_allowance(calls: list[tuple[float, float]]) -> None:
    """And what the last call took that was let in."""
    now, used, level = 0.0, 0.0, Level(Usage(), 0.0)
    for pause, amount in calls:
        now += pause
        level = level.later(now, ALLOWANCE)
        if now > DAY_SECONDS:
            break
        if level.exhausted(ALLOWANCE) is None:
            level, used = Level(level.used + Usage(seconds=amount), level.at), used + amount
    assert used <= 2 * ALLOWANCE.seconds + 400


@pytest.mark.parametrize("wait", [0, 1, 100])
def test_after_the_wait_there_is_room(wait: float) -> None:
    level = Level(Usage(seconds=1200 + wait), 0.0)
    exhausted = level.exhausted(ALLOWANCE)
    assert exhausted is not None
    assert level.later(exhausted[1], ALLOWANCE).exhausted(ALLOWANCE) is None
