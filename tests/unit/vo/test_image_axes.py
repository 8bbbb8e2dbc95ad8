"""SODA's intervals along the axes of an image: BAND, TIME and pixels."""

from __future__ import annotations

import pytest

from skybatch.errors import MalformedRequest
from skybatch.fits.pixel_box import PixelBox
from skybatch.surveys.catalogue import packaged_survey
from skybatch.vo.image_axes import cut, holds, requested_pixels
from skybatch.vo.parameters import Interval, Parameters

BANDS = packaged_survey().bands

WHOLE = PixelBox(0, 0, 512, 1024)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, True),
        ({"BAND": "1.2e-6 1.3e-6"}, True),
        ({"band": "1.25e-6"}, True),
        ({"BAND": "2e-6 +Inf"}, False),
        ({"BAND": "-Inf 1.066e-6"}, True),
        ({"TIME": "51178 51179"}, True),
        ({"TIME": "51179.5 51180"}, False),
        ({"TIME": "51178.5", "BAND": "2e-6 3e-6"}, False),
    ],
)
def test_an_image_is_within_intervals_or_not(asked: dict[str, str], expected: bool) -> None:
    assert holds(Parameters.of(asked), BANDS["j"], lambda: (51178.0, 51179.0)) is expected


@pytest.mark.parametrize(
    ("asked", "box"),
    [
        ({"PIXELS": "1 512 1 1024"}, WHOLE),
        ({"PIXELS": "10 19 101 105"}, PixelBox(9, 100, 10, 5)),
        ({"PIXELS_1": "512 512"}, PixelBox(511, 0, 1, 1024)),
        ({"PIXELS_2": "-Inf 3", "PIXELS_1": "500 +Inf"}, PixelBox(499, 0, 13, 3)),
        ({"PIXELS": "-5 5 1000 2000"}, PixelBox(0, 999, 5, 25)),
        ({"PIXELS": "513 600 1 10"}, None),
        ({"PIXELS_2": "-9 0"}, None),
    ],
)
def test_pixels_are_counted_from_one_with_both_ends(asked: dict[str, str], box: PixelBox | None) -> None:
    pixels = requested_pixels(Parameters.of(asked))
    assert pixels is not None
    assert cut(WHOLE, pixels, 512, 1024) == box


def test_pixels_and_a_region_are_both_kept() -> None:
    pixels = (Interval(100, 200), Interval(1, 2000))
    assert cut(PixelBox(150, 10, 100, 20), pixels, 512, 1024) == PixelBox(150, 10, 50, 20)
    assert cut(PixelBox(300, 10, 100, 20), pixels, 512, 1024) is None
    assert requested_pixels(Parameters.of({})) is None


@pytest.mark.parametrize(
    "asked",
    [
        [("PIXELS", "1 2 3")],
        [("PIXELS", "1 2 4 3")],
        [("PIXELS", "1.5 2 3 4")],
        [("PIXELS", "1 2 3 4"), ("PIXELS_1", "1 2")],
        [("PIXELS_1", "1 2"), ("PIXELS_1", "3 4")],
        [("PIXELS_1", "5")],
    ],
)
def test_other_pixels_are_refused(asked: list[tuple[str, str]]) -> None:
    with pytest.raises(MalformedRequest):
        requested_pixels(Parameters.of(asked))


@pytest.mark.parametrize("asked", [{"BAND": "x"}, {"BAND": "2 1"}, {"TIME": "1 2 3"}])
def test_other_intervals_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(MalformedRequest):
        holds(Parameters.of(asked), BANDS["j"], lambda: (51178.0, 51179.0))
