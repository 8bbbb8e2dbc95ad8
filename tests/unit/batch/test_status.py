"""The status of a batch, from what its store holds at each moment of its life."""

from __future__ import annotations

from datetime import datetime

import obstore
import pytest

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.task_states import TaskStates
from skybatch.batch.outcomes import ImageOutcome, RowOutcome, row_outcomes
from skybatch.batch.plan import Plan, save_plan
from skybatch.batch.record import load_record
from skybatch.batch.status import (
    SECONDS_TO_MAIL,
    create_final,
    finished_status,
    read_status,
    record_failure,
    to_iso,
)
from skybatch.errors import Expired, NotFound
from skybatch.status import AbsentImages, BatchStatus, ResultFile
from tests.support.batches import batch_samples
from tests.support.batches.batch_fakes import task
from tests.support.batches.ended_batches import (
    CREATED,
    ENDED,
    EXPIRES,
    REASON,
    accepted_batch,
    failed_batch,
)

NOW = 1200.0
FILES = (ResultFile("images.tar", 700, "0" * 32, "application/x-tar"),)


def finished(statuses: list[ImageStatus], cancelled: bool = False, limit: int = 10**9) -> BatchStatus:
    """A batch of a row an image, each image of the size that `task` plans."""
    record = load_record(accepted_batch())
    request = batch_samples.positions_request(len(statuses))
    plan = Plan(tuple(task(n) for n in range(len(statuses))), {"asky": "v1"}, {}, limit)
    images = [ImageOutcome(n, each, 100 * (each is ImageStatus.RETRIEVED)) for n, each in enumerate(statuses)]
    rows = [RowOutcome(n, RowStatus(each), f"because {each}", {}) for n, each in enumerate(statuses)]
    return finished_status(record, request, plan, images, rows, FILES, cancelled=cancelled, now=ENDED)


@pytest.mark.parametrize("moment", [0.0, 1_796_393_100.4, 951_782_400.0])
def test_times_are_written_as_iso_8601_to_the_second(moment: float) -> None:
    written = to_iso(moment)
    assert written.endswith("Z")
    assert datetime.fromisoformat(written).timestamp() == int(moment)


def test_a_batch_is_accepted_before_anything_is_done() -> None:
    status = read_status(accepted_batch(), NOW)
    assert (status.state, status.ended, status.rows.total) == ("accepted", False, 3)
    assert (status.created, status.expires) == (to_iso(CREATED), to_iso(EXPIRES))
    assert status.request is not None
    assert status.chain.parts is None


def test_a_batch_whose_submission_died_half_way_has_a_status() -> None:
    store = accepted_batch()
    obstore.delete(store.objects, store.path(keys.ACCEPTED))
    status = read_status(store, NOW)
    assert (status.state, status.label, status.request, status.rows.total) == ("accepted", None, None, 0)


def test_a_running_batch_knows_its_parts_from_the_plan_on() -> None:
    for part in (1, 3):
        store = accepted_batch(part=part)
        plan = save_plan(store, Plan(tuple(task(n) for n in range(5)), {}, {}, limit=250))
        states = TaskStates.load(store, plan)
        states.save(store, plan, DispatchState(stop=2), now=NOW)
        assert read_status(store, NOW).chain.parts == part - 1 + plan.parts


def test_images_lost_in_earlier_parts_are_known() -> None:
    assert read_status(accepted_batch(), NOW).chain.lost_before == 0
    assert read_status(accepted_batch(part=2), NOW).chain.lost_before is None
    assert read_status(accepted_batch(part=2, lost_before=4), NOW).chain.lost_before == 4


def test_absent_images_are_counted_with_the_rows_that_get_none() -> None:
    absent = AbsentImages(images=2, bands=("h", "k"), held=("j",))
    unplanned = {1: (RowStatus.NOT_COVERED, "none")}
    plan = Plan((task(0),), {"asky": "v1"}, unplanned, 10**9, {0: absent, 1: absent})
    images = [ImageOutcome(0, ImageStatus.RETRIEVED, 100)]
    rows = row_outcomes(plan, images, 2)
    record, request = load_record(accepted_batch()), batch_samples.positions_request(2)
    status = finished_status(record, request, plan, images, rows, FILES, cancelled=False, now=ENDED)
    assert status.absent == AbsentImages(images=4, bands=("h", "k"), held=("j",), rows=1)
    assert status.retrieved_all


def test_a_running_batch_has_the_counts_of_its_last_progress() -> None:
    store = accepted_batch()
    counts = {"tasks": 9, "done": 4, "failed": 1, "bytes_done": 400, "bytes_planned": 900, "updated": 1150.0}
    store.write_json(keys.PROGRESS, {"state": "working", **counts})
    status = read_status(store, NOW)
    assert status.state == "working"
    assert status.progress.to_json() == counts
    assert status.bytes == 400


