"""When images were taken, by each rule that a description may have; astropy's Time is the judge of days."""

from __future__ import annotations

import numpy as np
import pytest
from astropy.time import Time

from skybatch.errors import InvalidSurvey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_times import days, exposures, mjd, times_taken
from tests.support.survey.descriptions import plain_survey

COLUMNS = """
[columns]
began = { of = "band", type = "double", unit = "d", doc = "Beginning." }
ended = { of = "set", type = "double", unit = "d", doc = "End." }
took = { of = "set", type = "double", unit = "s", doc = "Exposure." }
word = { of = "set", doc = "A text." }
"""
VALUES = {
    "began": np.array([55000.0, 55000.5]),
    "ended": np.array([55000.25, np.nan]),
    "took": np.array([8640.0, np.nan]),
    "field": np.array(["000101", "970607"]),
}


def survey(rule: str, exposure: str = "") -> Survey:
    said = f"{COLUMNS}\n[obscore]\n{exposure}\ntime = {{ {rule} }}\n"
    return plain_survey(('forms = ["fits"]', f'forms = ["fits"]\n{said}'))


@pytest.mark.parametrize(
    ("rule", "exposure", "begin", "end"),
    [
        ('day = "field", length = 0.5', "", [51544.0, 50606.0], [51544.5, 50606.5]),
        ('start = "began", end = "ended"', "", [55000.0, 55000.5], [55000.25, np.nan]),
        ('start = "began", seconds = "took"', "", [55000.0, 55000.5], [55000.1, 55000.5]),
        ('start = "began"', "exposure = 864.0", [55000.0, 55000.5], [55000.01, 55000.51]),
        ('middle = "began"', "exposure = { l = 864.0 }", [54999.995, 55000.495], [55000.005, 55000.505]),
        ('middle = "began"', "", [55000.0, 55000.5], [55000.0, 55000.5]),
    ],
)
def test_each_rule_tells_beginning_and_end(
    rule: str, exposure: str, begin: list[float], end: list[float]
) -> None:
    for bands in ("l", ["l", "l"]):
        taken = times_taken(survey(rule, exposure), bands, VALUES.__getitem__)
        assert taken is not None
        np.testing.assert_allclose(taken[0], begin, rtol=0, atol=1e-9)
        np.testing.assert_allclose(taken[1], end, rtol=0, atol=1e-9)


def test_a_survey_without_a_rule_tells_nothing() -> None:
    assert times_taken(plain_survey(), "l", VALUES.__getitem__) is None
    assert exposures(plain_survey(), "l", VALUES.__getitem__) == 0.0


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("length = 1.0", "obscore.time"),
        ('day = "field", start = "began"', "obscore.time"),
        ('middle = "began", end = "ended"', "obscore.time.end"),
        ('start = "word"', "obscore.time.start"),
        ('middle = "none"', "obscore.time.middle"),
        ('start = "began", seconds = "field"', "obscore.time.seconds"),
        ('day = "none"', "obscore.time.day"),
    ],
)
def test_broken_rules_are_named(rule: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=f"radio.toml: {key}: "):
        survey(rule)


@pytest.mark.filterwarnings("ignore:.*dubious year")
def test_days_are_astropys_and_may_be_repeated() -> None:
    dates = ["991231", "000101", "970607", "491231"]
    full = ["1999-12-31", "2000-01-01", "1997-06-07", "2049-12-31"]
    np.testing.assert_array_equal(mjd(dates), Time(full).mjd)
    np.testing.assert_array_equal(days(np.array(["000101", "970607", "000101"])), [51544.0, 50606.0, 51544.0])
