"""Values of TOML as typed values; what does not fit is told with its key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import pytest

from skybatch.surveys.description.images import Band
from skybatch.surveys.description.typed import Problems, described_keys, from_toml

NUMBER_OR_TABLE = float | Mapping[str, float] | None


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        (float, 3, 3.0),
        (tuple[str, ...], ["a", "b"], ("a", "b")),
        (tuple[float, float], [1, 2.5], (1.0, 2.5)),
        (Mapping[str, int], {"a": 1}, {"a": 1}),
        (NUMBER_OR_TABLE, 1.5, 1.5),
        (NUMBER_OR_TABLE, {"j": 1.5}, {"j": 1.5}),
        (Literal["a", 1], 1, 1),
    ],
)
def test_values_that_fit(kind: Any, value: object, expected: object) -> None:
    problems: Problems = []
    assert from_toml(kind, value, "key", problems) == expected
    assert problems == []


@pytest.mark.parametrize(
    ("kind", "value", "key"),
    [
        (int, True, "key"),
        (int, 1.0, "key"),
        (str, 1, "key"),
        (tuple[str, ...], ["a", 1], "key[1]"),
        (tuple[float, float], [1], "key"),
        (Mapping[str, int], {"a": "x"}, "key.a"),
        (NUMBER_OR_TABLE, "x", "key"),
        (Literal["a", 1], True, "key"),
        (Band, [], "key"),
        (Band, {"id": "j", "label": "J", "wave": [1, 2, 3], "x": 1}, "key.x"),
    ],
)
def test_values_that_do_not_fit(kind: Any, value: object, key: str) -> None:
    problems: Problems = []
    from_toml(kind, value, "key", problems)
    assert [name for name, _ in problems] == [key]


def test_keys_are_field_names_or_their_aliases() -> None:
    from skybatch.surveys.description.images import Field

    assert "import" in described_keys(Field)
    assert "imported" not in described_keys(Field)
