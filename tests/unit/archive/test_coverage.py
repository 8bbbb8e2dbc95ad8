"""What a data set covers of the sky, judged by mocpy's readers and by astropy's positions."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from mocpy import MOC

from skybatch.archive.coverage import coverage_of, order_for
from skybatch.inventory.image_sets import ImageSets
from tests.support.survey.described.four_bands import PIXELS, SCALE, four_band_sets, known_survey
from tests.support.survey.image_sets import sample_image_sets


@pytest.mark.parametrize(("side", "order"), [(1.56, 8), (0.1422, 11), (30.0, 6), (0.001, 11), (3.7, 6)])
def test_cells_are_a_quarter_of_the_short_side_at_most(side: float, order: int) -> None:
    assert order_for(side) == order


def test_every_image_is_covered_and_little_else() -> None:
    with known_survey():
        sets = four_band_sets(300)
        coverage = coverage_of(sets)
        assert coverage is not None
        moc = MOC.from_fits(io.BytesIO(coverage.files["fits"]))
        ra, dec = sets.footprints().centers()
        assert moc.contains_lonlat(ra * u.deg, dec * u.deg).all()
        images = len(sets) * (PIXELS * SCALE) ** 2 / 41252.96
        assert coverage.sky_fraction == pytest.approx(images, rel=0.6)
        assert coverage.sky_fraction == pytest.approx(moc.sky_fraction)
        assert moc == MOC.from_json(json.loads(coverage.files["json"]))


def test_positions_of_images_in_fk5_are_icrs_in_the_map() -> None:
    sets: ImageSets = sample_image_sets(40)
    coverage = coverage_of(sets)
    assert coverage is not None
    moc = MOC.from_fits(io.BytesIO(coverage.files["fits"]))
    sky = SkyCoord(sets.crval1, sets.crval2, unit="deg", frame="fk5").icrs
    assert moc.contains_skycoords(sky).all()
    assert not moc.contains_skycoords(SkyCoord(sky.ra + 90 * u.deg, sky.dec)).all()


def test_nothing_covers_nothing() -> None:
    assert coverage_of(sample_image_sets(3).take(np.arange(0))) is None
