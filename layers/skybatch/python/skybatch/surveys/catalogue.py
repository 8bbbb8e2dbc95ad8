"""The surveys whose descriptions are part of the package."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skybatch.surveys.description.survey import Survey

DEFAULT_SURVEY = "2mass"
_FOLDERS = {
    "2mass": "twomass",
    "2mass-sixdeg": "twomass",
    "allwise": "allwise",
    "ptf": "ptf",
    "unwise": "unwise",
    "wise-allsky": "wise",
    "wise-cryo-3band": "wise",
    "wise-postcryo": "wise",
    "wise-prelim": "wise",
    "wise-prelim-postcryo": "wise",
    "neowise": "wise",
}
PACKAGED_SURVEYS = tuple(_FOLDERS)


def packaged_description(survey: str) -> str:
    """Return the text of a packaged description. Raises KeyError for a survey that is not packaged."""
    return Path(__file__).with_name(_FOLDERS[survey]).joinpath(f"{survey}.toml").read_text("utf-8")


@cache
def packaged_survey(survey: str = DEFAULT_SURVEY) -> Survey:
    """Return a packaged survey, read when it is first asked for (4 ms, 8 ms from TOML)."""
    from skybatch.surveys.description.reader import parse_survey, survey_of

    name, parsed = f"{survey}.toml", parsed_file(survey)
    if parsed.is_file():
        return survey_of(json.loads(parsed.read_bytes()), name)
    return parse_survey(packaged_description(survey), name)


def parsed_file(survey: str) -> Path:
    """Return the file that may hold what the TOML of a packaged survey says, as JSON, for quick starts.

    ``python -m tools.parsed_surveys`` writes it.
    """
    return Path(__file__).with_name(_FOLDERS[survey]).joinpath(f"{survey}.json")
