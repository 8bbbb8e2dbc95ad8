"""Genuine images of other surveys in one inventory: found where astropy has them, or refused by name."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.archive.described.index import index_described
from skybatch.archive.index import IndexReport
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.fits.hdus.image_hdu import find_image
from skybatch.fits.readers import open_reader
from skybatch.inventory.inventory import Inventory
from skybatch.sky.image_frames import ImageFrame
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.images.survey_images import IMAGES, REFUSED, SurveyImage, file_of
from tests.support.survey.observatory import DESCRIPTION, known_observatory
from tests.support.survey.wcs_oracle import to_icrs

pytestmark = pytest.mark.filterwarnings("ignore")
Indexed = tuple[Inventory, IndexReport]


def key(number: int, path: str) -> str:
    return f"obs/g{number}.{'fits.gz' if path.endswith('gz') else 'fits'}"


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Indexed]:
    tree = DirectoryTree(tmp_path_factory.mktemp("tree"))
    for number, path in enumerate([*(image.path for image in IMAGES), *REFUSED]):
        tree.write(key(number, path), file_of(path).read_bytes())
    with known_observatory():
        report = index_described(tree, DESCRIPTION, "obs.toml")["obs"]
        yield Inventory.open(tree, "obs"), report


def test_all_are_indexed_but_those_without_pixels(indexed: Indexed) -> None:
    _, report = indexed
    assert report.sets == len(IMAGES)
    assert [Path(each.place).name for each in report.problems] == [
        Path(key(len(IMAGES) + n, path)).name for n, path in enumerate(REFUSED)
    ]
    assert all("no image of two axes" in each.reason for each in report.problems)


@pytest.mark.parametrize("number", range(len(IMAGES)), ids=lambda n: IMAGES[n].path.rpartition("/")[2])
def test_positions_are_found_at_astropys_pixels(indexed: Indexed, number: int) -> None:
    inventory, image = indexed[0], IMAGES[number]
    (row,) = inventory.by_image_id([f"g{number}"]).set_index
    wcs, frame, (nx, ny) = sky_of(image)
    rng = np.random.default_rng(number)
    x, y = rng.uniform([[0.5], [0.5]], [[nx + 0.5], [ny + 0.5]], (2, 200))
    sky = to_icrs(frame, *wcs.all_pix2world(x, y, 1))
    found = inventory.positions(sky.ra.deg, sky.dec.deg)
    mine = found.set_index == row
    assert np.array_equal(found.row[mine], np.arange(200))
    assert np.abs(found.x[mine] - x).max() < 1e-4
    assert np.abs(found.y[mine] - y).max() < 1e-4
    beyond = np.array([[-0.5, ny / 2], [nx + 1.5, ny / 2], [nx / 2, -0.5], [nx / 2, ny + 1.5]])
    sky = to_icrs(frame, *wcs.all_pix2world(*beyond.T, 1))
    assert row not in inventory.positions(sky.ra.deg, sky.dec.deg).set_index


def test_no_position_on_the_rest_of_the_sky_is_claimed(indexed: Indexed) -> None:
    rng = np.random.default_rng(1)
    ra, dec = rng.uniform(0, 360, 10_000), np.degrees(np.arcsin(rng.uniform(-1, 1, 10_000)))
    inventory = indexed[0]
    found = inventory.positions(ra, dec)
    for position, row in zip(found.row.tolist(), found.set_index.tolist(), strict=True):
        footprint = inventory.footprints(row)
        longitude, latitude = footprint.frame.to_icrs(*footprint.centers())
        assert abs(dec[position] - latitude[0]) < 5.0
        assert np.isfinite(longitude[0])


def sky_of(image: SurveyImage) -> tuple[WCS, ImageFrame, tuple[int, int]]:
    file = file_of(image.path)
    stored = find_image(open_reader(file.read_bytes()))
    frame = ImageFrame(read_celestial_wcs(stored.header).frame)
    with warnings.catch_warnings(), fits.open(file) as hdus:
        warnings.simplefilter("ignore")
        wcs = WCS(hdus[image.hdu].header).celestial
    return wcs, frame, (stored.header.naxis1, stored.header.naxis2)
