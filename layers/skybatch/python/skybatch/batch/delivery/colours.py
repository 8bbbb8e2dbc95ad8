"""Colour pictures of a batch's images: which three bands are one, by what name, as their survey says.

The images of a row, survey, image set, crop, form and pixel grid belong together. A picture's name is that of
its files, with the word of the survey's description (``jhk``, ``rgb``) where they carry the band.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from skybatch.batch.delivery.set_names import set_of
from skybatch.batch.plan import Task
from skybatch.surveys.description.colour_names import colour_name
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import survey_if_known, surveys_if_known

_MOST_PLACES = 3  # in a name, where its word may stand: the last ones, for ids are chosen by users


@dataclass(frozen=True)
class ColourRule:
    """How the images of a survey are combined.

    Attributes
    ----------
    word
        What stands for the band in the name of a picture.
    bands, tokens
        Red, green and blue: bands, and what stands for them in the names of files.
    reference
        Place among them of the band whose zero point the others are put on.
    zero_point
        Keyword of the zero points, empty where there is none.
    """

    word: str
    bands: tuple[str, str, str]
    tokens: tuple[str, str, str]
    reference: int
    zero_point: str

    def files(self, shown: str) -> Iterator[list[str]]:
        """Yield the files, red, green and blue, that a picture of this name may be of."""
        places = [found.start() for found in re.finditer(re.escape(self.word), shown)]
        for place in reversed(places[-_MOST_PLACES:]):
            tail = shown[place + len(self.word) :]
            yield [f"{shown[:place]}{token}{tail}" for token in self.tokens]


def colour_rule(survey: Survey) -> ColourRule | None:
    """Return a survey's rule; None without one, or where names of files and pictures do not go together."""
    colour, name = survey.requests.colour, colour_name(survey.names)
    if colour is None or name is None:
        return None
    red, green, blue = (str(getattr(survey.bands[band], name.part)) for band in colour.bands)
    reference = colour.bands.index(colour.reference) if colour.reference in colour.bands else 1
    zero_point = survey.header.values.get(colour.zero, "")
    return ColourRule(name.word, colour.bands, (red, green, blue), reference, zero_point)


def colour_rules() -> Iterator[ColourRule]:
    """Yield the rules of all known surveys."""
    rules = map(colour_rule, surveys_if_known())
    yield from (rule for rule in rules if rule is not None)


def colour_files(tasks: Iterable[Task]) -> dict[str, str]:
    """Name the colour picture of each delivered file whose three bands were delivered alike, by file."""
    groups: dict[tuple[object, ...], dict[str, str]] = {}
    for task in tasks:
        groups.setdefault(_kind(task), {})[task.band] = task.file
    named: dict[str, str] = {}
    rules: dict[str, ColourRule | None] = {}
    for (_, dataset, *_), files in groups.items():
        if dataset not in rules:
            survey = survey_if_known(str(dataset))
            rules[str(dataset)] = colour_rule(survey) if survey else None
        rule = rules[str(dataset)]
        if rule and (name := _name(rule, files)):
            named |= {files[band]: name for band in rule.bands}
    return named


def _kind(task: Task) -> tuple[object, ...]:
    """Return what the images of one picture have in common; bands with grids of their own: the grid too."""
    of_set = set_of(task)
    grid = None if of_set == task.set_index else task.geometry
    return task.row, task.dataset, of_set, task.image_type, task.box, task.delivery_format, grid


def _name(rule: ColourRule, files: dict[str, str]) -> str:
    """Return the name of a picture, empty where a band is missing or the names of files differ otherwise."""
    if any(band not in files for band in rule.bands):
        return ""
    own = [files[band] for band in rule.bands]
    start = _alike(own) - _alike(rule.tokens)
    shown = f"{own[0][:start]}{rule.word}{own[0][start + len(rule.tokens[0]) :]}"
    return shown if own in list(rule.files(shown)) else ""


def _alike(texts: Sequence[str]) -> int:
    """Return with how many characters all texts begin alike."""
    letters = enumerate(zip(*texts, strict=False))
    return next((n for n, each in letters if len(set(each)) > 1), min(map(len, texts)))
