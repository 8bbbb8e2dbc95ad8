"""Every image and every row ends in exactly one place."""

from __future__ import annotations

from skybatch.batch import keys
from skybatch.batch.absent import describe_absent
from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.outcomes import ImageOutcome, decide_outcomes, load_outcomes, row_outcomes
from skybatch.batch.plan import Plan
from skybatch.status import AbsentImages
from tests.support.batches.batch_fakes import FakeBatch, task


def statuses(outcomes: list[ImageOutcome]) -> list[str]:
    return [str(outcome.status) for outcome in outcomes]


def test_each_task_ends_in_one_place() -> None:
    tasks = [task(0), task(1), task(2, refusal="larger than the limit: 5 bytes"), task(3)]
    batch = FakeBatch(tasks)
    batch.deliver(tasks[0])
    batch.fail(tasks[1], reason="truncated")
    outcomes = decide_outcomes(batch.store, batch.plan)
    assert statuses(outcomes) == ["retrieved", "failed", "failed", "over_limit"]
    assert [o.reason for o in outcomes[1:3]] == ["truncated", "larger than the limit: 5 bytes"]


def test_success_beats_failure_until_settled_and_nothing_after() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.fail(*batch.plan.tasks)
    batch.deliver(batch.plan.tasks[0])
    assert statuses(decide_outcomes(batch.store, batch.plan)) == ["retrieved", "failed"]
    batch.deliver(batch.plan.tasks[1])
    assert statuses(decide_outcomes(batch.store, batch.plan)) == ["retrieved", "failed"]


def test_first_settlement_wins() -> None:
    batch = FakeBatch([task(0)])
    batch.store.create(keys.OUTCOMES, b'{"n":0,"status":"failed","bytes":0,"reason":"first"}\n')
    assert decide_outcomes(batch.store, batch.plan)[0].reason == "first"
    assert load_outcomes(batch.store) == [ImageOutcome(0, ImageStatus.FAILED, 0, "first")]


def test_limit_holds_by_real_sizes_too() -> None:
    batch = FakeBatch([task(n, size=400) for n in range(3)], limit=1300)
    batch.deliver(*batch.plan.tasks, size=500)
    outcomes = decide_outcomes(batch.store, batch.plan)
    assert statuses(outcomes) == ["retrieved", "retrieved", "over_limit"]
    assert sum(o.bytes for o in outcomes) <= 1300


def test_cancelled_batch_keeps_what_came() -> None:
    batch = FakeBatch([task(0), task(1)])
    batch.deliver(batch.plan.tasks[0])
    batch.store.create_json(keys.CANCELLATION, {})
    assert statuses(decide_outcomes(batch.store, batch.plan)) == ["retrieved", "cancelled"]


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


def test_the_code_of_a_failure_is_kept_with_its_image_and_row() -> None:
    tasks = [task(0), task(1, refusal="5 bytes", refusal_code="over_batch_limit"), task(2)]
    batch = FakeBatch(tasks)
    batch.deliver(tasks[2])
    batch.fail(tasks[0], reason="truncated")
    decided = decide_outcomes(batch.store, batch.plan)
    codes = ["source_damaged", "over_batch_limit", None]
    assert [outcome.code for outcome in decided] == codes
    assert load_outcomes(batch.store) == decided
    assert [row.code for row in row_outcomes(batch.plan, decided, 3)] == codes


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
