"""Rows of metadata tables become records of Atlas images; invalid values are collected, not raised."""

from __future__ import annotations

from pathlib import Path

import pytest

from skybatch.archive.image_records import IMAGE_RECORD
from skybatch.archive.metadata_rows import CDELT, MAX_REPORTED_ERRORS, atlas_records
from skybatch.errors import CellError

NATIVE = {
    **{"ordate": "001126", "hemisphere": "n", "scanno": "101", "coaddno": "9", "filter": "Ks"},
    **{"naxis1": "512", "naxis2": "1024", "crval1": "83.8", "crval2": "-6.0", "crota2": "0.01"},
    **{"coadd_key": "7", "seesh": "", "magzp": "20.9", "msnr10": "16.1"},
}


def read(
    path: Path, *rows: dict[str, str], dataset: str = "asky"
) -> tuple[list[dict[str, object]], list[CellError]]:
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    path.write_text("\n".join(lines) + "\n")
    errors: list[tuple[Path, CellError]] = []
    found = [
        dict(zip(IMAGE_RECORD.names or (), one, strict=True))
        for one in atlas_records(path, dataset, 4, errors)
    ]
    return found, [error for _, error in errors]


def test_a_native_row_becomes_a_record_with_the_survey_grid(tmp_path: Path) -> None:
    (record,), errors = read(tmp_path / "t.csv", NATIVE)
    assert errors == []
    assert (record["band"], record["coadd_key"], record["header_blocks"]) == (2, 7, 4)
    assert (record["crpix1"], record["crpix2"], record["cdelt1"]) == (256.5, 512.5, -CDELT)
    assert (record["magzp"], record["bytes"], record["line"]) == (20.9, 0, 2)
    assert record["seesh"] != record["seesh"]  # not a number: the table has none


@pytest.mark.parametrize("row", [{"format": "text/html"}, {"type": "Q"}])
def test_pages_and_quicklooks_are_no_atlas_images(tmp_path: Path, row: dict[str, str]) -> None:
    assert read(tmp_path / "t.csv", NATIVE | row) == ([], [])


@pytest.mark.parametrize(
    "row",
    [
        {"filter": "w1"},
        {"scanno": "1000"},
        {"crval2": "95"},
        {"naxis1": "0"},
        {"ordate": "001326"},
        {"dataset": "sx"},
        {"coadd_key": "0"},
    ],
)
def test_an_impossible_value_is_named_with_its_line_and_column(tmp_path: Path, row: dict[str, str]) -> None:
    found, (error,) = (
        read(tmp_path / "t.csv", NATIVE, NATIVE | row)
        if "dataset" not in row
        else read(tmp_path / "t.csv", NATIVE | {"dataset": "asky"}, NATIVE | row)
    )
    assert len(found) == 1
    assert error.line == 3
    assert error.column.rstrip("12") == next(iter(row)).rstrip("12")


def test_errors_are_bounded(tmp_path: Path) -> None:
    _, errors = read(tmp_path / "t.csv", *([NATIVE | {"filter": "w1"}] * (MAX_REPORTED_ERRORS + 5)))
    assert len(errors) == MAX_REPORTED_ERRORS
