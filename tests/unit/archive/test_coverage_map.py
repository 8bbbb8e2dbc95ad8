"""The map of the sky on which coverage is drawn."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
from numpy.typing import NDArray

from skybatch.archive.coverage_map import HEIGHT, WIDTH, coverage_map, covered_pixels


def nowhere(ra: NDArray[np.float64], dec: NDArray[np.float64]) -> NDArray[np.bool_]:
    return np.zeros(len(ra), bool)


def test_the_whole_sky_is_an_ellipse_and_areas_are_equal() -> None:
    north = covered_pixels(lambda ra, dec: dec > 0.0, np.empty(0), np.empty(0))
    cap = covered_pixels(lambda ra, dec: dec > 30.0, np.empty(0), np.empty(0))
    everywhere = covered_pixels(lambda ra, dec: dec > -91.0, np.empty(0), np.empty(0))
    sky = np.pi * WIDTH * HEIGHT / 4
    assert abs(everywhere.sum() / sky - 1) < 0.01
    assert abs(north.sum() / sky - 0.5) < 0.01
    assert abs(cap.sum() / sky - 0.25) < 0.01
    assert north[: HEIGHT // 2 - 1].sum() == north.sum() - north[HEIGHT // 2 - 1].sum()


def test_an_image_smaller_than_a_pixel_is_seen_east_to_the_left() -> None:
    pixels = covered_pixels(nowhere, np.array([0.0, 30.0, 330.0, 180.0]), np.zeros(4))
    assert pixels.sum() == 4
    east, middle, west, edge = sorted(np.flatnonzero(pixels[HEIGHT // 2]).tolist())
    assert east < middle == WIDTH // 2 < west < edge == WIDTH - 1


def test_a_drawing_is_svg_with_a_title() -> None:
    drawing = coverage_map(covered_pixels(nowhere, np.array([10.0]), np.array([20.0])), "A & B")
    root = ElementTree.fromstring(drawing)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "A & B"
    path = root.find("{http://www.w3.org/2000/svg}path")
    assert path is not None
    assert path.get("d", "").count("M") == 1
