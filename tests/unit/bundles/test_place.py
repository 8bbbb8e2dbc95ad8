"""Places: short in JSON, and the same when read."""

from __future__ import annotations

import json

import pytest

from skybatch.bundles.bundle_format import Member
from skybatch.bundles.place import Place


@pytest.mark.parametrize("preview", [None, (9000, 200)])
def test_a_place_is_read_as_it_was_written(preview: tuple[int, int] | None) -> None:
    member = Member(3, 512, 1024, 700, "0" * 32, 77, preview)
    place = Place.of_member("000003-abc", '"etag"', member)
    assert Place.from_json(json.loads(json.dumps(place.to_json()))) == place
    assert (place.end, member.end) == (2048, 2048)
