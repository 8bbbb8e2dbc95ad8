"""Data sets and bands of a description."""

from __future__ import annotations

from skybatch.surveys.description.images import Band, Dataset


def test_a_data_set_has_two_path_elements() -> None:
    dataset = Dataset(path="full/table", title="Full Survey")
    assert (dataset.folder, dataset.table) == ("full", "table")


def test_a_band_has_three_wavelengths() -> None:
    band = Band(id="j", label="J", wave=(1.2e-6, 1.0e-6, 1.4e-6))
    assert (band.reference, band.lower, band.upper) == (1.2e-6, 1.0e-6, 1.4e-6)
