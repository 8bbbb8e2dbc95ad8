"""Parts of descriptions are frozen, take keywords, and know what they need."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace

import pytest

from skybatch.surveys.description.images import Mission


def test_a_part_is_a_dataclass_with_defaults() -> None:
    mission = Mission(name="wise")
    assert is_dataclass(mission)
    assert [each.name for each in fields(mission)] == ["name", "aliases"]
    assert replace(mission, aliases=("w",)).aliases == ("w",)


def test_a_part_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Mission(name="wise").name = "x"  # type: ignore[misc]


@pytest.mark.parametrize("given", [{}, {"name": "x", "other": 1}])
def test_missing_and_unknown_fields_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        Mission(**given)  # type: ignore[arg-type]
