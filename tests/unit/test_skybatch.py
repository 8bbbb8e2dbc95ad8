"""The top of the package: the client is there when asked for, and only then loaded."""

from __future__ import annotations

import subprocess
import sys

import pytest

import skybatch
from skybatch.version import VERSION


def test_the_client_is_loaded_when_it_is_asked_for() -> None:
    script = (
        "import sys, skybatch; assert 'skybatch.client' not in sys.modules;"
        " skybatch.Client; assert 'skybatch.client' in sys.modules"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_other_names_are_attribute_errors() -> None:
    assert skybatch.__version__ == VERSION
    with pytest.raises(AttributeError):
        skybatch.NoSuchName  # noqa: B018
