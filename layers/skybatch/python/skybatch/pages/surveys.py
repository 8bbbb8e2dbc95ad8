"""The surveys of a service: what each covers of the sky, its bands, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skybatch.pages.environment import render

SQUARE_DEGREES_OF_SKY = 41252.96
_MICROMETRES = 1e6


def surveys_page(held: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> str:
    """Render what ``GET /surveys`` lists as HTML; ``sizes`` counts the image sets of each data set."""
    return render("surveys.html", surveys=[_shown(each, sizes[each["dataset"]]) for each in held])


def _shown(survey: Mapping[str, Any], size: int) -> dict[str, Any]:
    fraction = survey["sky_fraction"]
    return {
        **survey,
        "size": size,
        "area": None if fraction is None else fraction * SQUARE_DEGREES_OF_SKY,
        "wavelengths": [
            {"label": band["label"], "micrometres": f"{band['reference'] * _MICROMETRES:.4g}"}
            for band in survey["bands"]
        ],
    }
