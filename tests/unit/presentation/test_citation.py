"""BibTeX of a survey: its description's own, else made of its references."""

from __future__ import annotations

import re
from dataclasses import replace

from skybatch.presentation.citation import bibtex
from skybatch.surveys.known import default_survey

SURVEY = default_survey()


def keys(text: str) -> list[str]:
    return re.findall(r"^@\w+\{([^,]+),$", text, re.MULTILINE)


def test_the_packaged_survey_brings_the_entry_of_each_reference() -> None:
    assert keys(bibtex(SURVEY)) == list(SURVEY.references)
    assert "Skrutskie" in bibtex(SURVEY)


def test_a_description_without_entries_has_one_for_each_reference() -> None:
    survey = replace(SURVEY, bibtex="", references=("1995ApJ...450..559B", "2000A&A...355L..27H"))
    made = bibtex(survey)
    assert keys(made) == ["1995ApJ...450..559B", "2000A&A...355L..27H"]
    assert "abs/2000A%26A...355L..27H}" in made
    assert re.findall(r"year = \{(\d+)\}", made) == ["1995", "2000"]
    assert made.count("{") == made.count("}")


def test_a_survey_that_has_but_a_doi_is_cited_by_it() -> None:
    assert keys(bibtex(replace(SURVEY, bibtex="", references=(), doi="10.26131/irsa2"))) == [
        "doi:10.26131/irsa2"
    ]


def test_a_survey_that_names_nothing_has_none() -> None:
    assert bibtex(replace(SURVEY, bibtex="", references=())) == ""
