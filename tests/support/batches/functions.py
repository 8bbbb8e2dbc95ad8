"""The functions' own modules, which lie outside the package."""

from __future__ import annotations

import importlib.util
from types import ModuleType

from tests.support.batches.template import ROOT


def load_function(name: str) -> ModuleType:
    """Import ``functions/NAME/app.py`` anew, as Lambda does on a cold start."""
    spec = importlib.util.spec_from_file_location(f"{name}_app", ROOT / "functions" / name / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
