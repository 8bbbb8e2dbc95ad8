"""Objects are known under every spelling of their names."""

from __future__ import annotations

import pytest

from local.known_objects import DESIGNATIONS, GALAXIES, STARS_AND_CLUSTERS, folded, index
from skybatch.surveys.twomass.designations import position_from_designation


@pytest.mark.parametrize(
    ("name", "key"), [("NGC 0224", "ngc224"), ("Messier 031", "m31"), ("  m31 ", "m31"), ("NGC 0", "ngc0")]
)
def test_blanks_capitals_and_leading_zeros_do_not_count(name: str, key: str) -> None:
    assert folded(name) == key


def test_every_spelling_leads_to_the_first_name() -> None:
    known = index({"Messier 031|M 31|NGC 0224": (10.68, 41.27)})
    assert known["m31"] == known["ngc224"] == ("Messier 031", 10.68, 41.27)


@pytest.mark.parametrize("objects", [GALAXIES, STARS_AND_CLUSTERS, DESIGNATIONS])
def test_no_two_objects_share_a_name(objects: dict[str, tuple[float, float]]) -> None:
    spellings = [folded(name) for names in objects for name in names.split("|")]
    assert len(set(spellings)) == len(index(objects))
    for names, (ra, dec) in objects.items():
        assert {index(objects)[folded(name)][1:] for name in names.split("|")} == {(ra, dec)}


@pytest.mark.parametrize("name", DESIGNATIONS)
def test_a_designation_lies_where_it_says(name: str) -> None:
    said = position_from_designation(name)
    assert said is not None
    assert [said.ra, said.dec] == pytest.approx(DESIGNATIONS[name], abs=1e-3)
