"""Descriptions of surveys that are not shipped, as texts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from skybatch.surveys.catalogue import packaged_survey
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import forget, known_surveys, register

# What identifiers of 2MASS images begin with.
IVOID = packaged_survey().obscore.did.removesuffix("{address}")
# The least that a description says: one band, one data set, everything else by default.
PLAIN = """\
schema = 1
id = "radio"
title = "A Radio Survey"
short = "Radio"
dataset = [{ path = "radio/images", title = "Images" }]
band = [{ id = "l", label = "L", wave = [0.21, 0.20, 0.22] }]

[fields]
field = { match = "[0-9]{5}[+-][0-9]{5}" }

[set]
fields = ["field"]
id = "{field}"

[product.image]
title = "Map"
key = "{field[0:2]}/{field}"
forms = ["fits"]
"""


def plain_survey(*changes: tuple[str, str]) -> Survey:
    """The plain survey, with texts of its description replaced."""
    return read_survey(plain_description(*changes), "radio.toml")


def plain_description(*changes: tuple[str, str]) -> str:
    """The plain description, with texts of it replaced, each of which must be there."""
    text = PLAIN
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


@contextmanager
def known_survey(survey: Survey) -> Iterator[Survey]:
    """A survey that is known to this process meanwhile."""
    register(survey)
    try:
        yield survey
    finally:
        forget(survey)


@contextmanager
def forgotten_surveys() -> Iterator[None]:
    """Make surveys that become known meanwhile unknown again."""
    before = set(known_surveys())
    try:
        yield
    finally:
        for dataset, survey in known_surveys().items():
            if dataset not in before:
                forget(survey)
