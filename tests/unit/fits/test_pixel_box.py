"""Pixel boxes: one rounding rule, at least one pixel, never outside; sizes known beforehand."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.fits.pixel_box import PixelBox, cutout_bytes

sides = st.integers(1, 2000)
sizes = st.floats(1e-3, 3000)


@pytest.mark.parametrize(
    ("x", "size", "first", "count"),
    [
        (100.0, 50, 75, 50),  # 75 <= i < 125: a whole size is that many pixels
        (100.5, 50, 76, 50),
        (100.25, 50, 76, 50),
        (100.0, 49, 76, 49),
        (100.0, 1, 100, 1),
        (100.4, 0.1, 100, 1),  # no centre within: the nearest
        (100.6, 0.1, 101, 1),
        (1.0, 50, 1, 25),  # clipped at the edge
        (512.0, 50, 487, 26),
        (-10.0, 50, 1, 14),
        (0.2, 1.0, 1, 1),  # outside by less than half the size
        (256.0, 1e9, 1, 512),
    ],
)
def test_pixels_whose_centres_lie_within(x: float, size: float, first: int, count: int) -> None:
    box = PixelBox.around(x, 10, size, 5, 512, 1024)
    assert (box.x0 + 1, box.nx) == (first, count)
    upright = PixelBox.around(10, x, 5, size, 1024, 512)
    assert (upright.y0 + 1, upright.ny) == (first, count)


@given(st.floats(-100, 2100), sizes, sides)
def test_every_pixel_obeys_the_rule(x: float, size: float, naxis: int) -> None:
    centres = [i for i in range(1, naxis + 1) if x - size / 2 <= i < x + size / 2]
    if x + size / 2 < 0.5 or x - size / 2 > naxis + 0.5:
        with pytest.raises(ValueError, match="outside"):
            PixelBox.around(x, 1, size, 1, naxis, 1)
        return
    box = PixelBox.around(x, 1, size, 1, naxis, 1)
    got = list(range(box.x0 + 1, box.x0 + box.nx + 1))
    if centres:
        assert got == centres
    else:
        distances = {i: abs(i - x) for i in range(1, naxis + 1)}
        assert len(got) == 1
        assert distances[got[0]] == pytest.approx(min(distances.values()))


@pytest.mark.parametrize(
    ("x", "size"), [(nan, 5), (inf, 5), (5, nan), (5, inf), (5, 0), (5, -1), (-30, 50), (540, 50)]
)
def test_no_such_box(x: float, size: float) -> None:
    with pytest.raises(ValueError, match=r"outside|position"):
        PixelBox.around(x, 5, size, 5, 512, 512)


@pytest.mark.parametrize("values", [(-1, 0, 1, 1), (0, -1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
def test_a_box_has_pixels(values: tuple[int, int, int, int]) -> None:
    with pytest.raises(ValueError, match="not a box"):
        PixelBox(*values)


def test_section_counts_from_one() -> None:
    assert PixelBox(100, 200, 50, 40).section == "[101:150,201:240]"


def test_sizes_are_whole_blocks() -> None:
    assert cutout_bytes(4, PixelBox(0, 0, 50, 50), -32) == 4 * 2880 + 4 * 2880
    assert cutout_bytes(4, PixelBox(0, 0, 30, 24), -32) == 4 * 2880 + 2880
    assert cutout_bytes(1, PixelBox(0, 0, 1, 1), 8) == 2 * 2880
