"""Values of a parsed TOML file to frozen dataclasses, by their types; broken rules with their keys."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin

from skybatch.surveys.description.described import required

Problems = list[tuple[str, str]]
_WORDS = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}


def from_toml(kind: Any, value: object, key: str, problems: Problems) -> Any:
    """Return a value as ``kind``; what it breaks is added to ``problems`` as (key, rule), and None returned.

    Knows dataclasses, texts, numbers, Literal, unions, tuples of fixed and of any length, and mappings from
    texts.
    """
    if is_dataclass(kind):
        return _dataclass(kind, value, key, problems)
    origin = get_origin(kind)
    if origin is Literal:
        return _literal(kind, value, key, problems)
    if origin in (Union, types.UnionType):
        return _union(kind, value, key, problems)
    if origin is tuple:
        return _tuple(kind, value, key, problems)
    if origin is Mapping:
        return _mapping(kind, value, key, problems)
    return _plain(kind, value, key, problems)


@cache
def described_keys(kind: type) -> Mapping[str, Field[Any]]:
    """Return the field of each key of a description: a field's key is its name, or that of its metadata."""
    return {each.metadata.get("key", each.name): each for each in fields(kind)}


def _dataclass(kind: Any, value: object, key: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return _broken(key, "must be a table", problems)
    known, before = described_keys(kind), len(problems)
    problems += [
        (_below(key, name), f"is not known here; known are {', '.join(known)}")
        for name in value
        if name not in known
    ]
    values = {}
    for name, each in known.items():
        if name in value:
            values[each.name] = from_toml(each.type, value[name], _below(key, name), problems)
        elif required(each):
            problems.append((_below(key, name), "is missing"))
    return kind(**values) if len(problems) == before else None


def _literal(kind: Any, value: object, key: str, problems: Problems) -> Any:
    allowed = get_args(kind)
    if value in allowed and not isinstance(value, bool):
        return value
    return _broken(key, f"must be one of {', '.join(map(repr, allowed))}", problems)


def _union(kind: Any, value: object, key: str, problems: Problems) -> Any:
    """Return a value as the first kind that takes it; TOML has no null, so None is never written."""
    kinds = [each for each in get_args(kind) if each is not type(None)]
    found: list[Problems] = []
    for each in kinds:
        found.append([])
        read = from_toml(each, value, key, found[-1])
        if not found[-1]:
            return read
    problems += found[0] if len(kinds) == 1 else [(key, " or ".join(part[0][1] for part in found))]
    return None


def _tuple(kind: Any, value: object, key: str, problems: Problems) -> Any:
    kinds = get_args(kind)
    if not isinstance(value, list):
        return _broken(key, "must be a list", problems)
    if kinds[-1] is Ellipsis:
        kinds = (kinds[0],) * len(value)
    if len(value) != len(kinds):
        return _broken(key, f"must have {len(kinds)} elements, not {len(value)}", problems)
    pairs = enumerate(zip(kinds, value, strict=True))
    return tuple(from_toml(each, item, f"{key}[{n}]", problems) for n, (each, item) in pairs)


def _mapping(kind: Any, value: object, key: str, problems: Problems) -> Any:
    if not isinstance(value, Mapping):
        return _broken(key, "must be a table", problems)
    return {
        name: from_toml(get_args(kind)[1], item, _below(key, name), problems) for name, item in value.items()
    }


def _plain(kind: Any, value: object, key: str, problems: Problems) -> Any:
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        return _broken(key, f"must be {_WORDS[kind]}", problems)
    return value


def _broken(key: str, rule: str, problems: Problems) -> None:
    problems.append((key, rule))


def _below(key: str, name: str) -> str:
    return f"{key}.{name}" if key else name
