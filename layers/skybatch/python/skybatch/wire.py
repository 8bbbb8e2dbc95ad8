"""Records with names on the wire: dataclasses that stand for the JSON objects of the HTTP interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Self

Json = Mapping[str, Any]


@dataclass(frozen=True)
class WireRecord:
    """A dataclass that is read from and written to a JSON object; tuples stand for JSON arrays.

    Unknown fields are ignored, and missing or null ones take their defaults.
    """

    # Field to name on the wire, where they differ; fields left out where None; how nested values are read.
    wire_names: ClassVar[Mapping[str, str]] = {}
    absent_if_none: ClassVar[tuple[str, ...]] = ()
    readers: ClassVar[Mapping[str, Callable[[Any], Any]]] = {}

    @classmethod
    def from_json(cls, answer: Json | None) -> Self:
        """Read the part, None as one in which every field has its default. Raises TypeError for no object."""
        if not isinstance(answer or {}, Mapping):
            raise TypeError(f"{cls.__name__} is no {type(answer).__name__}")
        wire = {each.name: cls.wire_names.get(each.name, each.name) for each in fields(cls)}
        given = {own: (answer or {}).get(name) for own, name in wire.items()}
        return cls(**{own: cls._read(own, value) for own, value in given.items() if value is not None})

    @classmethod
    def _read(cls, name: str, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return tuple(cls._read(name, each) for each in value)
        return cls.readers[name](value) if name in cls.readers else value

    def to_json(self) -> dict[str, Any]:
        """Return the part as it stands on the wire."""
        own = {each.name: getattr(self, each.name) for each in fields(self)}
        absent = {name for name in self.absent_if_none if own[name] is None}
        return {self.wire_names.get(k, k): _to_json(v) for k, v in own.items() if k not in absent}


def _to_json(value: Any) -> Any:
    if isinstance(value, WireRecord):
        return value.to_json()
    if isinstance(value, Mapping):
        return {name: _to_json(each) for name, each in value.items()}
    return [_to_json(each) for each in value] if isinstance(value, tuple) else value
