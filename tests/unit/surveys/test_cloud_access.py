"""Where an image lies in the cloud."""

from __future__ import annotations

import json

from skybatch.surveys.cloud_access import cloud_access
from skybatch.surveys.description.images import Place


def test_the_place_of_an_object_is_told_as_json() -> None:
    place = Place(bucket="nasa-irsa-wise", region="us-west-2", access="anonymous")
    assert json.loads(cloud_access(place, "wise/a.fits")) == {
        "aws": {"bucket_name": "nasa-irsa-wise", "key": "wise/a.fits", "region": "us-west-2"}
    }


def test_a_region_that_is_not_known_is_left_out() -> None:
    assert json.loads(cloud_access(Place(bucket="b", access="anonymous"), "k"))["aws"] == {
        "bucket_name": "b",
        "key": "k",
    }
