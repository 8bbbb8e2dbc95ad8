"""Images that the archive does not hold, added up and in words."""

from __future__ import annotations

import pytest

from skybatch.batch.absent import band_list, describe_absent, total_absent
from skybatch.status import AbsentImages


def test_no_row_with_absent_images_gives_no_total() -> None:
    assert total_absent({}, ["j"], 0) is None


def test_rows_add_up_in_the_order_of_the_bands() -> None:
    rows = {
        0: AbsentImages(images=2, bands=("h", "k"), held=("j",)),
        3: AbsentImages(images=1, bands=("j",), held=()),
    }
    assert total_absent(rows, [], 1) == AbsentImages(3, ("j", "h", "k"), ("j",), rows=1)


def test_a_band_that_is_found_for_another_row_is_held() -> None:
    rows = {0: AbsentImages(images=2, bands=("h", "k"), held=("j",))}
    total = total_absent(rows, {"j", "h"}, 0)
    assert total is not None
    assert (total.held, total.bands_never_held) == (("j", "h"), ("k",))


@pytest.mark.parametrize(
    ("absent", "never_held"),
    [
        (AbsentImages(2, ("h", "k"), ("j",)), ("h", "k")),
        (AbsentImages(3, ("j", "h", "k"), ()), ("j", "h", "k")),
        (AbsentImages(1, ("h",), ("j", "h")), ()),
    ],
)
def test_bands_asked_for_and_absent_are_named(absent: AbsentImages, never_held: tuple[str, ...]) -> None:
    assert absent.bands_never_held == never_held
    assert band_list(never_held or absent.bands) in describe_absent(absent)


def test_bands_held_are_named_where_others_are_not() -> None:
    assert describe_absent(AbsentImages(2, ("h", "k"), ("j",))).startswith("only J is held here")
