"""The data sets of 2MASS, by its description."""

from __future__ import annotations

from skybatch.surveys.known import default_survey

MISSION = default_survey().mission.name
DATASETS = default_survey().datasets
