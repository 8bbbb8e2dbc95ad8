"""Tiles are named as those of the Atlas are, and hold what people look for."""

from __future__ import annotations

import astropy.units as u
import pytest
from astropy.coordinates import SkyCoord

from local.allwise.tiles import FEW, PIXEL, TILES, TRUE_SIZE
from local.allwise.tree import SURVEY
from skybatch.surveys.catalogue import packaged_survey

STAR, M83 = SkyCoord(314.30417, 77.595559, unit="deg"), SkyCoord(204.253958, -29.865417, unit="deg")


def test_identifiers_are_tenths_of_degrees() -> None:
    assert [tile.coadd_id for tile in TILES] == [
        *("3142p775_ac51", "3145p777_ac51", "2042m299_ac51", "2044m298_ac51"),
        *("0384p651_ac51", "0835m061_ac51"),
    ]


def test_the_surveys_own_examples_find_images_in_the_sample() -> None:
    example = packaged_survey(SURVEY).requests.example["image_ids"]["table"]
    named = {line.split(",")[0] for line in str(example).split()[1:]}
    assert named <= {tile.coadd_id for tile in TILES}


@pytest.mark.parametrize(("position", "tiles"), [(STAR, TILES[:2]), (M83, TILES[2:4])])
def test_star_and_galaxy_lie_within_two_tiles_each(position: SkyCoord, tiles: tuple[object, ...]) -> None:
    for tile in TILES:
        east, north = SkyCoord(tile.ra, tile.dec, unit="deg").spherical_offsets_to(position)
        half = tile.pixels * PIXEL / 2 * u.deg
        assert (max(abs(east), abs(north)) < half) == (tile in tiles)


def test_both_forms_of_headers_are_in_the_small_sample() -> None:
    assert {tile.matrix for tile in FEW} == {True, False}
    assert TRUE_SIZE.pixels == 4095
    assert TRUE_SIZE.crpix == 2048
