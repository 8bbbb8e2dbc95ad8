"""The words for edges, which stand in requests, plans and tables."""

from __future__ import annotations

from skybatch.fits.edge_mode import EdgeMode


def test_the_words_are_those_of_the_interface() -> None:
    assert [str(mode) for mode in EdgeMode] == ["clip", "pad"]
