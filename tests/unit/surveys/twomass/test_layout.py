"""Folders of scans are those of the survey archive."""

from __future__ import annotations

from skybatch.surveys.twomass.layout import ATLAS_SUFFIXES, QUICKLOOK_SUFFIXES, scan_prefix


def test_a_scan_has_a_folder() -> None:
    assert scan_prefix("askyw", "001126", "n", 7) == "twomass/full/full/001126n/s007/"


def test_the_usual_endings_come_first() -> None:
    assert ATLAS_SUFFIXES == (".fits.gz", ".fits", ".fit.gz", ".fit", ".fits.fz")
    assert QUICKLOOK_SUFFIXES == (".fits.H", ".fits.fz")
