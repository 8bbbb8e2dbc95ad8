"""The synthetic survey has the survey's geometry."""

from __future__ import annotations

import numpy as np

from skybatch.inventory.image_sets import ImageSets
from skybatch.sky.footprints import Footprints
from skybatch.sky.vectors import to_vector
from tests.support.survey.synthetic_survey import IMAGE_NUMBERS, synthetic


def survey() -> ImageSets:
    return synthetic(4000)


def test_it_is_the_same_every_time_and_unique() -> None:
    one, two = survey(), survey()
    assert np.array_equal(one.crval1, two.crval1)
    identity = set(zip(one.date, one.hem, one.scan, one.image, strict=True))
    assert len(identity) == len(one) == 4000 * 23
    assert len(set(one.coadd_key.tolist())) == len(one)
    assert one.scan.min() >= 1
    assert one.scan.max() <= 999


def test_neighbours_in_a_scan_overlap_by_54_rows() -> None:
    sets = survey()
    images = sets.footprints()
    inner = np.flatnonzero(sets.image != IMAGE_NUMBERS[-1])
    here = Footprints(
        images.crval1[inner], images.crval2[inner], images.crota2[inner], images.grid[inner], images.grids
    )
    following = inner + 1
    x, y = here.to_pixel(to_vector(images.crval1[following], images.crval2[following]))
    first_row_of_next = y - (sets.naxis2[following] + 1) / 2
    assert np.abs(x - 256.5).max() < 0.01
    assert np.abs(first_row_of_next - 970).max() < 0.01


def test_last_images_are_shorter_and_rotations_small_but_near_the_poles() -> None:
    sets = survey()
    last = sets.image == 267
    assert set(sets.naxis2[~last].tolist()) == {1024}
    assert sets.naxis2[last].min() >= 824
    assert sets.naxis2[last].max() <= 834
    assert np.abs(sets.crota2[np.abs(sets.crval2) < 60]).max() < 0.1
    assert np.abs(sets.crota2[np.abs(sets.crval2) > 85]).max() > 0.3


def test_the_whole_survey_covers_the_sky() -> None:
    sets = synthetic(59_731)
    assert len(sets) == 1_373_813
    rows = np.bincount(np.floor((sets.crval2 + 90) / 1.0).astype(int), minlength=180)
    assert rows.min() > 0
