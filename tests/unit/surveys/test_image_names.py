"""Titles and file names by description."""

from __future__ import annotations

from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_id import ScanImageId, SetImageId
from skybatch.surveys.image_names import image_name, image_set_id
from skybatch.surveys.image_type import ImageType

NORTH = ScanImageId("sx", "001126", "n", 101, 266, "k")


def test_titles_of_2mass_are_those_of_the_archive() -> None:
    assert (
        image_name("sia", NORTH, ImageType.ATLAS) == "2MASS 6X Catalog K-Band Atlas Image: 001126 n 101 0266"
    )
    assert (
        image_name("title", NORTH, ImageType.QUICKLOOK)
        == "6X Catalog K-Band Quicklook Image: 001126 n 101 0266"
    )
    assert image_name("obs", NORTH, ImageType.ATLAS) == "2MASS K-Band Atlas Image: 001126 n 101 0266"


def test_file_names_tell_quicklooks_apart() -> None:
    assert image_name("file", NORTH, ImageType.ATLAS) == "001126n_k1010266"
    assert image_name("file", NORTH, ImageType.QUICKLOOK) == "001126n_k1010266_ql"
    assert image_name("colour", NORTH, ImageType.ATLAS) == "001126n_jhk1010266"


def test_names_of_another_survey_begin_with_its_short_name(radio: Survey) -> None:
    image = SetImageId("radio", ("10510+30456",), "l")
    assert image_name("file", image, ImageType.ATLAS) == "radio_10510+30456_l"
    assert image_name("sia", image, ImageType.ATLAS) == "Radio Images L Map Image: 10510+30456"


def test_image_sets_have_identifiers() -> None:
    assert image_set_id("sx", NORTH.fields) == "001126n1010266"
