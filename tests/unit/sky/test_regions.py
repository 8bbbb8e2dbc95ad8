"""Region predicates against shapely in a gnomonic plane, at distances just to either side of every edge."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import shapely
from astropy import units
from astropy.coordinates import SkyCoord

from skybatch.sky.fk5 import fk5_vector
from skybatch.sky.footprints import Footprints
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.polygons import Polygon
from skybatch.sky.regions import Box, Circle, Relation
from tests.support.survey.sky_oracle import GRIDS, gnomonic, icrs_at, images
from tests.support.survey.wcs_oracle import SIDES, Cards, astropys, footprints, headers, to_icrs

ORIGIN = shapely.Point(0.0, 0.0)
Case = tuple[Footprints, SkyCoord, shapely.Polygon, np.random.Generator]


def cases(count: int, seed: int, spread: float) -> Iterator[Case]:
    """An image, a position in or about it (up to ``spread`` image sizes away), its plane footprint."""
    sky = images(count, seed)
    rng = np.random.default_rng(seed + 1)
    for i in range(count):
        n1, n2, _, _ = GRIDS[int(sky.grid[i])]
        x, y = (0.5 + rng.uniform(-spread, spread, 2)) * [n1, n2]
        center = icrs_at(sky, i, x, y)
        one = sky.take(np.array([i]))
        yield one, center, gnomonic(center, sky, i), rng


def nudge(rng: np.random.Generator) -> float:
    """A step of 2e-6 to 20 arcsec to either side, in radians."""
    return float(10.0 ** rng.uniform(-11, -4) * rng.choice([-1.0, 1.0]))


def largest_within(footprint: shapely.Polygon, ratio: np.ndarray) -> np.ndarray:
    """Half sizes, in this ratio, of the largest box about the origin whose corners reach an edge."""
    ring = np.array(footprint.exterior.coords)
    side = np.diff(ring, axis=0)
    normal = np.stack([side[:, 1], -side[:, 0]], axis=-1)
    return np.asarray(ratio * np.min(np.abs(np.sum(normal * ring[:-1], axis=-1)) / (np.abs(normal) @ ratio)))


@pytest.mark.no_cover
def test_circles_overlap_cover_and_enclose_as_in_the_plane() -> None:
    seen = dict.fromkeys([(r, h) for r in ("overlap", "cover", "enclosed") for h in (True, False)], 0)
    for image, center, footprint, rng in cases(700, seed=11, spread=0.9):
        inside = footprint.covers(ORIGIN)
        to_edge = footprint.exterior.distance(ORIGIN)
        farthest = max(np.hypot(*corner) for corner in footprint.exterior.coords)
        for critical in (to_edge, farthest, rng.uniform(0, 0.06)):
            tangent = abs(critical + nudge(rng))
            region = Circle(center.ra.deg, center.dec.deg, float(np.degrees(np.arctan(tangent))))
            expected: dict[Relation, bool] = {
                "overlap": inside or tangent >= to_edge,
                "cover": inside and tangent <= to_edge,
                "enclosed": tangent >= farthest,
            }
            for relation, holds in expected.items():
                answer = bool(region.matches(image, relation)[0])
                assert answer == holds, (relation, center, tangent)
                seen[relation, answer] += 1
    assert min(seen.values()) > 100, seen  # every relation both held and failed, often


@pytest.mark.no_cover
def test_boxes_overlap_cover_and_enclose_as_in_the_plane() -> None:
    seen = dict.fromkeys([(r, h) for r in ("overlap", "cover", "enclosed") for h in (True, False)], 0)
    for image, center, footprint, rng in cases(600, seed=13, spread=0.9):
        corners = np.abs(np.array(footprint.exterior.coords))
        on_edge = np.abs(footprint.exterior.interpolate(rng.random(), normalized=True).coords[0])
        for half in (
            corners[rng.integers(4)] + [nudge(rng), rng.uniform(0, 0.004)],
            corners[rng.integers(4)] + [rng.uniform(0, 0.004), nudge(rng)],
            corners.max(axis=0) + np.array([nudge(rng), nudge(rng)]),
            on_edge + nudge(rng),
            largest_within(footprint, rng.uniform(0.2, 1.0, 2)) + nudge(rng),
        ):
            w, h = np.abs(half)
            plane = shapely.box(-w, -h, w, h)
            region = Box(center.ra.deg, center.dec.deg, *np.degrees([2 * w, 2 * h]))
            expected: dict[Relation, bool] = {
                "overlap": footprint.intersects(plane),
                "cover": footprint.covers(plane),
                "enclosed": plane.covers(footprint),
            }
            for relation, holds in expected.items():
                answer = bool(region.matches(image, relation)[0])
                assert answer == holds, (relation, center, w, h)
                seen[relation, answer] += 1
    assert min(seen.values()) > 100, seen


def test_box_of_no_size_is_a_point() -> None:
    for image, center, footprint, _ in cases(200, seed=15, spread=0.8):
        region = Box(center.ra.deg, center.dec.deg, 0.0, 0.0)
        for relation in ("overlap", "cover", "center"):
            assert region.matches(image, relation)[0] == footprint.covers(ORIGIN)
        assert not region.matches(image, "enclosed")[0]


def test_box_of_no_width_is_a_line() -> None:
    for image, center, footprint, rng in cases(300, seed=16, spread=1.0):
        h = rng.uniform(0.0005, 0.006)
        line = shapely.LineString([(0.0, -h), (0.0, h)])
        region = Box(center.ra.deg, center.dec.deg, 0.0, float(np.degrees(2 * h)))
        assert region.matches(image, "overlap")[0] == footprint.intersects(line)
        assert region.matches(image, "cover")[0] == footprint.covers(line)


@pytest.mark.parametrize("diameter", [0.05, 1.0, 7.0])
def test_a_region_about_the_image_centre(diameter: float) -> None:
    sky = images(100, seed=17)
    for i in range(100):
        n1, n2, _, _ = GRIDS[int(sky.grid[i])]
        center = icrs_at(sky, i, n1 / 2, n2 / 2)
        region = Circle(center.ra.deg, center.dec.deg, diameter / 2.0)
        assert region.matches(sky, "overlap")[i]
        assert region.matches(sky, "center")[i]
        assert region.matches(sky, "cover")[i] == (diameter == 0.05)
        assert region.matches(sky, "enclosed")[i] == (diameter > 0.5)


def test_no_image_of_the_far_side_is_ever_touched() -> None:
    sky = images(500, seed=18)
    ra, dec = (float(sky.crval1[0]) + 180.0) % 360.0, -float(sky.crval2[0])
    center = fk5_vector(ra, dec)
    near = np.sum(fk5_vector(sky.crval1, sky.crval2) * center, axis=-1) > np.cos(np.radians(5))
    for relation in ("overlap", "cover", "enclosed", "center"):
        held = Circle(ra, dec, 3.5).matches(sky, relation)
        assert not np.any(held & ~near)
    far = Box(ra, dec, 57.0, 57.0)
    assert not far.matches(sky, "cover")[0]


@pytest.mark.parametrize("frame", list(ImageFrame))
def test_regions_about_images_of_any_frame_are_those_of_the_plane(frame: ImageFrame) -> None:
    """Circles and boxes that just reach an image's corner, the image in TAN and turned by a matrix."""
    seen = {True: 0, False: 0}
    rng = np.random.default_rng(23)
    for cards in headers("TAN", frame, "CD", 60, seed=24):
        image = footprints(cards)
        corner = to_icrs(frame, *astropys(cards).wcs_pix2world([[0.5, 0.5]], 1)[0])
        middle = to_icrs(frame, *astropys(cards).wcs_pix2world([[1024.5, 2048.5]], 1)[0])
        # From a place behind the corner, as seen from the middle, the corner is what is nearest.
        away = middle.position_angle(corner)
        behind = corner.directional_offset_by(away, 0.3 * units.deg)
        for step in (1e-6, -1e-6):
            radius = float(behind.separation(corner).deg)
            nearest = radius if nearest_is_corner(cards, frame, behind) else None
            if nearest is None:
                continue
            circle = Circle(behind.ra.deg, behind.dec.deg, nearest + step * rng.uniform(0.1, 1.0))
            answer = bool(circle.matches(image, "overlap")[0])
            assert answer == (step > 0)
            seen[answer] += 1
        whole = float(middle.separation(corner).deg)
        assert Box(middle.ra.deg, middle.dec.deg, 4 * whole, 4 * whole).matches(image, "enclosed")[0]
        assert not Box(middle.ra.deg, middle.dec.deg, whole, whole).matches(image, "enclosed")[0]
        corners = [(place.ra.deg, place.dec.deg) for place in (corner, middle, behind)]
        triangle = Polygon(np.array([ra for ra, _ in corners]), np.array([dec for _, dec in corners]))
        assert triangle.matches(image, "overlap")[0]
    assert min(seen.values()) > 20


def nearest_is_corner(cards: Cards, frame: ImageFrame, place: SkyCoord) -> bool:
    """Tell whether of all edge pixels the first corner is the nearest to a place."""
    ahead = np.linspace(0.0, 1.0, 500)
    edges = [(ahead, 0 * ahead), (0 * ahead, ahead)]
    pixels = np.concatenate([np.stack([0.5 + u * SIDES[0], 0.5 + v * SIDES[1]], axis=-1) for u, v in edges])
    sky = to_icrs(frame, *astropys(cards).wcs_pix2world(pixels, 1).T)
    return int(np.argmin(place.separation(sky))) in (0, 500)
