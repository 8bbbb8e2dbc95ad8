"""The notebook is small enough to be read, and was run from its first cell to its last."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.deploy import ROOT

NOTEBOOK = ROOT / "docs" / "tour.ipynb"
MAX_BYTES = 200_000


@pytest.fixture(scope="module")
def cells() -> list[dict[str, Any]]:
    cells: list[dict[str, Any]] = json.loads(NOTEBOOK.read_text())["cells"]
    return cells


def test_the_notebook_is_below_200_kb() -> None:
    """Large pictures of noise are kept as JPEG, a fifth of the size of PNG."""
    assert NOTEBOOK.stat().st_size < MAX_BYTES


def test_every_figure_has_its_picture(cells: list[dict[str, Any]]) -> None:
    drawing = [cell for cell in cells if "figure" in "".join(cell["source"]) and cell["outputs"]]
    assert len(drawing) == 3
    for cell in drawing:
        assert any(kind.startswith("image/") for output in cell["outputs"] for kind in output["data"])


def test_cells_were_run_in_order_without_errors(cells: list[dict[str, Any]]) -> None:
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert not any(output["output_type"] == "error" for cell in code for output in cell["outputs"])


def test_every_code_cell_compiles(cells: list[dict[str, Any]]) -> None:
    for cell in cells:
        if cell["cell_type"] == "code":
            compile("".join(cell["source"]), NOTEBOOK.name, "exec")
