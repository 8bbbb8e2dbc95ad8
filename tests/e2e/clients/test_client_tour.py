"""docs/tour.ipynb runs from its first cell to its last, and brings what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from local.deploy import ROOT
from local.stack import Stack

pytestmark = pytest.mark.e2e

NOTEBOOK = ROOT / "docs" / "tour.ipynb"


@pytest.fixture(scope="module")
def tour(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The names that the notebook leaves behind, its cells run one after another."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context({"backend": "agg"}):
        patch.setenv("SKYBATCH_SERVER", stack.url)
        patch.chdir(tmp_path_factory.mktemp("tour"))
        for number, source in enumerate(code_cells()):
            exec(compile(source, f"tour.ipynb[{number}]", "exec"), names)
        plt.close("all")
        names["here"] = Path.cwd() / names["here"]
    return names


def code_cells() -> list[str]:
    cells = json.loads(NOTEBOOK.read_text())["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]


def test_2500_positions_become_2500_cutouts(tour: dict[str, Any]) -> None:
    assert tour["plan"].images == len(tour["cutouts"].images) == 2500
    assert len(list((tour["here"] / "cutouts" / "images").iterdir())) == 2500
    assert set(tour["rows"]["outcome"]) == {"retrieved"}


def test_the_position_lies_in_the_middle_of_its_cutout(tour: dict[str, Any]) -> None:
    height, width = tour["fits"].getdata(tour["here"].parent / tour["path"]).shape
    assert abs(tour["x"] - (width - 1) / 2) <= 1
    assert abs(tour["y"] - (height - 1) / 2) <= 1


def test_the_picture_shows_the_galaxy(tour: dict[str, Any]) -> None:
    picture = tour["picture"]
    assert picture.shape == (300, 300, 3)
    assert picture[140:160, 140:160].mean() > 3 * picture[:20, :20].mean()


def test_the_caution_is_seen_in_the_pixels(tour: dict[str, Any]) -> None:
    assert tour["difference"].std() > 0.3 * tour["noise"]["j"]
