"""Records of images form sets; what contradicts its image or set is rejected and reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skybatch.archive.image_records import (
    IMAGE_RECORD,
    QUICKLOOK_RECORD,
    SUFFIX_CODE,
    UNREADABLE,
    Problem,
    assemble_image_sets,
    image_code,
    image_of_code,
    key_of,
    quicklook_columns,
    reject_inconsistent,
    reject_outliers,
    unreadable,
)
from skybatch.errors import SourceDamaged
from skybatch.inventory.image_sets import scan_codes
from skybatch.surveys.image_id import TILED_SUFFIX, atlas_key
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.twomass.bands import BANDS

IMAGE = ImageId("sx", "001126", "n", 101, 9, "j")

identities = st.builds(
    ImageId,
    dataset=st.just("sx"),
    date=st.from_regex(r"[0-9]{6}", fullmatch=True),
    hem=st.sampled_from("ns"),
    scan=st.integers(1, 999),
    image=st.integers(1, 9999),
    band=st.sampled_from(BANDS),
)


def record(band: str = "j", **values: Any) -> Any:
    grid: dict[str, Any] = {
        "naxis1": 512,
        "naxis2": 1024,
        "crpix1": 256.5,
        "crpix2": 512.5,
        "crval1": 83.8,
        "crval2": -6.0,
    }
    given: dict[str, Any] = {
        "code": image_code(IMAGE),
        "band": BANDS.index(band),
        "bytes": 1000,
        "header_blocks": 4,
    }
    given |= {"cdelt1": -1 / 3600, "cdelt2": 1 / 3600, "crota2": 0.01, "ut_date": b"001126", "coadd_key": 7}
    made = np.zeros(1, IMAGE_RECORD)
    for name, value in {**grid, **given, **values}.items():
        made[name] = value
    return made


def records(*each: Any) -> Any:
    return np.concatenate(each)


@given(identities)
def test_a_code_holds_the_identity_and_is_the_inventorys(image: ImageId) -> None:
    code = image_code(image)
    assert image_of_code("sx", code, BANDS.index(image.band)) == image
    theirs = scan_codes(
        np.array([image.date]), np.array([image.hem]), np.array([image.scan]), np.array([image.image])
    )
    assert theirs.tolist() == [code]


def test_bands_of_one_grid_form_a_set() -> None:
    kept, problems = reject_inconsistent("sx", records(record("k"), record("j"), record("h")))
    sets, orphans = assemble_image_sets("sx", kept, np.zeros(0, QUICKLOOK_RECORD))
    assert (len(sets), problems, orphans) == (1, [], [])
    assert [sets.bytes[band][0] for band in BANDS] == [1000, 1000, 1000]
    assert sets.image_id(0, "j") == IMAGE


@pytest.mark.parametrize(
    "values",
    [
        {"crval1": 83.81},
        {"crpix2": 513.0},
        {"crota2": 0.05},
        {"cdelt1": -1.001 / 3600},
        {"naxis2": 1000},
        {"header_blocks": 5},
        {"coadd_key": 8},
    ],
)
def test_a_band_that_contradicts_its_set_is_rejected(values: dict[str, float]) -> None:
    kept, problems = reject_inconsistent("sx", records(record("j"), record("h", **values)))
    assert kept["band"].tolist() == [0]
    assert [problem.place for problem in problems] == [key_of("sx", record("h")[0])]


def test_the_last_digit_of_a_header_is_no_contradiction() -> None:
    kept, problems = reject_inconsistent("sx", records(record("j"), record("h", crval1=83.8 + 1e-9)))
    assert (len(kept), problems) == (2, [])


def test_of_two_files_of_an_image_the_usual_suffix_wins() -> None:
    kept, problems = reject_inconsistent("sx", records(record(suffix=SUFFIX_CODE[".fits"]), record(bytes=5)))
    assert kept["bytes"].tolist() == [5]
    assert [problem.place for problem in problems] == [atlas_key(IMAGE, ".fits")]


def test_a_tile_compressed_copy_joins_the_record_of_the_original() -> None:
    tiles: dict[str, Any] = {"tiled_bytes": 800, "tile_table": 11520, "tile_heap": 14400}
    copy = record(suffix=SUFFIX_CODE[TILED_SUFFIX], bytes=800, **tiles)
    kept, problems = reject_inconsistent("sx", records(copy, record()))
    assert problems == []
    assert kept["bytes"].tolist() == [1000]
    assert {name: int(kept[name][0]) for name in tiles} == tiles


def test_quicklooks_join_their_set_and_orphans_are_reported() -> None:
    codes = np.array([image_code(IMAGE)])
    stranger = image_code(ImageId("sx", "990101", "s", 3, 9, "k"))
    found = [(codes[0], 1, SUFFIX_CODE[TILED_SUFFIX], 8), (codes[0], 1, SUFFIX_CODE[".fits.H"], 9)]
    quicklooks = np.array([*found, (stranger, 2, SUFFIX_CODE[".fits.H"], 7)], QUICKLOOK_RECORD)
    columns, orphans = quicklook_columns("sx", codes, quicklooks)
    assert [columns["quicklook_bytes"][band][0] for band in BANDS] == [0, 8, 0]
    assert columns["quicklook_suffix"]["h"][0] == TILED_SUFFIX  # of two, the one that is read in parts
    assert len(orphans) == 1


@pytest.mark.parametrize("wrong", [{"cdelt1": -0.05}, {"cdelt2": 0.05}, {"crpix1": -30_000.0}])
def test_an_image_that_reaches_far_beyond_all_others_is_rejected(wrong: dict[str, Any]) -> None:
    usual = [record(code=code) for code in range(5)]
    kept, problems = reject_outliers("sx", np.concatenate([*usual, record(code=5, **wrong)]))
    assert kept["code"].tolist() == [0, 1, 2, 3, 4]
    assert [problem.place for problem in problems] == [key_of("sx", record(code=5)[0])]


def test_images_of_different_sizes_are_no_outliers() -> None:
    small = [record(naxis1=64, naxis2=96, crpix1=32.5, crpix2=48.5) for _ in range(9)]
    records = np.concatenate([*small, record()])
    kept, problems = reject_outliers("sx", records)
    assert (len(kept), problems) == (10, [])
    wide = np.concatenate([record(cdelt1=-0.05, cdelt2=0.05) for _ in range(3)])
    assert len(reject_outliers("sx", wide)[0]) == 3
    assert len(reject_outliers("sx", records[:0])[0]) == 0


def test_a_problem_is_one_line_whatever_the_name_of_its_file() -> None:
    assert str(Problem("a\nb\x1b", "why")) == r"'a\nb\x1b': why"
    assert str(Problem("ä b", "why")) == "ä b: why"


def test_what_keeps_one_file_from_being_read_is_its_problem() -> None:
    errors = [SourceDamaged("the end is missing"), FileNotFoundError("a"), PermissionError("a")]
    assert all(isinstance(error, UNREADABLE) for error in errors)
    problems = [unreadable("a", error) for error in errors]
    assert {problem.place for problem in problems} == {"a"}
    assert problems[0].reason == "the end is missing"
    assert len({problem.reason for problem in problems}) == 3
