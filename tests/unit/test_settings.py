"""Settings come from the environment; what is absent or empty has its default."""

from __future__ import annotations

from dataclasses import fields

import pytest

from skybatch.settings import Settings


def test_nothing_set_gives_the_defaults() -> None:
    assert Settings.from_environment({}) == Settings()


def test_every_field_is_read_from_the_variable_of_its_name_with_its_type() -> None:
    texts = {bool: ("true", True), int: ("7", 7), str: ("7", "7")}
    environment = {field.name.upper(): texts[type(field.default)][0] for field in fields(Settings)}
    settings = Settings.from_environment(environment)
    for field in fields(Settings):
        assert getattr(settings, field.name) == texts[type(field.default)][1], field.name


@pytest.mark.parametrize(("text", "value"), [("true", True), ("false", False), ("", False)])
def test_true_is_the_only_word_for_yes(text: str, value: bool) -> None:
    assert Settings.from_environment({"ARCHIVE_REQUESTER_PAYS": text}).archive_requester_pays is value


def test_endpoints_are_closed_by_their_names() -> None:
    assert Settings().closed == frozenset()
    assert Settings(closed_endpoints="plans, sia2,").closed == {"plans", "sia2"}
    with pytest.raises(ValueError, match="sia3"):
        _ = Settings(closed_endpoints="plans,sia3").closed


def test_an_empty_variable_means_the_default() -> None:
    assert Settings.from_environment({"MAX_ROWS": "", "MAIL_FROM": ""}) == Settings()
