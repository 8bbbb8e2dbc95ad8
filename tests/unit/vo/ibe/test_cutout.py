"""Cutouts by ``/ibe/data`` and by SODA: the pixels that astropy says, and the very file a batch makes."""

from __future__ import annotations

import io

import numpy as np
import obstore
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D
from astropy.wcs import WCS

from skybatch.batch.planning.matching import Matches
from skybatch.batch.planning.task_builder import TaskBuilder
from skybatch.errors import MalformedRequest, NotFound
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.layout import parse_key
from skybatch.vo import soda
from skybatch.vo.ibe import stored_images
from skybatch.vo.ibe.cutout import cutout, gzipped
from skybatch.vo.parameters import Parameters
from skybatch.vo.pos_regions import parse_pos
from tests.support.sample_archive import MadeArchive


@pytest.fixture(scope="module")
def made() -> MadeArchive:
    return MadeArchive()


def cut(made: MadeArchive, n: int, **parameters: str) -> bytes:
    wanted = cutout(Parameters.of(parameters))
    assert wanted is not None
    return stored_images.cut(made.objects, made.key(n, "j"), wanted, made.open("asky", None))


@pytest.mark.parametrize(("n", "offset"), [(0, (10.0, -20.0)), (2, (100.0, 300.0)), (3, (-60.0, 5.0))])
def test_the_pixels_are_those_astropy_cuts(made: MadeArchive, n: int, offset: tuple[float, float]) -> None:
    with fits.open(io.BytesIO(made.plain[made.key(n, "j")])) as hdus:
        parent, wcs = hdus[0].data, WCS(hdus[0].header)
        place = wcs.pixel_to_world(255.2 + offset[0], 511.3 + offset[1]).icrs
        expected = Cutout2D(parent, place, (31, 21), wcs, mode="trim")
    body = cut(
        made,
        n,
        center=f"{place.ra.deg!r},{place.dec.deg!r}".replace("np.float64(", "").replace(")", ""),
        size="21,31px",
    )
    with fits.open(io.BytesIO(body)) as hdus:
        np.testing.assert_array_equal(hdus[0].data, expected.data)
        assert hdus[0].header["CRPIX1"] == pytest.approx(expected.wcs.wcs.crpix[0], abs=1e-9)
        assert hdus[0].header["CRPIX2"] == pytest.approx(expected.wcs.wcs.crpix[1], abs=1e-9)


def test_a_batch_makes_the_same_file(made: MadeArchive) -> None:
    inventory = made.open("asky", None)
    sky = SkyPosition(180.003, 20.011)
    rows = (Row(1, BANDS, position=sky, size=47.3),)
    request = Request(Mode.POSITIONS, BANDS, ImageType.ATLAS, True, "fits.gz", "asky", rows)
    number = inventory.by_scan(["990101"], ["n"], [1]).set_index
    task = next(iter(TaskBuilder(request, inventory, Matches(np.zeros(1, np.intp), number), 10**9).tasks()))
    assert task.box is not None
    body = cut(made, 0, center=f"{sky.ra},{sky.dec}", size="47.3arcsec")
    assert body == stored_images.cut_box(made.objects, made.key(0, "j"), task.box)
    assert len(body) == task.bytes


def test_a_negative_right_ascension_is_turned_once(made: MadeArchive) -> None:
    same = [cut(made, 0, center=f"{ra},20.011", size="47.3arcsec") for ra in ("180.003", "-179.997")]
    assert same[0] == same[1]


def test_soda_holds_what_its_figure_holds(made: MadeArchive) -> None:
    image = parse_key(made.key(0, "j"))[0]
    inventory = made.open("asky", None)
    wcs = WCS(fits.getheader(io.BytesIO(made.plain[made.key(0, "j")])))
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


def _sample(text: str) -> SkyCoord:
    """Points of a figure, its outermost among them."""
    shape, *words = text.split()
    numbers = [float(word) for word in words]
    if shape == "CIRCLE":
        turn = np.linspace(0, 2 * np.pi, 720)
        center = SkyCoord(numbers[0], numbers[1], unit="deg")
        return center.directional_offset_by(turn * u.rad, 0.9999 * numbers[2] * u.deg)
    if shape == "POLYGON":
        return SkyCoord(numbers[::2], numbers[1::2], unit="deg")
    ra, dec = np.meshgrid(np.linspace(*numbers[:2], 50), np.linspace(*numbers[2:], 50))
    return SkyCoord(ra.ravel(), dec.ravel(), unit="deg")


@pytest.mark.parametrize(
    ("parameters", "why"),
    [
        ({"center": "1,2"}, "size must be given"),
        ({"size": "3px"}, "center must be given"),
        ({"center": "1px,2deg", "size": "3px"}, "both"),
        ({"center": "1,2,3", "size": "3px"}, "two numbers"),
        ({"center": "1,2", "size": "3,4,5"}, "two numbers"),
        ({"center": "1,2", "size": "three"}, "numbers"),
        ({"center": "1,2", "size": "3furlong"}, "unit"),
        ({"center": "1,2", "size": "0"}, "greater than 0"),
        ({"center": "1,99", "size": "1"}, "-90 and 90"),
        ({"center": "-360,2", "size": "1"}, "-360 and 360"),
        ({"center": "1,2", "size": "1e999"}, "decimal"),
    ],
)
def test_what_is_no_cutout_is_refused(parameters: dict[str, str], why: str) -> None:
    with pytest.raises(MalformedRequest, match=why):
        cutout(Parameters.of(parameters))


def test_a_cutout_beside_the_image_or_of_none(made: MadeArchive) -> None:
    with pytest.raises(MalformedRequest, match="outside"):
        cut(made, 0, center="10,10", size="1arcmin")
    wanted = cutout(Parameters.of({"center": "1,1px", "size": "3px"}))
    assert wanted is not None
    unknown = made.key(0, "j").replace("/s001/image/ji001", "/s099/image/ji099")
    with pytest.raises(NotFound):
        stored_images.cut(made.objects, unknown, wanted, made.open("asky", None))


def test_words_for_gzip() -> None:
    assert gzipped(Parameters.of({}))
    assert not gzipped(Parameters.of({"GZIP": "FALSE"}))
    with pytest.raises(MalformedRequest):
        gzipped(Parameters.of({"gzip": "perhaps"}))


def test_an_image_stored_under_another_name_is_found(made: MadeArchive) -> None:
    key = made.key(0, "h")
    plain_key = key.removesuffix(".gz")
    parts = {"dh": "990101n", "scan": "1", "name": "hi0010009.fits"}
    assert stored_images.key_of_image(Parameters.of(parts), made.objects) == key
    stored = obstore.get(made.objects, key).bytes()
    obstore.delete(made.objects, key)
    obstore.put(made.objects, plain_key, made.plain[key])
    try:
        assert stored_images.key_of_image(Parameters.of(parts), made.objects) == plain_key
        assert stored_images.plain_image(made.objects, plain_key) == made.plain[key]
    finally:
        obstore.delete(made.objects, plain_key)
        obstore.put(made.objects, key, stored)
