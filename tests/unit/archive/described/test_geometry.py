"""Images in other projections, frames and matrices than 2MASS has: from headers to look-ups and plans."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS

from skybatch.archive.described.index import index_described
from skybatch.errors import InvalidSurvey, SourceDiffers
from skybatch.fits.stored_file import read_stored_header
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.inventory.inventory import Inventory
from skybatch.sky.image_frames import ImageFrame
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.vo.obscore_table import obscore_table
from skybatch.vo.search_images import find_images
from tests.support.images.fits_files import CardValue, make_image
from tests.support.survey.described.four_bands import DESCRIPTION, known_survey

PLACES = [(10.0, 5.0, 30.0), (0.001, -40.0, -170.0), (200.0, 89.9, 3.0), (77.0, 60.0, 100.0)]
NX, NY, STEP = 64, 48, 1.0 / 3600


def image(ra: float, dec: float, turn: float, mirrored: bool = False, **more: CardValue | None) -> bytes:
    """A TAN image in ICRS, placed by a CD matrix about a pixel far outside."""
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    east = STEP if mirrored else -STEP
    cards: dict[str, CardValue | None] = {
        "CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "RADESYS": "ICRS", "EQUINOX": None, "CRPIX1": -900.0,
        "CDELT1": None, "CDELT2": None, "CROTA2": None, "FILTER": None,
        "CD1_1": _printed(east * cos), "CD1_2": _printed(-STEP * sin),
        "CD2_1": _printed(east * sin), "CD2_2": _printed(STEP * cos),
    }  # fmt: skip
    return make_image(ra, dec, nx=NX, ny=NY, cards={**cards, **more})


def _printed(value: float) -> float:
    """Round to what fits in a card."""
    return float(f"{value:.9f}")


def images() -> dict[str, bytes]:
    return {
        f"quad/quad/coadds/000{n}p000/{n}/{band}-coadd.fits": image(*place, mirrored=n % 2 == 1)
        for n, place in enumerate(PLACES)
        for band in "gr"
    }


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    tree = DirectoryTree(tmp_path)
    for key, content in images().items():
        tree.write(key, content)
    with known_survey():
        report = index_described(tree, DESCRIPTION, "quad.toml")["quad"]
        assert (report.sets, report.images, report.problems) == (len(PLACES), 2 * len(PLACES), ())
        yield Inventory.open(tree, "quad")


def wcs_of(content: bytes) -> WCS:
    return WCS(fits.getheader(io.BytesIO(content)))


def test_positions_are_found_at_astropys_pixels(inventory: Inventory) -> None:
    ids = inventory.by_image_id([f"000{n}p000_{n}" for n in range(len(PLACES))]).set_index
    contents = [content for key, content in images().items() if "/g-" in key]
    for number, content in zip(ids, contents, strict=True):
        x, y = np.array([0.6, 30.0, NX + 0.4]), np.array([0.6, 20.5, NY + 0.4])
        sky = SkyCoord(*wcs_of(content).wcs_pix2world(x, y, 1), unit="deg")
        found = inventory.positions(sky.ra.deg, sky.dec.deg)
        assert found.set_index.tolist() == [number] * 3
        assert np.abs(found.x - x).max() < 1e-5
        assert np.abs(found.y - y).max() < 1e-5


def test_a_plan_knows_where_its_images_lie(inventory: Inventory) -> None:
    details = inventory.details(
        inventory.by_image_id([f"000{n}p000_{n}" for n in range(len(PLACES))]).set_index
    )
    assert details.frame is ImageFrame.ICRS
    for known, (ra, dec, turn), n in zip(ImageGeometry.of_sets(details), PLACES, range(4), strict=True):
        shortened: list[Any] = list(known.shortened())
        again = ImageGeometry(*shortened)
        assert again == known
        again.check(read_stored_header(image(ra, dec, turn, mirrored=n % 2 == 1)))
        for other in (
            {"CTYPE1": "RA---SIN", "CTYPE2": "DEC--SIN", "CRPIX1": -9000.0},
            {"CRVAL2": dec - 0.01},
        ):
            with pytest.raises(SourceDiffers):
                again.check(read_stored_header(image(ra, dec, turn, mirrored=n % 2 == 1, **other)))


def test_outlines_run_one_way_round_whether_mirrored_or_not(inventory: Inventory) -> None:
    found = find_images(inventory, np.arange(inventory.size), 100)
    table = obscore_table([found], "https://example.org", (), "")
    outlines = table.data["s_region"]
    assert len(outlines) == 2 * len(PLACES)
    for text in outlines:
        numbers = np.array(str(text).split()[2:], float).reshape(4, 2)
        x, y, z = SkyCoord(numbers, unit="deg").cartesian.xyz.value
        corners = np.stack([x, y, z], axis=-1)
        turns = np.cross(corners[1] - corners[0], corners[2] - corners[1]) @ corners.mean(axis=0)
        assert turns < 0  # clockwise from outside, counter-clockwise as seen from within the sphere


def test_an_image_that_no_look_up_could_rely_on_is_told(tmp_path: Path) -> None:
    tree = DirectoryTree(tmp_path)
    tree.write(
        "quad/quad/coadds/0000p000/0/g-coadd.fits", image(10.0, 5.0, 0.0, CRPIX1=32.5, CD1_1=-5.0, CD2_2=5.0)
    )
    with known_survey(), pytest.raises(InvalidSurvey, match="degrees from its middle"):
        index_described(tree, DESCRIPTION, "quad.toml")


def test_the_description_lies_in_the_version(inventory: Inventory, tmp_path: Path) -> None:
    stored = tmp_path / "inventory/quad" / inventory.version / "survey.toml"
    assert stored.read_text() == DESCRIPTION
