"""Headers held against a description: what they give, and what is told of those of other images."""

from __future__ import annotations

import math

import numpy as np
import pytest
from astropy.io import fits

from skybatch.archive.described.headers import Mismatch, ReadImage, number, read_image, refusal_of
from skybatch.archive.described.listing import list_files
from skybatch.archive.image_records import Problem
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.survey import Survey
from tests.support.images.fits_files import CardValue
from tests.support.survey.described.first_tree import first_image, key
from tests.support.survey.wcs_kinds import bent_header
from tests.support.survey.wcs_oracle import header_of

FIELD = "10510+30456E"


def read(tree: DirectoryTree, survey: Survey) -> ReadImage | Problem:
    (item,) = [item for item in list_files(tree, survey, "first").images if item[0].path == key(FIELD)]
    return read_image(tree, *item, survey)


def test_a_header_gives_geometry_and_values(tree: DirectoryTree, survey: Survey) -> None:
    image = read(tree, survey)
    header = fits.getheader(tree.root / key(FIELD))
    assert isinstance(image, ReadImage)
    assert (image.naxis1, image.naxis2) == (header["NAXIS1"], header["NAXIS2"])
    assert (image.wcs.crval1, image.wcs.cdelt2) == (header["CRVAL1"], header["CDELT2"])
    assert image.values == {"datamax": 0.039, "bmaj": 0.0015}


@pytest.mark.parametrize(
    ("cards", "word"),
    [
        ({"FIELDNAM": "10510+31456E"}, "FIELDNAM"),
        ({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN"}, "TAN"),
        ({"RADESYS": "ICRS"}, "ICRS"),
    ],
)
def test_a_header_of_another_image_is_told(
    tree: DirectoryTree, survey: Survey, cards: dict[str, CardValue], word: str
) -> None:
    tree.write(key(FIELD), first_image(FIELD, **cards))
    problem = read(tree, survey)
    assert isinstance(problem, Mismatch)
    assert (problem.place, word in problem.reason) == (key(FIELD), True)


def test_a_damaged_image_is_no_other_image(tree: DirectoryTree, survey: Survey) -> None:
    tree.write(key(FIELD), first_image(FIELD)[:5000])
    problem = read(tree, survey)
    assert isinstance(problem, Problem)
    assert not isinstance(problem, Mismatch)


@pytest.mark.parametrize("value", [None, True, "x", "1e999", "nan", "0x1", "", math.inf])
def test_what_is_no_number_is_nan(value: object) -> None:
    assert math.isnan(number(value))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [7, 7.0, "7", " 7.0 ", "+7e0", "70e-1"])
def test_numbers_may_be_quoted(value: int | float | str) -> None:
    assert number(value) == 7.0


def test_a_wcs_that_astropy_refuses_is_refused_with_its_words() -> None:
    cards = bent_header("TPV", 10.0, 20.0, np.random.default_rng(1)) | {"PV2_56": 1.0}
    wcs = read_celestial_wcs(header_of(cards))
    assert "astropy refuses its WCS: Invalid parameter number" in str(refusal_of(wcs, 100, 100))
