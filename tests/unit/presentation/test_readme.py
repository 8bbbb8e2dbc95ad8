"""The README of a batch: what is counted, and what is linked."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from skybatch.batch.codes import ImageStatus
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.plan import Plan
from skybatch.batch.record import BatchRecord
from skybatch.batch.results.batch_results import BatchResults
from skybatch.presentation.readme import readme_text
from skybatch.settings import settings
from skybatch.surveys.known import default_survey
from tests.support.batches import batch_samples
from tests.support.batches.batch_fakes import BATCH_ID, task
from tests.support.survey.descriptions import known_survey, plain_survey

RECORD = BatchRecord(BATCH_ID, 0.0, 86_400.0, "https://sky.example", None, 10**9)
OUTCOMES = [
    ImageOutcome(0, ImageStatus.RETRIEVED, 700),
    ImageOutcome(1, ImageStatus.OVER_LIMIT),
    ImageOutcome(2, ImageStatus.FAILED),
]


def text(label: str | None = None) -> str:
    plan = Plan(tuple(task(n) for n in range(3)), {"asky": "v1"}, {}, 10**9)
    request = batch_samples.positions_request(3, label=label)
    return readme_text(BatchResults(RECORD, request, plan, OUTCOMES, []))


def test_the_counts_are_those_of_the_outcomes() -> None:
    line = next(line for line in text().splitlines() if line.startswith("Images retrieved"))
    assert [part.split(":")[1].split()[0] for part in line.split(";")] == ["1", "1", "1", "0"]
    assert "(700 bytes)" in line


def test_the_results_page_and_its_end_are_named() -> None:
    readme = text()
    assert f"https://sky.example/batches/{BATCH_ID}/results" in readme
    assert "1970-01-02T00:00:00Z" in readme


@pytest.mark.parametrize(("label", "lines"), [(None, 0), ("Pleiades\n{batch_id}", 1)])
def test_a_label_stands_on_one_line_as_it_was_typed(label: str | None, lines: int) -> None:
    named = [line for line in text(label).splitlines() if line.startswith("Name: ")]
    assert named == ["Name: Pleiades {batch_id}"] * lines


def test_every_readme_says_how_to_acknowledge_and_cite_the_survey() -> None:
    survey, readme = default_survey(), text()
    assert survey.acknowledgement in " ".join(readme.split())
    assert f"\n{survey.bibtex.strip()}\n" in readme


def test_the_operator_is_named_where_the_deployment_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "operated" not in text()
    monkeypatch.setenv("OPERATOR_EMAIL", "help@sky.example")
    settings.cache_clear()
    try:
        assert "help@sky.example" in text().splitlines()[-1]
    finally:
        settings.cache_clear()


def test_each_survey_that_delivered_images_is_cited_and_no_other() -> None:
    changes = ('title = "A Radio Survey"', 'title = "A Radio Survey"\nreferences = ["1995ApJ...450..559B"]')
    with known_survey(plain_survey(changes)):
        tasks = (task(0), replace(task(1), dataset="radio"), replace(task(2), dataset="sx"))
        plan = Plan(tasks, {"asky": "v1", "radio": "v1", "sx": "v1"}, {}, 10**9)
        request = batch_samples.positions_request(3, surveys={"asky": ("j",), "sx": ("j",), "radio": ("l",)})

        def keys(*retrieved: int) -> list[str]:
            outcomes = [
                ImageOutcome(n, ImageStatus.RETRIEVED if n in retrieved else ImageStatus.FAILED)
                for n in range(3)
            ]
            readme = readme_text(BatchResults(RECORD, request, plan, outcomes, []))
            return re.findall(r"^@\w+\{([^,]+),$", readme, re.MULTILINE)

        assert keys(0, 1, 2) == ["2006AJ....131.1163S", "1995ApJ...450..559B"]
        assert keys(1) == ["1995ApJ...450..559B"]
