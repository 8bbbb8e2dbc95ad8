"""Bytes read the same whether a page or its script writes them."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from skybatch.pages.environment import inlined
from skybatch.presentation.formatting import size

POWERS = [10**power for power in range(3, 13)]
OCTETS = [999, 999_499, 999_501, 999_999_999, 33_200_000, 1_540_001]
OCTETS += [octets + change for octets in POWERS for change in (-1, 0, 1)]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_the_script_writes_bytes_as_the_page_does() -> None:
    program = f"{inlined('byte_size.js')}\nconsole.log(JSON.stringify({json.dumps(OCTETS)}.map(byteSize)))"
    ran = subprocess.run(["node", "-"], input=program, capture_output=True, text=True, check=True)
    assert json.loads(ran.stdout) == [size(octets) for octets in OCTETS]
