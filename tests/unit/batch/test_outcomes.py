"""Every image and every row ends in exactly one place."""

from __future__ import annotations

from skybatch.batch.absent import describe_absent
from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.outcomes import ImageOutcome, row_outcomes
from skybatch.batch.plan import Plan
from skybatch.bundles.place import Place
from skybatch.status import AbsentImages
from tests.support.batches.batch_fakes import task


def test_rows_add_up_whatever_became_of_their_images() -> None:
    rows = [0, 0, 1, 1, 2, 3, 4]
    wanted = [ImageStatus.RETRIEVED] * 3 + [
        ImageStatus.FAILED,
        ImageStatus.OVER_LIMIT,
        ImageStatus.FAILED,
        ImageStatus.CANCELLED,
    ]
    tasks = [task(n, row=row) for n, row in enumerate(rows)]
    plan = Plan(
        tuple(tasks),
        {},
        {5: (RowStatus.NOT_COVERED, "nothing there"), 6: (RowStatus.DUPLICATE, "again")},
        10**9,
    )
    outcomes = [ImageOutcome(n, status, reason=str(status)) for n, status in enumerate(wanted)]
    told = row_outcomes(plan, outcomes, 7)
    assert [row.status for row in told] == [
        "retrieved",
        "partial",
        "over_limit",
        "failed",
        "cancelled",
        "not_covered",
        "duplicate",
    ]
    assert told[1].counts == {"retrieved": 1, "failed": 1}
    assert told[5].reason == "nothing there"


def test_outcomes_of_older_batches_without_codes_are_read() -> None:
    line = {"n": 3, "status": "failed", "bytes": 0, "reason": "truncated"}
    outcome = ImageOutcome.from_json(line)
    assert (outcome.code, outcome.explanation) == (None, "truncated")
    assert outcome.to_json() == line


def test_a_row_tells_of_failures_and_of_absent_images() -> None:
    absent = AbsentImages(images=1, bands=("h",), held=("j", "k"))
    plan = Plan((task(0, row=0), task(1, row=1)), {}, {}, 10**9, {0: absent, 1: absent})
    images = [
        ImageOutcome(0, ImageStatus.RETRIEVED, 5),
        ImageOutcome(1, ImageStatus.FAILED, 0, "truncated", "source_damaged"),
    ]
    whole, failed = row_outcomes(plan, images, 2)
    assert (whole.status, whole.reasons) == (RowStatus.RETRIEVED, [(describe_absent(absent), None)])
    assert failed.reasons == [("truncated", "source_damaged"), (describe_absent(absent), None)]


def test_a_row_tells_every_kind_of_failure_once_the_most_frequent_first() -> None:
    plan = Plan(tuple(task(n, row=0) for n in range(4)), {}, {}, 10**9)
    whys = [("a", "source_damaged"), ("b", "gave_up"), ("c", "gave_up"), ("c", "gave_up")]
    images = [ImageOutcome(n, ImageStatus.FAILED, 0, *why) for n, why in enumerate(whys)]
    (row,) = row_outcomes(plan, images, 1)
    assert row.reasons == [("c", "gave_up"), ("a", "source_damaged")]


def test_the_place_of_an_image_is_read_as_it_was_written() -> None:
    place = Place("000003-abc", '"e"', 0, 512, 700, "0" * 32, 7, (2000, 30))
    outcome = ImageOutcome(3, ImageStatus.RETRIEVED, 700, place=place)
    assert ImageOutcome.from_json(outcome.to_json()) == outcome
