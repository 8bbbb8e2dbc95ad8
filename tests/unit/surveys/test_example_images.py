"""The image that examples of a data set are about: as the archive says it, none of others."""

from __future__ import annotations

from skybatch.surveys.example_images import ExampleImage, example_image, remember_examples

IMAGE = ExampleImage("radio/images/10/10510+30456.fits", "10510+30456", "l", 162.5, 30.7, 64, 48)


def test_what_an_archive_says_takes_the_place_of_what_another_said() -> None:
    remember_examples({"radio": IMAGE})
    assert example_image("radio") == IMAGE
    assert example_image("asky") is None
    remember_examples({})
    assert example_image("radio") is None
