"""Counts of rows and images by outcome."""

from __future__ import annotations

from skybatch.counts import AbsentImages, ImageCounts, RowCounts


def test_images_of_every_outcome_are_in_the_total() -> None:
    assert ImageCounts(retrieved=1, over_limit=20, failed=300, cancelled=4000).total == 4321


def test_rows_without_images_in_the_survey_and_repeated_ones_lack_nothing() -> None:
    rows = RowCounts(total=9, retrieved=2, partial=1, failed=1, not_covered=3, duplicate=2)
    assert rows.incomplete == 2
    assert sum(rows.by_outcome().values()) == rows.total


def test_a_band_is_never_held_where_no_image_of_it_is() -> None:
    assert AbsentImages(3, ("h", "k"), ("j", "h")).bands_never_held == ("k",)