def test_a_running_batch_has_the_notices_of_its_plan() -> None:
    store = accepted_batch()
    before = read_status(store, NOW).notices
    store.write_json(keys.PROGRESS, {"state": "working", "notices": ["not as asked"]})
    assert read_status(store, NOW).notices == (*before, "not as asked")


def test_the_images_of_a_finished_batch_add_up() -> None:
    status = finished([ImageStatus.RETRIEVED] * 3 + [ImageStatus.FAILED] * 2 + [ImageStatus.OVER_LIMIT])
    assert (status.images.retrieved, status.images.failed, status.images.over_limit) == (3, 2, 1)
    assert (status.progress.tasks, status.progress.done, status.progress.failed) == (5, 3, 2)
    assert status.bytes == status.progress.bytes_done == 300
    assert status.rows.total == sum(status.rows.by_outcome().values()) == 6


def test_what_is_left_over_says_how_much_and_where_to_ask() -> None:
    status = finished([ImageStatus.RETRIEVED, ImageStatus.OVER_LIMIT, ImageStatus.OVER_LIMIT])
    assert status.unretrieved is not None
    assert (status.unretrieved.images, status.unretrieved.bytes) == (2, 2 * task(0).planned_bytes)
    assert status.unretrieved.resubmit_url.endswith("/resubmit")
    assert status.chain.parts == 2
    assert finished([ImageStatus.RETRIEVED]).unretrieved is None


def test_nobody_knows_the_parts_of_a_cancelled_request() -> None:
    status = finished([ImageStatus.RETRIEVED, ImageStatus.CANCELLED], cancelled=True)
    assert (status.state, status.chain.parts) == ("cancelled", None)


def test_files_get_their_urls_and_rows_their_reasons() -> None:
    status = finished([ImageStatus.FAILED, ImageStatus.FAILED, ImageStatus.OVER_LIMIT])
    assert [file.url.rpartition("/files/")[2] for file in status.files] == ["images.tar"]
    assert [(each.outcome, each.rows) for each in status.reasons] == [("failed", 2), ("over_limit", 1)]


def test_a_final_status_is_the_same_when_it_is_read() -> None:
    store = accepted_batch()
    status = finished([ImageStatus.RETRIEVED, ImageStatus.OVER_LIMIT])
    assert create_final(store, status) == status
    assert read_status(store, NOW) == status


def test_the_first_final_status_stays() -> None:
    store = failed_batch()
    first = read_status(store, NOW)
    assert create_final(store, finished([ImageStatus.RETRIEVED])) == first
    assert record_failure(store, "another reason", NOW).reason == REASON


def test_a_failed_batch_counts_every_row_as_failed() -> None:
    status = read_status(failed_batch(), NOW)
    assert (status.state, status.reason, status.finished) == ("failed", REASON, to_iso(ENDED))
    assert (status.rows.total, status.rows.failed) == (3, 3)


def test_neighbours_are_known_once_they_are_started() -> None:
    store = accepted_batch(part=2, previous="a" * 32)
    create_final(store, finished([ImageStatus.RETRIEVED, ImageStatus.OVER_LIMIT, ImageStatus.FAILED]))
    store.create_json(keys.next_batch("unretrieved"), {"batch_id": "b" * 32})
    store.create_json(keys.next_batch("failed"), {"batch_id": "c" * 32})
    chain = read_status(store, NOW).chain
    assert (chain.part, chain.previous, chain.next, chain.retry) == (2, "a" * 32, "b" * 32, "c" * 32)


@pytest.mark.parametrize(
    ("mail", "notices"),
    [
        ({"state": "sent", "at": NOW}, 0),
        ({"state": "failed", "at": NOW}, 1),
        ({"state": "sending", "at": NOW - SECONDS_TO_MAIL / 2}, 0),
        ({"state": "sending", "at": NOW - SECONDS_TO_MAIL - 1}, 1),
    ],
)
def test_an_email_that_may_not_have_been_sent_is_noticed(mail: dict[str, object], notices: int) -> None:
    store = failed_batch()
    store.write_json(keys.MAIL, mail)
    status = read_status(store, NOW)
    assert (status.mail, len(status.notices)) == (mail["state"], notices)


def test_results_that_have_expired_and_unknown_batches_have_no_status() -> None:
    store = failed_batch()
    with pytest.raises(Expired):
        read_status(store, EXPIRES + 1)
    obstore.delete(store.objects, store.path(keys.RECORD))
    with pytest.raises(NotFound):
        read_status(store, NOW)
