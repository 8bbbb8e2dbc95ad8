"""The style sheet of sketches: its hash, and colours that can be told from their ground."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from skybatch.pages.environment import inlined
from skybatch.presentation.sky_sketch.style import style, style_source
from tests.unit.pages.templates.test_style import luminance


def test_the_hash_is_of_the_sheet_as_it_stands_in_a_sketch() -> None:
    assert style_source() == f"'sha256-{b64encode(sha256(style().encode()).digest()).decode()}'"


@pytest.mark.parametrize("scheme", [0, 1])
def test_lines_stand_out_from_the_ground_by_3_and_words_by_4_5_to_1(scheme: int) -> None:
    colours = dict(re.findall(r"--sky-(\w+): (#\w+)", re.findall(r"svg\.sky \{ (--.*?)\}", style())[scheme]))
    ground = luminance(colours.pop("ground"))
    colours.pop("line")  # the grid, which is to stay behind
    for name, colour in colours.items():
        brighter, darker = sorted((luminance(colour), ground), reverse=True)
        assert (brighter + 0.05) / (darker + 0.05) >= (4.5 if name in ("ink", "soft") else 3), name


def test_no_class_of_a_sketch_has_rules_of_the_pages_that_it_stands_in() -> None:
    """A rule such as ``.frame { width: fit-content }`` would take a rectangle its width."""
    own = set(re.findall(r"\.([a-z][\w-]*)", style())) - {"sky"}
    pages = "".join(inlined(sheet) for sheet in ("page.css", "results.css"))
    assert own & set(re.findall(r"\.([a-z][\w-]*)", pages)) == {"mark"}  # a colour, which no shape has
