"""Image sets as columns and as records: nothing is lost on the way."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from skybatch.inventory.image_sets import ImageSets, from_records, scan_codes
from skybatch.surveys.image_id import ScanImageId as ImageId
from tests.support.survey.format2 import to_records
from tests.support.survey.synthetic_survey import synthetic


@pytest.fixture(scope="module")
def survey() -> ImageSets:
    return synthetic(3)


def equal(first: ImageSets, second: ImageSets) -> None:
    for field in fields(ImageSets):
        ours, theirs = getattr(first, field.name), getattr(second, field.name)
        if isinstance(ours, dict):
            for band in ours:
                assert np.array_equal(ours[band], theirs[band]), (field.name, band)
        else:
            assert np.array_equal(ours, theirs), field.name


def test_records_and_footprints_hold_all_of_a_set(survey: ImageSets) -> None:
    equal(from_records("asky", to_records(survey), survey.footprints(), survey.set_index), survey)


def test_elements_are_taken_in_order(survey: ImageSets) -> None:
    some = survey.take(np.array([5, 2]))
    assert len(some) == 2
    assert some.coadd_key.tolist() == [survey.coadd_key[5], survey.coadd_key[2]]
    assert some.bytes["h"].tolist() == [survey.bytes["h"][5], survey.bytes["h"][2]]
    assert some.dataset == survey.dataset


def test_an_identity_names_the_band_and_the_data_set(survey: ImageSets) -> None:
    expected = ImageId("asky", survey.date[4], survey.hem[4], int(survey.scan[4]), int(survey.image[4]), "h")
    assert survey.image_id(4, "h") == expected


def test_tiles_are_known_only_where_the_form_exists(survey: ImageSets) -> None:
    assert survey.tiles(0, "j") is None
    seven, size = {b: np.full(len(survey), 7) for b in "jhk"}, {b: np.full(len(survey), 99) for b in "jhk"}
    tiled = replace(survey, tiled_bytes=size, tile_table=seven, tile_heap=seven)
    tiles = tiled.tiles(0, "j")
    assert tiles is not None
    assert (tiles.size, tiles.table, tiles.heap) == (99, 7, 7)


def test_grids_are_distinct_and_lead_back_to_each_set(survey: ImageSets) -> None:
    table, grid = survey.grids()
    assert len(np.unique(table, axis=0)) == len(table)
    columns = (survey.naxis1, survey.naxis2, survey.crpix1, survey.crpix2, survey.cdelt1, survey.cdelt2)
    assert np.array_equal(table[grid], np.stack(columns, axis=-1))


def test_scan_codes_sort_as_the_identities_do() -> None:
    identities = [
        ("970607", "n", 1, 9), ("970607", "n", 1, 10), ("970607", "n", 2, 1), ("970607", "s", 1, 1),
        ("970608", "n", 999, 9999), ("990101", "s", 1, 1),
    ]  # fmt: skip
    codes = scan_codes(*(np.array(column) for column in zip(*identities, strict=True)))
    assert np.all(np.diff(codes) > 0)
