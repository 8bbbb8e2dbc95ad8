"""A package is built as the template says, from exact pins."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.batches.template import ROOT, TEMPLATE
from tools.package import chosen, unzipped_bytes


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_every_pin_is_exact() -> None:
    lines = (ROOT / "layers/science/requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", pin) for pin in pins)
    names = [pin.split("==")[0] for pin in pins]
    assert names == sorted(set(names))


def test_the_template_chooses_python_and_machine() -> None:
    wanted = chosen(TEMPLATE)
    assert (wanted.python, wanted.machine) == ("3.13", "x86_64")


def test_size_counts_files_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path / "a/b/c", "x" * 10)
    write(tmp_path / "d", "x" * 5)
    assert unzipped_bytes(tmp_path) == 15
