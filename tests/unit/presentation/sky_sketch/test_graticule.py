"""The grid: where its lines run and what they are called."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.wcs import WCS

from skybatch.presentation.sky_sketch.graticule import degrees, graticule, scale_bar
from skybatch.presentation.sky_sketch.projection import Gnomonic
from skybatch.presentation.sky_sketch.scene import Circle, Scene
from skybatch.presentation.sky_sketch.viewport import WIDTH, Viewport

REGIONS = [
    (204.25, -29.87, 0.25),
    (0.0, 10.0, 2.0),
    (10.0, 89.9, 0.5),
    (300.0, -75.0, 3.5),
    (50.0, 0.0, 0.02),
]


@pytest.mark.parametrize("region", REGIONS)
def test_labels_stand_where_astropy_puts_their_lines(region: tuple[float, float, float]) -> None:
    view = Viewport.around(Scene("", region=Circle(*region)))
    labelled = [line for line in graticule(view) if line.label]
    assert 2 <= len(labelled) <= 14
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    assert isinstance(view.projection, Gnomonic)
    wcs.wcs.crval = [view.projection.ra, view.projection.dec]
    wcs.wcs.cdelt, wcs.wcs.crpix = [-1 / view.scale, 1 / view.scale], [0.0, 0.0]
    across, down = view.middle
    for line in labelled:
        value = float(line.label.removesuffix("°"))
        seen = np.isfinite(line.x)
        x, y = line.x[seen] - across + view.x * view.scale, down + view.y * view.scale - line.y[seen]
        ra, dec = wcs.wcs_pix2world(x, y, 0 + 1)
        on = dec if line.anchor == "end" else ra
        turn = (on - value + 180.0) % 360.0 - 180.0
        tolerance = 1e-6 if line.anchor == "end" else 1e-4
        assert np.abs(turn)[np.abs(dec) < 89.999] == pytest.approx(0.0, abs=tolerance + 0.6 * 10.0**-6)


@pytest.mark.parametrize(
    ("value", "step", "words"),
    [(66.0, 0.5, "66.0°"), (19.25, 0.05, "19.25°"), (0.0, 30.0, "0°"), (5, 2, "5°")],
)
def test_labels_have_the_decimals_of_their_step(value: float, step: float, words: str) -> None:
    assert degrees(value, step) == words


@pytest.mark.parametrize(("radius", "words"), [(0.25, "10′"), (3.5, "2°"), (0.02, "30″")])
def test_the_scale_bar_has_a_round_length(radius: float, words: str) -> None:
    view = Viewport.around(Scene("", region=Circle(204.0, -30.0, radius)))
    length, said = scale_bar(view)
    number, unit = float(said[:-1]), {"°": 1.0, "′": 60.0, "″": 3600.0}[said[-1]]
    assert length == pytest.approx(number / unit * view.scale)
    assert 40 < length < 110
    assert said == words


def test_the_map_of_the_sky_has_meridians_and_parallels() -> None:
    ring = Scene("", region=Circle(0.0, 0.0, 89.0))
    lines = graticule(Viewport.around(ring))
    assert len(lines) == 13 + 5
    assert [line.label for line in lines if line.label][:3] == ["60°", "120°", "180°"]


PHONE = 13.0  # units of a label's letters on a phone (sketch.css), where they are largest
ADVANCES = dict.fromkeys("0123456789", 0.64) | {"+": 0.84, "-": 0.84, ".": 0.32, "°": 0.5}  # of wide letters


@pytest.mark.parametrize("radius", [0.01, 0.03, 0.25, 3.5])
@pytest.mark.parametrize("ra", np.linspace(0.0, 359.0, 23))
def test_labels_stand_within_the_drawing(ra: float, radius: float) -> None:
    view = Viewport.around(Scene("", region=Circle(ra, -ra / 5.0 - 10.0, radius)))
    for line in graticule(view):
        width = PHONE * sum(ADVANCES[letter] for letter in line.label)
        left = line.label_x - (width if line.anchor == "end" else width / 2.0)
        assert left >= 0.0, line.label
        assert left + width <= WIDTH, line.label


@pytest.mark.parametrize("dec", [-5.0, 5.0])
def test_a_meridian_through_the_middle_has_its_label(dec: float) -> None:
    """There the map ends just where its declinations do."""
    view = Viewport.around(Scene("", region=Circle(10.0, dec, 0.05)))
    assert "10.00°" in [line.label for line in graticule(view)]
