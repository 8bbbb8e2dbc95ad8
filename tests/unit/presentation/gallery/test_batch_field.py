"""The field of a request: its region, its positions but those far from most, its images."""

from __future__ import annotations

import pytest

from skybatch.batch.request_facts import request_facts
from skybatch.presentation.gallery.batch_field import field_of
from skybatch.presentation.gallery.sky_links import Field
from skybatch.sky.position import SkyPosition
from tests.support.batches.batch_samples import region_request, targets


def test_a_region_is_its_own_field() -> None:
    field = field_of(request_facts(region_request()), ())
    assert field is not None
    assert tuple(field) == pytest.approx((204.253958, -29.865417, 0.6))


def test_positions_are_all_in_the_field_also_across_zero_and_all_over_the_sky() -> None:
    near = [*targets(1, position=SkyPosition(359.9, 0.0)), *targets(1, position=SkyPosition(0.1, 0.0))]
    field = field_of(None, near)
    assert field is not None
    assert min(field.ra, 360 - field.ra) == pytest.approx(0.0, abs=1e-9)
    assert field.width == pytest.approx(0.24)
    far = [*targets(1, position=SkyPosition(0.0, 0.0)), *targets(1, position=SkyPosition(180.0, 0.0))]
    assert field_of(None, far) == Field(0.0, 0.0, 180.0)
    assert field_of(None, ()) is None


def test_image_sets_without_a_position_are_where_they_lie() -> None:
    field = field_of(None, targets(1, position=None))
    assert field is not None
    assert field[:2] == pytest.approx((10.001, 41.05))


def test_a_row_far_from_most_does_not_widen_the_field() -> None:
    places = [(359.9, 0.0), (0.1, 0.0), (0.0, 0.05), (0.0, -0.05), (180.0, 89.0)]
    field = field_of(None, [each for place in places for each in targets(1, position=SkyPosition(*place))])
    assert field is not None
    assert (field.ra + 180.0) % 360.0 - 180.0 == pytest.approx(0.0, abs=1e-6)
    assert field.width == pytest.approx(0.24)
