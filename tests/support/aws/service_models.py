"""The service models of botocore, read once: each session of its own, as moto's, reads megabytes of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.loaders import JSONFileLoader


@contextmanager
def models_read_once() -> Iterator[None]:
    """Keep what was read, for all sessions of this process to the end of the block."""
    read, kept = JSONFileLoader.load_file, {}

    def load_file(loader: Any, path: str) -> Any:
        if path not in kept:
            kept[path] = read(loader, path)
        return kept[path]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(JSONFileLoader, "load_file", load_file)
        yield
