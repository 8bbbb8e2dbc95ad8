"""Records on the wire: names mapped both ways, unknown and missing fields tolerated, nested records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest

from skybatch.wire import WireRecord


@dataclass(frozen=True)
class Inner(WireRecord):
    number: int = 0


@dataclass(frozen=True)
class Outer(WireRecord):
    delivery_format: str = "fits"
    note: str | None = None
    parts: tuple[Inner, ...] = ()

    wire_names: ClassVar = {"delivery_format": "form"}
    absent_if_none: ClassVar = ("note",)
    readers: ClassVar = {"parts": Inner.from_json}


def test_names_on_the_wire_are_mapped_both_ways() -> None:
    record = Outer(delivery_format="fz", note="x", parts=(Inner(1), Inner(2)))
    assert record.to_json() == {"form": "fz", "note": "x", "parts": [{"number": 1}, {"number": 2}]}
    assert Outer.from_json(record.to_json()) == record


def test_missing_null_and_unknown_fields_are_tolerated() -> None:
    assert Outer.from_json({"form": None, "added_later": 1}) == Outer() == Outer.from_json(None)
    assert "note" not in Outer().to_json()


def test_what_is_no_object_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Outer.from_json(["form"])  # type: ignore[arg-type]
