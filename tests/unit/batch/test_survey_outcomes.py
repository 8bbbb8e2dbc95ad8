"""Outcomes by survey, held against the rule told another way, whatever the plan and whatever failed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.outcomes import ImageOutcome, row_outcomes
from skybatch.batch.plan import Plan, cancelled_plan
from skybatch.batch.record import BatchRecord
from skybatch.batch.status import finished_status
from skybatch.batch.survey_outcomes import outcomes_by_survey
from skybatch.requests.model import Mode, Request, Row
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import BATCH_ID, task

DATASETS = ("asky", "sx", "cal")
ROWS = 6
RECORD = BatchRecord(BATCH_ID, 1000.0, 2000.0, "https://sky.example", None, 10**9)
REQUEST = Request(
    Mode.COADD_KEYS, ("j",), ImageType.ATLAS, decompress=True, delivery_format="fits", dataset="asky",
    rows=tuple(Row(n, ("j",), coadd_key=n) for n in range(1, ROWS + 1)),
    surveys=dict.fromkeys(DATASETS, ("j",)),
)  # fmt: skip
IMAGES = st.lists(
    st.tuples(st.integers(0, ROWS - 1), st.sampled_from(DATASETS), st.sampled_from(list(ImageStatus))),
    max_size=20,
)
WITHOUT = st.sampled_from([RowStatus.NOT_COVERED, RowStatus.UNRESOLVED, RowStatus.DUPLICATE])


@settings(max_examples=200, deadline=None)
@given(
    images=IMAGES,
    without=st.lists(WITHOUT, min_size=ROWS, max_size=ROWS),
    repeated=st.dictionaries(st.sampled_from(DATASETS), st.sets(st.integers(0, ROWS - 1))),
)
def test_every_row_has_one_outcome_in_all_surveys_and_in_each(
    images: list[tuple[int, str, ImageStatus]],
    without: list[RowStatus],
    repeated: dict[str, set[int]],
) -> None:
    tasks = tuple(task(n, row=row, dataset=dataset) for n, (row, dataset, _) in enumerate(images))
    outcomes = [
        ImageOutcome(n, status, 100 if status is ImageStatus.RETRIEVED else 0, reason="x")
        for n, (_, _, status) in enumerate(images)
    ]
    planned = {row for row, _, _ in images}
    unplanned = {row: (without[row], "why") for row in range(ROWS) if row not in planned}
    # What has no position matches nothing, so it repeats nothing either.
    resolved = {row for row in range(ROWS) if without[row] is not RowStatus.UNRESOLVED}
    asked = {each: tuple(sorted(repeated.get(each, set()) & resolved)) for each in DATASETS}
    plan = Plan(tasks, {}, unplanned, 10**9, repeated=asked, surveys={each: each for each in DATASETS})
    rows = row_outcomes(plan, outcomes, ROWS)
    status = finished_status(RECORD, REQUEST, plan, outcomes, rows, [], cancelled=False, now=1500.0)
    assert status.surveys is not None
    assert sum(status.rows.by_outcome().values()) == ROWS
    assert [sum(each.rows.by_outcome().values()) for each in status.surveys.values()] == [ROWS] * 3
    assert sum(each.bytes for each in status.surveys.values()) == status.bytes
    for name in ("retrieved", "over_limit", "failed", "cancelled"):
        of_surveys = sum(getattr(each.images, name) for each in status.surveys.values())
        assert of_surveys == getattr(status.images, name)
    by_survey = outcomes_by_survey(plan, outcomes, ROWS)
    for row, whole in enumerate(rows):
        assert_agrees(whole.status, {by_survey[dataset][row] for dataset in DATASETS}, row in planned)


def assert_agrees(whole: RowStatus, parts: set[RowStatus], planned: bool) -> None:
    """The outcome of a row agrees with those of its surveys: nothing is better or worse than they say."""
    with_images = parts - {RowStatus.NOT_COVERED, RowStatus.DUPLICATE, RowStatus.UNRESOLVED}
    if not planned:
        assert not with_images
        assert whole is not RowStatus.UNRESOLVED or parts == {RowStatus.UNRESOLVED}
        return
    if whole is RowStatus.RETRIEVED:
        assert with_images == {RowStatus.RETRIEVED}
    elif whole is RowStatus.PARTIAL:
        assert with_images & {RowStatus.RETRIEVED, RowStatus.PARTIAL}
        assert with_images != {RowStatus.RETRIEVED}
    else:
        assert whole in with_images
        assert not with_images & {RowStatus.RETRIEVED, RowStatus.PARTIAL}


def test_a_batch_of_one_survey_has_none() -> None:
    assert outcomes_by_survey(Plan((task(0),), {}, {}, 1), [ImageOutcome(0, ImageStatus.FAILED)], 1) == {}


def test_a_batch_that_was_cancelled_before_its_plan_is_so_in_each() -> None:
    plan = cancelled_plan(2, 10, {"asky": "2mass-asky", "sx": "2mass-sx"})
    assert outcomes_by_survey(plan, [], 2) == dict.fromkeys(("asky", "sx"), [RowStatus.CANCELLED] * 2)
