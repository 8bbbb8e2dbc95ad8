"""Image sets as columns: classes of radii, codes of text, sizes by form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from skybatch.errors import InventoryError
from skybatch.inventory.columns.of_survey import ColumnsOfSurvey
from skybatch.inventory.image_sets import ImageSets
from skybatch.inventory.set_columns import (
    FENCE_ROWS,
    MAX_CLASSES,
    class_radii,
    forms_of_bands,
    set_columns,
)
from skybatch.sky.zones import RA_STEPS, ZONES
from skybatch.surveys.catalogue import packaged_survey
from tests.support.survey.synthetic_survey import synthetic

COLUMNS = ColumnsOfSurvey(packaged_survey())


def test_rows_are_in_order_of_zone_and_right_ascension() -> None:
    made = set_columns(synthetic(400))
    columns = made.columns
    assert (np.diff(columns["key"].astype(np.int64)) >= 0).all()
    assert "key_row" not in columns
    assert columns["zones"].shape == (1, ZONES + 1)
    for zone in (0, 700, 900, ZONES - 1):
        rows = slice(*columns["zones"][0, zone : zone + 2].tolist())
        assert (columns["key"][rows] // RA_STEPS == zone).all()
    assert np.array_equal(columns["id.fence"], columns["id"][::FENCE_ROWS])
    assert (columns["id"][1:] > columns["id"][:-1]).all()
    assert np.array_equal(columns["coadd_key"][columns["number_row"]], columns["number"])


def test_radii_a_power_of_two_apart_are_classes() -> None:
    radius = np.array([0.16, 0.159, 0.081, 0.079, 5.12, 1e-9])
    number, most = class_radii(radius)
    assert len(set(number.tolist())) == len(most) <= MAX_CLASSES
    assert number[0] == number[1] == number[2] != number[3]
    assert most == sorted(most, reverse=True)
    for each, largest in enumerate(most):
        inside = radius[number == each]
        assert inside.max() == largest
        assert inside.min() > largest / 2 or each == len(most) - 1
    assert class_radii(np.zeros(0))[1] == [0.0]


def test_images_of_several_radii_have_keys_by_class() -> None:
    few = synthetic(40)
    mixed = replace(few, cdelt1=few.cdelt1 * np.where(np.arange(len(few)) % 3, 1, 9))
    mixed = replace(mixed, cdelt2=few.cdelt2 * np.where(np.arange(len(few)) % 3, 1, 9))
    made = set_columns(mixed)
    assert len(made.radii) == 2
    rows, zones, key = (made.columns[name] for name in ("key_row", "zones", "key"))
    assert sorted(rows.tolist()) == list(range(len(few)))
    for start, stop in ((0, int(zones[0, -1])), (int(zones[1, 0]), len(few))):
        assert (np.diff(key[start:stop].astype(np.int64)) >= 0).all()


def test_sizes_stand_under_the_form_of_each_image() -> None:
    one = synthetic(1)
    suffix = np.where(np.arange(len(one)) % 2, ".fits", ".fits.gz").astype(object)
    tiled = {band: np.where(np.arange(len(one)) % 3 == 0, 7, 0) for band in "jhk"}
    sets = replace(one, suffix=dict.fromkeys("jhk", suffix), tiled_bytes=tiled)
    forms = forms_of_bands(sets, COLUMNS)["image"]["h"]
    assert np.array_equal(forms["fits"], np.where(suffix == ".fits", one.bytes["h"], 0))
    assert np.array_equal(forms["fits.fz"], tiled["h"])
    columns = set_columns(sets).columns
    assert (columns["held"] >> COLUMNS.held_bit("quicklook", "k") & 1).all()
    absent: dict[str, Any] = {"bytes": {**one.bytes, "h": np.zeros(len(one), int)}}
    held = set_columns(replace(one, **absent)).columns["held"]
    assert not (held >> COLUMNS.held_bit("image", "h") & 1).any()
    assert (held >> COLUMNS.held_bit("image", "j") & 1).all()


def test_a_form_that_no_image_has_is_refused() -> None:
    one: ImageSets = synthetic(1)
    wrong = {band: np.full(len(one), ".fits.Z", dtype=object) for band in "jhk"}
    with pytest.raises(InventoryError, match=r"\.fits\.Z"):
        set_columns(replace(one, suffix=wrong))
