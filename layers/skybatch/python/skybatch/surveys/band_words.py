"""Bands as people write them: in a word, in one word together, or all of them; by survey."""

from __future__ import annotations

import re
from functools import lru_cache

from skybatch.surveys.description.images import Band
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import default_survey
from skybatch.validation import InvalidValue

ALL = ("a", "all")
_COUNTS = {1: "the one band", 2: "both bands", 3: "all three bands", 4: "all four bands", 5: "all five bands"}


@lru_cache(maxsize=1000)
def bands(text: str, survey: Survey | None = None) -> tuple[str, ...]:
    """Parse bands: ids or labels, several in one word or a list, or a for all, in any case.

    Raises InvalidValue with the rule as it is for a cell of a table.
    """
    of = survey or default_survey()
    words = [word for word in re.split(r"[\s,;+/]+", text.lower()) if word]
    found = {band for word in words for band in _bands_of_word(word, of)}
    if not words:
        raise InvalidValue(cell_rule(of))
    return in_order(found, of)


def in_order(found: set[str], survey: Survey) -> tuple[str, ...]:
    """Return bands in the order of their survey."""
    return tuple(band for band in survey.bands if band in found)


def cell_rule(survey: Survey) -> str:
    """Return the rule of a cell: ``must be j, h, k (or Ks), several of them as in JHK, or a (all …)``."""
    several = survey.bands_text(survey.bands)
    words = ", ".join(_spelled(band, band.id) for band in survey.band)
    count = _COUNTS.get(len(survey.band), f"all {len(survey.band)} bands")
    together = f", several of them as in {several}" if len(survey.band) > 1 else ""
    return f"must be {words}{together}, or a ({count})"


def field_rule(survey: Survey) -> str:
    """Return the rule of a field: ``must be J, H, K (or Ks), a list of them, or all``."""
    words = ", ".join(_spelled(band, band.show) for band in survey.band)
    return f"must be {words}, a list of them, or all"


def _spelled(band: Band, written: str) -> str:
    return written if band.label.lower() == written.lower() else f"{written} (or {band.label})"


def _bands_of_word(word: str, survey: Survey) -> tuple[str, ...]:
    known: dict[str, tuple[str, ...]] = {
        each: (band.id,) for band in survey.band for each in (band.id, *band.words)
    }
    known |= {each: tuple(survey.bands) for each in ALL}
    if word in known:
        return known[word]
    # Several in one word, the longest spelling first: Ks before K. "all" stands alone.
    spellings = sorted(known.keys() - {"all"}, key=len, reverse=True)
    parts = re.findall("|".join(map(re.escape, spellings)), word)
    if "".join(parts) != word:
        raise InvalidValue(cell_rule(survey))
    return tuple(band for part in parts for band in known[part])
