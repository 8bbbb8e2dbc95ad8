"""Colour pictures in a description: how their names go together with those of their bands' files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from skybatch.surveys.description.images import Names
from skybatch.surveys.description.survey import Survey

_BAND = re.compile(r"\{band\.([a-z]+)\}")


class ColourName(NamedTuple):
    """What stands for the band in names of files, a part of `Band`, and in those of colour pictures."""

    part: str
    word: str


def colour_name(names: Names) -> ColourName | None:
    """Return how names of colour pictures are made of those of files; None where they do not go together."""
    found = list(_BAND.finditer(names.file))
    if len(found) != 1:
        return None
    before, after = names.file[: found[0].start()], names.file[found[0].end() :]
    word = names.colour[len(before) : len(names.colour) - len(after)]
    if not word or "{" in word or names.colour != f"{before}{word}{after}":
        return None
    return ColourName(found[0][1], word)


def broken_colour_rules(survey: Survey) -> Iterator[tuple[str, str]]:
    """Yield (key, rule) for every rule that the colour pictures of a survey break."""
    colour = survey.requests.colour
    if colour is None:
        return
    for n, band in enumerate(colour.bands):
        if band not in survey.bands:
            known = ", ".join(survey.bands)
            yield f"requests.colour.bands[{n}]", f"{band!r} is no band; known are {known}"
        elif band in colour.bands[:n]:
            yield (
                f"requests.colour.bands[{n}]",
                f"{band!r} is there twice: red, green and blue are three bands",
            )
    if colour.reference and colour.reference not in colour.bands:
        yield "requests.colour.reference", f"{colour.reference!r} is none of {', '.join(colour.bands)}"
    if colour.zero and colour.zero not in survey.header.values:
        yield "requests.colour.zero", f"{colour.zero!r} is no column of header.values"
    if colour_name(survey.names) is None:
        yield "names.colour", "must be names.file with a word in the place of its one {band.…}, such as rgb"
