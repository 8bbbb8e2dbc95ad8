"""Who operates the service: named where the deployment names them."""

from __future__ import annotations

import pytest

from skybatch.presentation.operator import operator_sentence
from skybatch.settings import Settings

NAME, URL, EMAIL = "Sky Archive", "https://sky.example/", "help@sky.example"


@pytest.mark.parametrize("given", [(NAME, URL, EMAIL), (NAME, "", ""), ("", URL, ""), ("", "", EMAIL)])
def test_what_is_set_is_named_and_nothing_else(given: tuple[str, str, str]) -> None:
    name, url, email = given
    said = operator_sentence(Settings(operator_name=name, operator_url=url, operator_email=email))
    assert [word in said for word in (NAME, URL, EMAIL)] == [bool(word) for word in given]
    assert "\n" not in said


def test_a_deployment_that_names_nobody_says_nothing() -> None:
    assert operator_sentence(Settings()) == ""
