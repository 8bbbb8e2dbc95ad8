"""The surveys of a service: what each covers of the sky, its bands, and where to go on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from skybatch.pages.environment import render

SQUARE_DEGREES_OF_SKY = 41252.96
_MICROMETRES = 1e6
_LEAST_SHARE = 1e-5


def surveys_page(held: Sequence[Mapping[str, Any]], sizes: Mapping[str, int]) -> str:
    """Render what ``GET /surveys`` lists as HTML; ``sizes`` counts the image sets of each data set."""
    return render("surveys.html", surveys=[_shown(each, sizes[each["dataset"]]) for each in held])


def area(square_degrees: float) -> str:
    """Return an area with three digits, or whole square degrees."""
    return f"{square_degrees:,.0f}" if square_degrees >= 100.0 else f"{square_degrees:.3g}"


def percentage(fraction: float) -> str:
    """Return a share in words: ``99.9 %``, or that it is less than can be told in short."""
    if fraction < _LEAST_SHARE:
        return f"less than {_LEAST_SHARE * 100:g} %"
    return f"{fraction * 100:.3g} %"


def _shown(survey: Mapping[str, Any], size: int) -> dict[str, Any]:
    fraction = survey["sky_fraction"]
    return {
        **survey,
        "size": size,
        "area": "" if fraction is None else area(fraction * SQUARE_DEGREES_OF_SKY),
        "percentage": "" if fraction is None else percentage(fraction),
        "wavelengths": [
            {"label": band["label"], "micrometres": _micrometres(band["reference"])}
            for band in survey["bands"]
        ],
    }


def _micrometres(metres: float | None) -> str:
    """Return a wavelength in micrometres, empty where it is not known."""
    return "" if metres is None else f"{metres * _MICROMETRES:.4g}"
