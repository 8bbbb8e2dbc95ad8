"""The surveys of the package."""

from __future__ import annotations

import pytest

from skybatch.surveys.catalogue import packaged_description, packaged_survey


def test_the_packaged_survey_is_2mass() -> None:
    assert packaged_survey().short == "2MASS"
    assert packaged_survey("2mass") is packaged_survey("2mass")


def test_others_are_not_packaged() -> None:
    with pytest.raises(KeyError):
        packaged_description("allwise")
