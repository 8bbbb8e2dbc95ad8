"""The body of ``/surveys``."""

from __future__ import annotations

from dataclasses import asdict

from skybatch.api.survey_models import BandFacts, SurveyList


def test_an_archive_may_hold_nothing() -> None:
    assert asdict(SurveyList(())) == {"surveys": ()}


def test_a_band_has_its_wavelengths() -> None:
    assert asdict(BandFacts("j", "J", 1.2e-6, 1.0e-6, 1.4e-6))["upper"] == 1.4e-6
