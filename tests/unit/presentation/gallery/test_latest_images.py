"""Images that finished last: the newest target first, J before H before Ks in each."""

from __future__ import annotations

from typing import Any

import pytest

from skybatch.presentation.gallery.latest_images import newest_first

BANDS = ("j", "h", "k")


def finished(row: int | None, *bands: str, name: str = "971031n") -> list[dict[str, Any]]:
    return [{"file": f"{name}_{band}0960197.fits", "row": row, "band": band.upper()} for band in bands]


@pytest.mark.parametrize("together", [("h", "j", "k"), ("k", "h", "j")])
def test_bands_of_a_row_are_in_the_survey_s_order_and_the_newest_row_is_first(
    together: tuple[str, ...],
) -> None:
    images = [*finished(1, *together), *finished(2, *together)]
    shown = [(image["row"], image["band"]) for image in newest_first(images, BANDS)]
    assert shown == [(2, "J"), (2, "H"), (2, "K"), (1, "J"), (1, "H"), (1, "K")]


def test_bands_of_a_row_come_together_where_they_finished_apart() -> None:
    images = [*finished(1, "h"), *finished(2, "h"), *finished(1, "j"), *finished(3, "j")]
    shown = [(image["row"], image["band"]) for image in newest_first(images, BANDS)]
    assert shown == [(3, "J"), (1, "J"), (1, "H"), (2, "H")]


def test_images_without_a_row_are_told_apart_by_their_names() -> None:
    images = [*finished(None, "h", "j", name="a"), *finished(None, "h", "j", name="b")]
    names = [image["file"][:3] for image in newest_first(images, BANDS)]
    assert names == ["b_j", "b_h", "a_j", "a_h"]


def test_a_band_that_was_not_asked_for_is_last() -> None:
    images = finished(1, "x", "k")
    assert [image["band"] for image in newest_first(images, BANDS)] == ["K", "X"]
