"""The page on the surveys that come with the package says of each what its description says."""

from __future__ import annotations

import pytest

from skybatch.surveys.catalogue import PACKAGED_SURVEYS, packaged_survey
from tests.support.batches.template import ROOT

PAGE = (ROOT / "docs" / "shipped-surveys.md").read_text()


@pytest.mark.parametrize("survey", PACKAGED_SURVEYS)
def test_the_page_says_what_is_verified_of_each_survey_and_what_is_not(survey: str) -> None:
    verified = packaged_survey(survey).verified
    assert verified.genuine or verified.unverified
    _, _, section = PAGE.partition(f"\n## {survey}\n")
    said = " ".join(section.partition("\n## ")[0].split())
    assert said == " ".join(
        f"{what}: {text}"
        for what, text in (
            ("Verified on genuine files", verified.genuine),
            ("Not verified", verified.unverified),
        )
        if text
    )


@pytest.mark.parametrize("survey", PACKAGED_SURVEYS)
def test_the_table_leads_to_each_description(survey: str) -> None:
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{survey}` |"))
    path = row.partition("](../")[2].partition(")")[0]
    assert (ROOT / path).name == f"{survey}.toml"
    assert (ROOT / path).is_file()
