"""The demonstration accepts right results and names what is wrong."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from astropy.io import ascii as tables

from local.demo import M83, NAMED_TARGETS, check_counts, points_in_region, position_table, random_targets
from local.verify import WrongResult


def status(**images: int) -> dict[str, Any]:
    counts = {"failed": 0, "over_limit": 0, "retrieved": 2} | images
    return {"images": counts, "bytes": 10, "limit_bytes": 10}


def test_targets_are_written_as_an_ipac_table_that_astropy_reads() -> None:
    read = tables.read(position_table(list(NAMED_TARGETS)), format="ipac")
    assert [tuple(row) for row in read] == [(t.ra, t.dec, t.size) for t in NAMED_TARGETS]
    assert str(read["size"].unit) == "arcsec"


def test_random_targets_are_the_same_every_time() -> None:
    targets = random_targets(50)
    assert targets == random_targets(50)
    assert all(20 <= target.size <= 300 and -90 < target.dec < 90 for target in targets)


def test_points_lie_inside_the_region() -> None:
    ra, dec = map(float, M83[0].split())
    points = points_in_region()
    east = [(point.ra - ra) * np.cos(np.radians(dec)) for point in points]
    north = [point.dec - dec for point in points]
    assert len(points) > 500
    assert np.hypot(east, north).max() < M83[1] / 2


def test_what_came_must_be_what_was_wanted() -> None:
    wanted = Counter({"a": 1, "b": 1})
    check_counts(status(), wanted, wanted)
    with pytest.raises(WrongResult):
        check_counts(status(), Counter({"a": 1, "b": 1, "c": 1}), wanted)
    with pytest.raises(WrongResult):
        check_counts(status(retrieved=1), Counter({"a": 1}), wanted)
    check_counts(status(retrieved=1, over_limit=1), Counter({"a": 1}), wanted)
    with pytest.raises(WrongResult):
        check_counts(status(failed=1), wanted, wanted)
    with pytest.raises(WrongResult):
        check_counts(status() | {"bytes": 11}, wanted, wanted)
