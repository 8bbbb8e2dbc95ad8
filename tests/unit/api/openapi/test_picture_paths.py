"""The document's operations on pictures: the parameters that the routes read."""

from __future__ import annotations

from dataclasses import fields

import pytest

from skybatch.api.openapi.picture_paths import choice_parameters, look_parameters, picture_paths
from skybatch.batch.delivery.previews import DEFAULT_LOOK
from skybatch.batch.results.target_choice import TargetChoice


def test_each_parameter_of_a_picture_is_described_with_its_default() -> None:
    described = {each["name"]: each["schema"]["default"] for each in look_parameters()}
    assert described == {name: getattr(DEFAULT_LOOK, name) for name in ("stretch", "black", "white", "side")}


def test_previews_and_sketches_have_addresses() -> None:
    assert {"/batches/{id}/previews/{name}", "/batches/{id}/sky.svg"} <= set(picture_paths())


def test_each_field_of_a_choice_is_a_parameter() -> None:
    described = {each["name"] for each in choice_parameters()}
    assert described == {each.name for each in fields(TargetChoice)}


@pytest.mark.parametrize("path", picture_paths())
def test_programs_that_know_no_pictures_may_save_them(path: str) -> None:
    """Generators of clients refuse a response of whose media types they know none."""
    pictures = picture_paths()[path]["get"]["responses"]["200"]["content"]
    assert {"application/octet-stream", "text/html"} & set(pictures)
