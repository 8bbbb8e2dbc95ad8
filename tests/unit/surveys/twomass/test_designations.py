"""Positions that 2MASS designations carry in themselves."""

from __future__ import annotations

import pytest

from skybatch.surveys.twomass.designations import is_designation, position_from_designation


@pytest.mark.parametrize(
    ("name", "ra", "dec"),
    [
        ("2MASS J00424433+4116085", 10.6847083333, 41.2690277778),
        ("2MASXi J2304565+121922", 346.2354166667, 12.3227777778),
        ("2massj13370091-2951567", 204.2537916667, -29.8657500000),
        ("2MASX J00000000-0000011", 0.0, -1.1 / 3600),
    ],
)
def test_the_kin_of_a_designation(name: str, ra: float, dec: float) -> None:
    sky = position_from_designation(name)
    assert sky is not None
    assert [sky.ra, sky.dec] == pytest.approx([ra, dec], abs=1e-9)


@pytest.mark.parametrize(
    "name", ["2MASX J99045666+1219223", "2MASX J23045666+9959599", "2MASXJ2304", "2MASS", "IRAS 23045+1219"]
)
def test_what_is_no_designation_has_no_position(name: str) -> None:
    assert position_from_designation(name) is None


def test_a_2massx_name_is_a_designation_and_others_are_not() -> None:
    assert is_designation(" 2MASXJ23045666+1219223")
    assert not is_designation("NGC 7479")
