"""Names of delivered files: those that the documentation promises, safe and unique."""

from __future__ import annotations

import pytest

from skybatch.batch.file_names import image_file, make_unique
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import SetImageId
from skybatch.surveys.image_type import ImageType
from tests.support.survey.descriptions import known_survey, plain_survey

IMAGE = ImageId("asky", "990502", "s", 135, 80, "h")


def test_names_of_files_are_those_of_the_contract() -> None:
    assert image_file(IMAGE, ImageType.ATLAS, "fits.gz") == "990502s_h1350080.fits.gz"
    assert image_file(IMAGE, ImageType.ATLAS, "fits", 7, "m31") == "0007_m31_990502s_h1350080.fits"
    assert image_file(IMAGE, ImageType.QUICKLOOK, "fits.H", 12345) == "12345_990502s_h1350080_ql.fits.H"


@pytest.mark.parametrize("evil", ["../../x", "<script>", "a b\n", "$(rm)", "é😀"])
def test_names_of_files_are_safe_whatever_the_id(evil: str) -> None:
    assert set(image_file(IMAGE, ImageType.ATLAS, "fits", 1, evil)) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )


def test_equal_names_are_told_apart() -> None:
    names = ["a.fits", "a.fits", "a-2.fits", "b.fits.gz", "b.fits.gz"]
    unique = make_unique(names)
    assert len(set(unique)) == 5
    assert unique[0] == "a.fits"
    assert unique[4] == "b-2.fits.gz"


def test_a_name_that_all_files_share_costs_no_more_than_others() -> None:
    """Numbers that were tried are not tried again: a hundred thousand equal names would take minutes."""
    many = 100_000
    unique = make_unique(["a.fits"] * many + [f"a-{n}.fits" for n in range(2, 1000)])
    assert len(set(unique)) == many + 998


def test_names_of_another_survey_are_safe_too() -> None:
    with known_survey(plain_survey()):
        image = SetImageId("radio", ("10510+30456",), "l")
        assert image_file(image, ImageType.ATLAS, "fits", 3, "a b") == "0003_a_b_radio_10510p30456_l.fits"
