"""The style sheet: contrast of text by WCAG 2.1, in light and dark."""

from __future__ import annotations

import re

import pytest

from skybatch.imaging.stretch import NO_DATA
from skybatch.pages.environment import inlined

AA = 4.5
SEEN = [
    *[
        (text, ground)
        for text in ("ink", "soft", "link", "good", "warn", "bad")
        for ground in ("ground", "card")
    ],
    *[("ink", "warn-ground"), ("bad", "warn-ground"), ("on-link", "link")],
]


def schemes() -> dict[str, dict[str, str]]:
    roots = re.findall(r":root \{(.*?)\}", inlined("page.css"), re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w+)", root)) for root in roots)
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.1."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), SEEN)
def test_text_stands_out_from_its_ground(scheme: str, text: str, ground: str) -> None:
    colours = schemes()[scheme]
    brighter, darker = sorted((luminance(colours[text]), luminance(colours[ground])), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= AA


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_edges_of_fields_can_be_seen(scheme: str) -> None:
    colours = schemes()[scheme]
    brighter, darker = sorted((luminance(colours["edge"]), luminance(colours["card"])), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_legend_has_the_colour_of_pictures_and_stands_out(scheme: str) -> None:
    colour = "#" + bytes(NO_DATA).hex()
    assert f"background: {colour};" in inlined("results.css")
    brighter, darker = sorted((luminance(colour), luminance(schemes()[scheme]["ground"])), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 3


def test_the_script_that_counts_what_has_no_data_knows_its_colour() -> None:
    assert f"const NO_DATA = [{', '.join(map(str, NO_DATA))}];" in inlined("pictures.js")
