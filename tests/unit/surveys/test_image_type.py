"""Each spelling of an image type leads to the same type and back."""

from __future__ import annotations

import json

import pytest

from skybatch.surveys.image_type import ImageType


@pytest.mark.parametrize(
    ("image_type", "value", "letter", "folder", "parameter"),
    [
        (ImageType.ATLAS, "atlas", "A", "image", "at"),
        (ImageType.QUICKLOOK, "quicklook", "Q", "quicklook", "ql"),
    ],
)
def test_an_image_type_has_one_spelling_for_each_place(
    image_type: ImageType, value: str, letter: str, folder: str, parameter: str
) -> None:
    assert json.loads(json.dumps(image_type)) == str(image_type) == value
    assert (image_type.letter, image_type.folder, image_type.parameter) == (letter, folder, parameter)
    assert ImageType(value) is image_type
    assert ImageType.of_letter(letter) is image_type
    assert ImageType.of_parameter(parameter) is image_type


@pytest.mark.parametrize(
    "parse",
    [ImageType, ImageType.of_letter, ImageType.of_parameter],
)
def test_an_unknown_spelling_is_refused(parse: type[ImageType]) -> None:
    with pytest.raises(ValueError, match="mosaic"):
        parse("mosaic")
