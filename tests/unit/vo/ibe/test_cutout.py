"""Cutouts by ``/ibe/data`` and by SODA: the pixels that astropy says, and the very file a batch makes."""

from __future__ import annotations

import io

import numpy as np
import pytest
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
from skybatch.vo.ibe import stored_images
from skybatch.vo.ibe.cutout import cutout, gzipped
from skybatch.vo.parameters import Parameters
from tests.support.survey.sample_archive import MadeArchive


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


@pytest.mark.parametrize("x", ["200", "200.5", "200.25"])
@pytest.mark.parametrize("size", ["90arcsec", "1.5arcmin", "0.025", "90px"])
def test_a_whole_size_is_that_many_pixels_wherever_the_centre_falls(
    made: MadeArchive, x: str, size: str
) -> None:
    header = fits.getheader(io.BytesIO(cut(made, 0, center=f"{x},{x}px", size=size)))
    assert (header["NAXIS1"], header["NAXIS2"]) == (90, 90)


def test_a_negative_right_ascension_is_turned_once(made: MadeArchive) -> None:
    same = [cut(made, 0, center=f"{ra},20.011", size="47.3arcsec") for ra in ("180.003", "-179.997")]
    assert same[0] == same[1]


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
