"""CTYPE and EQUINOX of a survey's images."""

from __future__ import annotations

from skybatch.sky.pixel_grids import Projection
from skybatch.tables.schemas.axis_types import axis_types, equinox
from tests.support.survey.descriptions import plain_survey

FIELDS = "[fields]\n"


def test_axes_are_those_of_the_frame() -> None:
    galactic = plain_survey((FIELDS, f'[header]\nframe = "galactic"\n{FIELDS}'))
    assert axis_types(plain_survey(), Projection.SIN) == ("RA---SIN", "DEC--SIN")
    assert axis_types(galactic, Projection.TAN) == ("GLON-TAN", "GLAT-TAN")


def test_a_projection_that_astropy_works_out_has_the_name_that_the_survey_gives() -> None:
    named = plain_survey((FIELDS, f'[header]\nwcs = ["TPV", "TAN"]\n{FIELDS}'))
    assert axis_types(named, Projection.OTHER) == ("RA---TPV", "DEC--TPV")
    assert axis_types(plain_survey(), Projection.OTHER) == ("", "")


def test_only_fk5_has_an_equinox() -> None:
    fk5 = plain_survey((FIELDS, f'[header]\nframe = "FK5"\n{FIELDS}'))
    assert (equinox(fk5), equinox(plain_survey())) == (2000.0, None)
