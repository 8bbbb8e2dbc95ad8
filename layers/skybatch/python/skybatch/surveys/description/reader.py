"""From the text of a description to a `Survey`."""

from __future__ import annotations

from typing import Any

from skybatch.errors import InvalidSurvey
from skybatch.surveys.description.defaults import completed
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.description.typed import Problems, from_toml


def description_text(content: bytes, name: str) -> str:
    """Return the text of a description's file. Raises InvalidSurvey where that is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidSurvey(f"{name}: is not TOML: {error}") from None


def parse_survey(text: str, name: str) -> Survey:
    """Return the survey that a description of the file ``name`` describes, with its defaults.

    Types are checked, further rules are not: see `read_survey`. For descriptions that were checked before,
    such as those of the package and of inventories.

    Raises
    ------
    InvalidSurvey
        With every key of a wrong type, missing or unknown.
    """
    import tomllib  # costs 2 ms, which a process that asks for no survey need not pay

    try:
        described = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidSurvey(f"{name}: is not TOML: {error}") from None
    return survey_of(described, name)


def survey_of(described: dict[str, Any], name: str) -> Survey:
    """Return the survey of what the TOML file ``name`` holds, with its defaults, as `parse_survey` does."""
    problems: Problems = []
    survey = from_toml(Survey, described, "", problems)
    raise_problems(problems, name)
    return completed(survey)


def read_survey(text: str, name: str) -> Survey:
    """Return the survey that a description describes, all its rules checked.

    Raises
    ------
    InvalidSurvey
        With every rule that is broken: file, key, rule.
    """
    from skybatch.surveys.description.rules import broken_rules

    survey = parse_survey(text, name)
    raise_problems(list(broken_rules(survey)), name)
    return survey


def raise_problems(problems: Problems, name: str) -> None:
    """Raise InvalidSurvey for a description with problems."""
    if problems:
        raise InvalidSurvey("\n".join(f"{name}: {key}: {rule}" for key, rule in problems))
