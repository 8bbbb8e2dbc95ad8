"""What several data sets hold of one request, counted together before anything is listed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from skybatch.batch.planning.drafts import draft
from skybatch.batch.planning.planner import make_plan
from skybatch.errors import TooLarge
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from tests.support.survey.two_surveys import TwoSurveys, two_surveys

LIMIT = 10**9


@pytest.fixture(scope="module")
def archive() -> Iterator[TwoSurveys]:
    with two_surveys() as made:
        yield made


def region(diameter: float = 0.01, j: tuple[str, ...] = ("j",), w: tuple[str, ...] = ("w1", "w2")) -> Request:
    center = SkyPosition(180.0, 20.0)
    return Request(
        Mode.REGION, (*j, *w), ImageType.ATLAS, decompress=True, delivery_format="fits.gz", dataset="asky",
        rows=(Row(1, (*j, *w), position=center),), region=Region(center, None, diameter, "overlap"),
        surveys={"asky": j, "wide": w},
    )  # fmt: skip


def test_each_data_set_gives_the_bands_asked_for_in_it(archive: TwoSurveys) -> None:
    drafts = draft(region(), archive.open, LIMIT, 100)
    assert {(task.dataset, task.band) for task in drafts.tasks} == {
        ("asky", "j"),
        ("wide", "w1"),
        ("wide", "w2"),
    }
    assert list(drafts.versions) == ["asky", "wide"]


def test_the_limit_is_of_the_images_of_all_surveys(archive: TwoSurveys) -> None:
    images = len(draft(region(), archive.open, LIMIT, 100).tasks)
    assert len(make_plan(region(), archive.open, LIMIT, images).tasks) == images
    with pytest.raises(TooLarge, match=f"{images} images.* {images - 1}"):
        draft(region(), archive.open, LIMIT, images - 1)


def test_the_plan_goes_by_names_and_each_other_survey_s_begin_with_its_own(archive: TwoSurveys) -> None:
    tasks = make_plan(region(), archive.open, LIMIT, 100).tasks
    assert [task.file for task in tasks] == sorted(task.file for task in tasks)
    assert all(task.file.startswith("wide_") == (task.dataset == "wide") for task in tasks)


def test_a_row_repeated_in_one_survey_is_told_of_that(archive: TwoSurveys) -> None:
    surveys = {"asky": ("j",), "wide": ("w1",)}
    rows = (
        Row(1, ("j", "w1"), image_id="1800p200"),
        Row(2, ("j", "w1"), image_id="1800p200"),
        Row(3, ("j", "w1"), image_id="990101n0010009"),
    )
    request = Request(
        Mode.IMAGE_IDS, ("j", "w1"), ImageType.ATLAS, decompress=True, delivery_format="fits",
        dataset="asky", rows=rows, surveys=surveys,
    )  # fmt: skip
    plan = make_plan(request, archive.open, LIMIT, 100)
    assert [(task.row, task.dataset) for task in plan.tasks] == [(0, "wide"), (2, "asky")]
    assert plan.repeated == {"asky": (), "wide": (1,)}
    assert plan.unplanned[1][0] == "duplicate"
