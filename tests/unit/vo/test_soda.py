"""SODA: the pixels of a region, by astropy, and the parameters of one synchronous cutout."""

from __future__ import annotations

import io

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.errors import MalformedRequest, NotFound
from skybatch.sky.regions import Circle
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, parse_key
from skybatch.vo import soda
from skybatch.vo.obscore.facts import publisher_id
from skybatch.vo.parameters import Parameters
from skybatch.vo.pos_regions import parse_pos
from tests.support.survey.sample_archive import MadeArchive


def test_the_pixels_hold_the_region_and_no_more(sample_archive: MadeArchive) -> None:
    image = parse_key(sample_archive.key(0, "j"))[0]
    inventory = sample_archive.open("asky", None)
    wcs = WCS(fits.getheader(io.BytesIO(sample_archive.plain[sample_archive.key(0, "j")])))
    middle = SkyCoord(180.0, 20.0, unit="deg")
    for text in (
        "CIRCLE 180 20 0.01",
        "POLYGON 179.99 19.99 180.01 19.99 180 20.02",
        "RANGE 179.98 180 19.99 20.01",
    ):
        box = soda.pixel_box(image, parse_pos(text), inventory)
        assert box is not None
        inside = _sample(text)
        x, y = (np.rint(axis).astype(int) for axis in wcs.world_to_pixel(inside))
        held = (x >= box.x0) & (x < box.x0 + box.nx) & (y >= box.y0) & (y < box.y0 + box.ny)
        assert held.all()
        # No larger than it must be: every side is touched.
        assert max(box.x0 + box.nx - 1 - x.max(), x.min() - box.x0, box.y0 + box.ny - 1 - y.max()) <= 2
    assert soda.pixel_box(image, parse_pos("CIRCLE 10 20 0.01"), inventory) is None
    whole = soda.pixel_box(image, parse_pos("CIRCLE 180 20 10"), inventory)
    assert whole is not None
    assert (whole.nx, whole.ny) == (512, 1024)
    assert middle.separation(inside).max() < 0.1 * u.deg


@pytest.mark.parametrize("x", [200.0, 200.5, 200.25])
def test_a_circle_takes_a_pixel_more_than_its_whole_diameter(sample_archive: MadeArchive, x: float) -> None:
    """Pixels are wanted that it touches with a corner alone; how many does not depend on its place."""
    image = parse_key(sample_archive.key(0, "j"))[0]
    wcs = WCS(fits.getheader(io.BytesIO(sample_archive.plain[sample_archive.key(0, "j")])))
    place = wcs.pixel_to_world(x - 1, x - 1).icrs
    box = soda.pixel_box(
        image, Circle(place.ra.deg, place.dec.deg, 45.0 / 3600), sample_archive.open("asky", None)
    )
    assert box is not None
    assert (box.nx, box.ny) == (91, 91)


def _sample(text: str) -> SkyCoord:
    """Points of a region, its outermost among them."""
    shape, *words = text.split()
    numbers = [float(word) for word in words]
    if shape == "CIRCLE":
        turn = np.linspace(0, 2 * np.pi, 720)
        center = SkyCoord(numbers[0], numbers[1], unit="deg")
        return center.directional_offset_by(turn * u.rad, 0.9999 * numbers[2] * u.deg)
    if shape == "POLYGON":
        return SkyCoord(numbers[::2], numbers[1::2], unit="deg")
    west, east, south, north = numbers
    ra, dec = np.meshgrid(np.linspace(west, east, 50), np.linspace(south, north, 50))
    return SkyCoord(ra.ravel(), dec.ravel(), unit="deg")


def test_one_identifier_and_at_most_one_region_are_taken() -> None:
    key = atlas_key(ImageId("asky", "990101", "n", 1, 9, "j"))
    assert soda.requested_key(Parameters.of({"ID": publisher_id(key)})) == key
    assert soda.requested_region(Parameters.of({})) is None
    assert soda.requested_region(Parameters.of({"circle": "1 2 3"})) == Circle(1.0, 2.0, 3.0)
    assert soda.requested_region(Parameters.of({"POS": "CIRCLE 1 2 3"})) == Circle(1.0, 2.0, 3.0)


@pytest.mark.parametrize("pairs", [[], [("ID", "a"), ("ID", "b")]])
def test_no_or_several_identifiers_are_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(MalformedRequest):
        soda.requested_key(Parameters.of(pairs))


def test_several_regions_are_refused() -> None:
    with pytest.raises(MalformedRequest):
        soda.requested_region(Parameters.of([("CIRCLE", "1 2 3"), ("POS", "CIRCLE 1 2 3")]))


def test_an_image_that_is_not_there_is_not_found(sample_archive: MadeArchive) -> None:
    image = parse_key(sample_archive.key(0, "j").replace("/s001/image/ji001", "/s099/image/ji099"))[0]
    with pytest.raises(NotFound):
        soda.pixel_box(image, Circle(180.0, 20.0, 0.1), sample_archive.open("asky", None))
