"""What people read of each of several surveys, on the page, in the email and in the README."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.notification.email import completed_message
from skybatch.pages.batch import results_page
from skybatch.presentation.request_summary import request_details, request_sentence
from skybatch.presentation.summary import summary_sentences
from skybatch.presentation.survey_results import acknowledgements, survey_lines, survey_title
from skybatch.status import BatchStatus
from tests.support.batches.in_process_service import Service
from tests.support.survey.two_surveys import BOTH, ROWS, two_surveys

URL = "https://sky.example/batches/x/results"
Batch = tuple[BatchStatus, str]


@pytest.fixture(scope="module")
def batches() -> Iterator[dict[str, Batch]]:
    """A batch in which both surveys deliver images, and one in which the second does alone."""
    only_wide = "ra,dec,size,id\n50.0,50.0,50,wide\n"
    with two_surveys() as archive:
        service = Service(archive)
        made = {}
        for name, table in (("both", ROWS), ("wide", only_wide)):
            accepted = service.submit(mode="positions", table=table, survey=BOTH)
            made[name] = service.run(accepted), service.file(accepted, "README.txt").decode()
        yield made


def test_each_survey_is_accounted_for(batches: dict[str, Batch]) -> None:
    first, second = survey_lines(batches["both"][0])
    assert (first.title, second.title) == ("2MASS All-Sky Release Survey", "WIDE Tiles")
    assert first.rows == second.rows == "3 retrieved, 2 not covered"
    assert second.images.startswith("9 images (")


def test_acknowledged_are_the_surveys_that_delivered_images(batches: dict[str, Batch]) -> None:
    assert [each.survey for each in acknowledgements(batches["both"][0])] == ["2MASS", "WIDE"]
    (only,) = acknowledgements(batches["wide"][0])
    assert (only.survey, only.doi) == ("WIDE", "https://doi.org/10.26131/WIDE1")


@pytest.mark.parametrize("name", ["both", "wide"])
def test_readme_page_and_mail_tell_the_same(batches: dict[str, Batch], name: str) -> None:
    status, readme = batches[name]
    message, page = completed_message(status, URL), results_page(status, [])
    for text in (readme, message.text, message.html, page):
        words = " ".join(text.split())
        assert "Made with images of the Wide Survey." in words
        assert "10.26131/WIDE1" in words
        assert ("Two Micron All Sky Survey, which" in words) == (name == "both")
    assert "images_*.tbl" in readme
    assert "images_wide.tbl" in message.text
    assert "WIDE Tiles: " in message.text
    assert "Result by survey" in page
    assert "one row per image of WIDE Tiles" in page


def test_a_request_is_told_with_all_its_surveys(batches: dict[str, Batch]) -> None:
    request = batches["both"][0].request
    assert request is not None
    assert request_sentence(request) == "J, H, Ks, W1, W2 and W3 images of 2MASS and WIDE for 5 positions"
    assert ("Surveys", "2MASS All-Sky Release Survey, WIDE Tiles") in request_details(request)


def test_a_survey_that_is_not_known_has_its_id() -> None:
    assert survey_title("no-such") == "no-such"


def test_what_lies_outside_lies_outside_all(batches: dict[str, Batch]) -> None:
    assert "1 position lies outside all the surveys" in summary_sentences(batches["both"][0])
