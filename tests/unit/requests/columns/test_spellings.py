"""Names of coordinates without what people write around them, and the units that names carry."""

from __future__ import annotations

import pytest

from skybatch.requests.columns import spellings


@pytest.mark.parametrize(
    ("name", "plain", "unit"),
    [
        ("RA", "ra", None), ("R.A.", "ra", None), ("Decl.", "decl", None), ("α", "alpha", None),
        ("ra (pix)", "ra", "pix"), ("RA [h]", "ra", "h"), ("ra/deg", "ra", "deg"), ("RA (2000)", "ra", None),
        ("ra_rad", "ra_rad", "rad"), ("decrad", "decrad", "rad"), ("ra_hours", "ra_hours", "hour"),
        ("ra_h", "ra_h", "hour"), ("grad", "grad", None), ("ra_deg", "ra_deg", None),
    ],
)  # fmt: skip
def test_a_name_and_the_unit_in_it(name: str, plain: str, unit: str | None) -> None:
    assert spellings.plain_name(name) == plain
    assert spellings.unit_of_name(name) == unit


@pytest.mark.parametrize(
    "name", ["e_ra", "ra_error", "pmra", "dra", "delta_ra", "ra_dec_corr", "sigra", "cosdec", "ra_std"]
)
def test_errors_motions_and_offsets_are_known(name: str) -> None:
    assert spellings.NOT_A_POSITION.search(name)


@pytest.mark.parametrize(
    "name", ["ra", "dec", "delta", "alpha_j2000", "cosmos_ra", "ppmxl_dec", "discovery_ra", "decl"]
)
def test_positions_are_not_taken_for_errors(name: str) -> None:
    assert not spellings.NOT_A_POSITION.search(name)
