"""Pixel boxes: one rounding rule, at least one pixel, never outside; sizes known beforehand."""

from math import ceil, inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.pixel_box import Crop, Padding, PixelBox, cutout_bytes

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


@pytest.mark.parametrize("size", [90 / 3600 / 0.0002777777845, 90.0, 90.000_9, 89.999_1])
@pytest.mark.parametrize("x", [200.0, 200.5, 200.000_000_000_01, 199.999_999_999_99, 200.25, 200.3])
def test_a_size_near_a_whole_number_is_that_many_pixels_wherever_the_centre_falls(
    x: float, size: float
) -> None:
    box = PixelBox.around(x, x, size, size, 512, 1024)
    assert (box.nx, box.ny) == (90, 90)
    assert abs(box.x0 + (box.nx + 1) / 2 - x) <= 0.5


@pytest.mark.parametrize(("size", "count"), [(89.998, 89), (90.002, 91), (0.9995, 1), (1.0005, 1)])
def test_other_sizes_are_not_rounded(size: float, count: int) -> None:
    assert PixelBox.around(200.0, 9, size, 1, 512, 512).nx == count


@given(st.floats(-100, 2100), sizes, sides)
def test_every_pixel_obeys_the_rule(x: float, size: float, naxis: int) -> None:
    whole = round(size)
    if whole > 0 and abs(size - whole) <= 1e-3:
        size = whole
        first = ceil(x - size / 2)
        wanted = range(first, first + whole)
    else:
        wanted = range(ceil(x - size / 2), ceil(x + size / 2))
    centres = [i for i in wanted if 1 <= i <= naxis]
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


@given(st.floats(-100, 2100), sizes, sides)
def test_a_padded_crop_has_its_full_size_around_the_clipped_one(x: float, size: float, naxis: int) -> None:
    try:
        clipped, cut = Crop.around(x, 1, size, 1, naxis, 1)
        padded, cut_too = Crop.around(x, 1, size, 1, naxis, 1, EdgeMode.PAD)
    except ValueError:  # no pixel of the image is in it
        return
    far = Crop.around(x + 10_000, 1, size, 1, 20_000, 1).box  # the same crop where no edge is near
    assert cut is cut_too
    assert (padded.x0, padded.nx, padded.height) == (clipped.x0, clipped.nx, 1)
    assert cut is (padded.width > clipped.nx)
    assert padded.width == pytest.approx(far.nx, abs=1)  # positions are rounded otherwise there
    assert padded.corner == (padded.x0 - padded.padding.left, 0)
    assert not cut or padded.x0 == 0 or padded.x0 + padded.nx == naxis


def test_a_padded_crop_counts_from_before_the_image() -> None:
    box, cut = Crop.around(3.0, 1020.0, 20, 11, 512, 1024, EdgeMode.PAD)
    assert cut
    assert box == PixelBox(0, 1014, 12, 10, Padding(left=8, top=1))
    assert (box.width, box.height, box.corner) == (20, 11, (-8, 1014))
    assert box.section == "[-7:12,1015:1025]"
    assert Crop.around(3.0, 1020.0, 20, 11, 512, 1024) == (PixelBox(0, 1014, 12, 10), True)
    assert Crop.around(100, 100, 20, 11, 512, 1024, EdgeMode.PAD) == (PixelBox(89, 94, 20, 11), False)


def test_a_padded_crop_without_pixels_of_the_image_is_none() -> None:
    assert Crop.around(-44.3, 5, 90, 5, 512, 512) == (PixelBox(0, 2, 1, 5), True)
    with pytest.raises(ValueError, match="none of its pixels"):
        Crop.around(-44.3, 5, 90, 5, 512, 512, EdgeMode.PAD)


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
    assert cutout_bytes(1, PixelBox(0, 0, 1, 1, Padding(2879, 0, 0, 0)), 8) == 2 * 2880
    assert cutout_bytes(1, PixelBox(0, 0, 1, 1, Padding(0, 0, 0, 2880)), 8) == 3 * 2880
