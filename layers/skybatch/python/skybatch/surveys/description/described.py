"""The decorator of the parts of a description: frozen dataclasses that cost a cold start next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False, field_specifiers=(field,))
def described(cls: type[T]) -> type[T]:
    """Make a frozen dataclass whose fields are given by keyword, compared by identity.

    `dataclasses` generates and compiles code for each frozen class, 0.3 ms; a description has twenty, which
    every function would pay for when it starts. Here one constructor serves them all.
    """
    made = dataclass(init=False, repr=False, eq=False)(cls)
    made.__init__ = _initialize  # type: ignore[method-assign]
    made.__setattr__ = _refuse  # type: ignore[method-assign]
    return made


def required(each: Field[Any]) -> bool:
    """Tell whether a field must be given."""
    return each.default is MISSING and each.default_factory is MISSING


def _initialize(self: Any, **values: Any) -> None:
    """Store the values and the defaults of the rest. Raises TypeError for unknown and missing ones."""
    known = {each.name: each for each in fields(self)}
    if not values.keys() <= known.keys():
        raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(values.keys() - known.keys()))}")
    missing = [name for name, each in known.items() if required(each) and name not in values]
    if missing:
        raise TypeError(f"{type(self).__name__} needs {', '.join(missing)}")
    self.__dict__.update({name: _value(each, values) for name, each in known.items()})


def _value(each: Field[Any], values: Mapping[str, Any]) -> Any:
    if each.name in values:
        return values[each.name]
    return each.default_factory() if each.default_factory is not MISSING else each.default


def _refuse(self: Any, name: str, value: object) -> None:
    raise AttributeError(f"{type(self).__name__} cannot be changed")
