"""Rules of a description's columns: sources, units, tables, keywords."""

from __future__ import annotations

import pytest

from skybatch.errors import InvalidSurvey
from skybatch.surveys.description.reader import read_survey
from tests.support.survey.descriptions import PLAIN

NOISE = '[columns]\nrms = {{ of = "set", type = "double", doc = "Noise."{more} }}'


@pytest.mark.parametrize(
    ("more", "key"),
    [
        (NOISE.format(more=', unit = "furlong"'), r"columns\.rms\.unit"),
        (NOISE.format(more=', unit = "Jy/baem"'), r"columns\.rms\.unit"),
        (NOISE.format(more=', ucd = "not a ucd"'), r"columns\.rms\.ucd"),
        (NOISE.format(more=', format = "%s%s"'), r"columns\.rms\.format"),
        (NOISE.format(more=', like = "rms"'), r"columns\.rms"),
        ('[columns]\nrms = { like = "noise" }', r"columns\.rms\.like"),
        ('[columns]\nrms = { of = "field:tile", doc = "x" }', r"columns\.rms\.of"),
        ('[columns]\nrms = { of = "header", doc = "x" }', r"columns\.rms\.of"),
        ('[columns]\nrms = { of = "set" }', r"columns\.rms\.doc"),
        ('[tables]\nsia = ["@sia", "rms"]', r"tables\.sia\[1\]"),
        ('[tables]\nsia = ["@nothing"]', r"tables\.sia\[0\]"),
        ('[tables]\nsia = ["@wave:up"]', r"tables\.sia\[0\]"),
        ('[header]\nvalues = { rms = "RMS" }', r"header\.values\.rms"),
        ('[header]\nband_keyword = "the band"', r"header\.band_keyword"),
        ('[header]\nwcs = ["gnomonic"]', r"header\.wcs\[0\]"),
    ],
)
def test_a_broken_rule_is_named_by_its_key(more: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=rf"(?m)^radio\.toml: {key}: "):
        read_survey(f"{PLAIN}\n{more}\n", "radio.toml")


@pytest.mark.parametrize("unit", ["Jy/beam", "mag", "arcsec", "deg/pix", "10**-20W.m**-2"])
def test_units_of_the_vounit_standard_are_taken(unit: str) -> None:
    read_survey(f"{PLAIN}\n{NOISE.format(more=f', unit = {unit!r}')}\n", "radio.toml")


@pytest.mark.parametrize(
    ("of", "kind"),
    [
        ("product:image", "char"),
        ("cloud", "char"),
        ("geometry:ctype1", "char"),
        ("geometry:equinox", "double"),
        ("geometry:crval1", "double"),
        ("const:2000.0", "double"),
        ("const:7", "int"),
        ("const:", "int"),
    ],
)
def test_each_source_has_its_type(of: str, kind: str) -> None:
    read_survey(_with_column(of, kind), "radio.toml")


@pytest.mark.parametrize(
    ("of", "kind", "key"),
    [
        ("product:image", "int", "type"),
        ("cloud", "double", "type"),
        ("geometry:ctype1", "double", "type"),
        ("geometry:crval1", "char", "type"),
        ("const:7.5", "int", "of"),
        ("const:nan", "double", "of"),
        ("const:a", "double", "of"),
        ("product:mask", "char", "of"),
        ("geometry:bunit", "char", "of"),
    ],
)
def test_a_column_of_a_type_that_its_source_cannot_have_is_refused(of: str, kind: str, key: str) -> None:
    with pytest.raises(InvalidSurvey, match=rf"columns\.x\.{key}: "):
        read_survey(_with_column(of, kind), "radio.toml")


def _with_column(of: str, kind: str) -> str:
    return f'{PLAIN}\n[columns]\nx = {{ of = "{of}", type = "{kind}", doc = "x" }}\n'
