"""All uploads made to take time or memory: few bytes that stand for many, or the worst of a format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import getmembers, isfunction
from types import ModuleType

from tests.support.hostile import fits_tables, full, gzipped, text, votable, workbooks

Maker = Callable[[int], bytes]
"""Takes the number of bytes that the file may hold once it is inflated."""


def _makers(module: ModuleType) -> Iterator[tuple[str, Maker]]:
    """Yield the functions that a module defines, not those that it imports."""
    for name, maker in getmembers(module, isfunction):
        if maker.__module__ == module.__name__:
            yield name, maker


HOSTILE: Mapping[str, Maker] = {
    name: maker
    for module in (text, votable, fits_tables, workbooks, full, gzipped)
    for name, maker in _makers(module)
}
