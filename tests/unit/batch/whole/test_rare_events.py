"""The reference model with rare events made often: several steps at once that chance seldom puts in a row."""

from __future__ import annotations

import obstore
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from obstore.exceptions import AlreadyExistsError

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import SIZE_TOLERANCE
from skybatch.batch.execution.packing import bundle_name
from skybatch.batch.plan import Task
from tests.support.batches.made_bundles import made_bundle, put_bundle
from tests.support.batches.model_workers import Queued
from tests.support.batches.reference_batch import GOOD
from tests.unit.batch.whole.test_reference_model import BatchModel


class RareEvents(BatchModel):
    """All that the model knows, and what is rare."""

    @rule(seconds=st.sampled_from([0, 1]))
    @precondition(lambda self: self.next == "tally" and len(self.queue) > 1)
    def a_tally_dies_and_more_is_done_before_the_next(self, seconds: float) -> None:
        """A part of the journal is there that nobody noted; the next tally has more to say than it holds."""
        self.work(self.queue.pop(0))
        self.tally_dies_before_its_marks_are_kept()
        if self.queue:
            self.work(self.queue.pop(0))
        self.tally(seconds)

    @rule(place=st.integers(0, 50), done=st.integers(0, 3), tallied=st.booleans(), cancelled=st.booleans())
    @precondition(lambda self: self.queue)
    def an_object_comes_after_those_of_its_images(
        self, place: int, done: int, tallied: bool, cancelled: bool
    ) -> None:
        """Written by a worker that was taken for dead; meanwhile somebody replaced the stored images.

        Perhaps somebody cancelled too, so that no tally sees it before the archive is made.
        """
        message = self.queue.pop(place % len(self.queue)).message
        held = self.written_but_held(message_of=Queued(message))
        self.stored_images_are_replaced()
        others, self.queue[:] = list(self.queue), []
        self.work(Queued(message, deliveries=1))
        pieces, self.queue[:] = list(self.queue), others
        for piece in pieces[:done]:
            self.work(piece)
        self.queue += pieces[done:]
        if tallied and self.next == "tally":
            if cancelled and not self.no_losses:
                self.cancel()
            self.tally(0)
        for key, body in held.items():
            self.create(key, body)

    def cancel(self) -> None:
        self.batch.store.create_json(keys.CANCELLATION, {})
        self.undisturbed = False

    def written_but_held(self, message_of: Queued) -> dict[str, bytes]:
        """Work on a message, and keep back what was written."""
        before, objects = self.objects(), self.batch.store.objects
        self.work(message_of, stale=True)
        held = {key: bytes(obstore.get(objects, key).bytes()) for key in self.objects() - before}
        for key in held:
            obstore.delete(objects, key)
        return held

    def create(self, key: str, body: bytes) -> None:
        try:
            obstore.put(self.batch.store.objects, key, body, mode="create")
        except AlreadyExistsError:
            assert key in self.objects()

    @rule(place=st.integers(0, 50), what=st.sampled_from(["longer", "another task"]))
    @precondition(lambda self: not self.no_losses and self.queue)
    def an_object_says_what_nobody_planned(self, place: int, what: str) -> None:
        """It is sound by itself; its images count as absent and are sent again."""
        message = self.queue.pop(place % len(self.queue)).message
        tasks = self.batch.tasks_of(message)
        attempt = message.attempt if message.source is not None else 0
        name = bundle_name([task.index for task in tasks], attempt)
        put_bundle(self.batch.store, name, made_bundle(self.batch.store, self.unplanned(tasks, what)))
        self.undisturbed = False

    def unplanned(self, tasks: tuple[Task, ...], what: str) -> dict[Task, bytes]:
        if what == "longer":
            return {task: bytes(task.bytes + SIZE_TOLERANCE + 1) for task in tasks}
        strange = next((task for task in self.plan.tasks if task not in tasks), tasks[0])
        return {task: bytes(task.bytes) for task in (*tasks, strange)}

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: not self.no_losses and self.queue and self.next == "tally")
    def workers_contradict_each_other(self, place: int) -> None:
        """A success, a failure and a success again, with a tally after each."""
        tasks = self.batch.tasks_of(self.queue[place % len(self.queue)].message)
        self.undisturbed = False
        for said in (self.batch.deliver, self.batch.fail, self.batch.deliver):
            said(*tasks)
            if self.next == "tally":
                self.tally(0)

    @rule(bytes_more=st.sampled_from([60, 150, 400]))
    @precondition(lambda self: not self.no_losses)
    def headers_of_stored_images_grow(self, bytes_more: int) -> None:
        """Files are longer than planned from now on: real sizes reach the limit earlier."""
        self.growth = bytes_more
        self.undisturbed = False

    @rule(soon=st.integers(0, 4), late=st.integers(0, 3))
    @precondition(lambda self: not self.no_losses and len(self.queue) > 1 and self.next == "tally")
    def somebody_cancels_in_the_middle(self, soon: int, late: int) -> None:
        """Some bundles end after the last tally, before the archive is made."""
        if soon:
            return
        self.cancel()
        self.tally(0)
        for queued in self.queue[:late]:
            self.work(queued, stale=True)


