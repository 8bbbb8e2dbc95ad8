"""Where else the sky is shown: the field of a request, and addresses that hold it."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from skybatch.batch.request_facts import request_facts
from skybatch.presentation.gallery.sky_links import Field, field_of, sky_links
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


def test_addresses_hold_centre_and_width() -> None:
    for _, url in sky_links(Field(10.5, -3.25, 0.5)):
        found = parse_qs(urlsplit(url).query)
        assert found["target"] == ["10.500000 -3.250000"]
        assert found["fov"] == ["0.5"]
        assert urlsplit(url).scheme == "https"
