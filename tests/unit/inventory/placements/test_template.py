"""Templates of a WCS: what a manifest keeps of them, and what it must not hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from skybatch.errors import InventoryError
from skybatch.inventory.placements.template import PLACE, SIDES, WcsTemplate, template_of
from skybatch.sky.image_frames import ImageFrame

CONSTANTS = dict.fromkeys((*SIDES, *PLACE[:6]), 1.0) | {"A_2_0": 1.5e-7}
TEMPLATE = WcsTemplate("TAN", ImageFrame.ICRS, CONSTANTS, ("crota2", "skew", "B_0_2"))


def test_a_template_returns_from_its_document() -> None:
    assert template_of(json.loads(json.dumps(TEMPLATE.document())), "m.json") == TEMPLATE


def test_values_are_constants_and_slots() -> None:
    values = TEMPLATE.values(np.array([[1.0, 2.0, 3.0, 0.0], [4.0, 5.0, 6.0, 0.0]]))
    assert values["B_0_2"].tolist() == [3.0, 6.0]
    assert values["A_2_0"].tolist() == [1.5e-7] * 2
    assert TEMPLATE.terms == ("A_2_0", "B_0_2")


@pytest.mark.parametrize(
    ("projection", "slot", "by_astropy"),
    [("TAN", "B_0_2", False), ("ZPN", "B_0_2", True), ("TAN", "PV2_1", True), ("SIN", "LONPOLE", True)],
)
def test_other_projections_and_parameters_are_astropys(projection: str, slot: str, by_astropy: bool) -> None:
    template = WcsTemplate(projection, ImageFrame.FK5, CONSTANTS, ("crota2", "skew", slot))
    assert template.by_astropy is by_astropy


@pytest.mark.parametrize(
    "change",
    [
        {"projection": "XYZ"},
        {"frame": "FK4"},
        {"slots": ["crota2"]},
        {"slots": ["crota2", "skew", "crota2"]},
        {"slots": ["crota2", "skew", "naxis1"]},
        {"slots": ["crota2", "skew", "__class__"]},
        {"slots": 5},
        {"constants": [1]},
        {"constants": {**CONSTANTS, "A_1_1": float("nan")}},
        {"constants": {**CONSTANTS, "A_1_1": "x"}},
        {"slots": ["crota2", "skew", *(f"PV{i}_{m}" for i in (1, 2) for m in range(100)), *["x"] * 300]},
    ],
)
def test_a_damaged_template_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(InventoryError, match=r"m\.json"):
        template_of(TEMPLATE.document() | change, "m.json")