WITHOUT_HASTE = [HealthCheck.too_slow, HealthCheck.filter_too_much]

TestRareEvents = RareEvents.TestCase
TestRareEvents.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=WITHOUT_HASTE
)


@pytest.mark.soak
def test_many_rare_events() -> None:
    """The same for minutes."""
    run_state_machine_as_test(
        RareEvents,
        settings=settings(
            max_examples=300, stateful_step_count=50, deadline=None, suppress_health_check=WITHOUT_HASTE
        ),
    )


# What chance may still miss is done here in a row, for batches of several sizes.

SIZES = st.lists(st.sampled_from([90, 110]), min_size=4, max_size=9)
PACKED = st.sampled_from([0.3, 30.0])
IN_A_ROW = settings(max_examples=30, deadline=None)


def begun(sizes: list[int], worker_seconds: float) -> RareEvents:
    """A batch of good images with its messages sent."""
    machine = RareEvents()
    machine.begin(sizes=sizes, conditions=[GOOD] * 5, no_losses=False, worker_seconds=worker_seconds)
    machine.dispatch()
    return machine


@IN_A_ROW
@given(sizes=SIZES)
def test_a_part_of_the_journal_that_nobody_noted_is_taken_as_it_stands(sizes: list[int]) -> None:
    machine = begun(sizes, 0.0)
    machine.a_tally_dies_and_more_is_done_before_the_next(0)
    machine.teardown()


@IN_A_ROW
@given(sizes=SIZES, done=st.integers(1, 3), tallied=st.booleans(), cancelled=st.booleans())
def test_a_place_is_kept_whatever_comes_late(
    sizes: list[int], done: int, tallied: bool, cancelled: bool
) -> None:
    machine = begun(sizes, 30.0)
    machine.an_object_comes_after_those_of_its_images(0, done, tallied, cancelled)
    machine.teardown()


@IN_A_ROW
@given(sizes=SIZES, seconds=PACKED)
def test_what_is_said_last_changes_no_success(sizes: list[int], seconds: float) -> None:
    machine = begun(sizes, seconds)
    machine.workers_contradict_each_other(0)
    machine.teardown()


@IN_A_ROW
@given(sizes=SIZES, seconds=PACKED, what=st.sampled_from(["longer", "another task"]))
def test_images_of_an_object_that_is_not_as_planned_come_all_the_same(
    sizes: list[int], seconds: float, what: str
) -> None:
    machine = begun(sizes, seconds)
    machine.an_object_says_what_nobody_planned(0, what)
    machine.undisturbed = True
    machine.run_to_the_end()
    assert not machine.good_ones_given_up()
    machine.teardown()


@IN_A_ROW
@given(sizes=SIZES, seconds=PACKED, more=st.sampled_from([60, 150, 400]))
@example(sizes=[400, 400, 250, 90], seconds=30.0, more=60)  # the third does not fit, the fourth would
def test_real_sizes_are_held_to_the_limit(sizes: list[int], seconds: float, more: int) -> None:
    machine = begun(sizes, seconds)
    machine.headers_of_stored_images_grow(more)
    machine.teardown()
