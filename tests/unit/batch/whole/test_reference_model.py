"""Batches held against the reference model: whatever happens, in whatever order, outcomes are the same."""

from __future__ import annotations

from collections import Counter

import obstore
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from obstore.store import MemoryStore

from skybatch.batch import keys
from skybatch.batch.execution.cancellation import CancellationCheck
from skybatch.batch.execution.dispatch import MAX_SENDS
from skybatch.batch.execution.giving_up import read_given_up
from skybatch.batch.execution.reconcile import LAST_SILENCE
from skybatch.batch.execution.worker import Worker
from skybatch.batch.message import Message
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.store import BatchStore
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import BATCH_ID, TIMEOUTS, FakeBatch
from tests.support.batches.model_accounts import Accounts
from tests.support.batches.model_workers import Killed, Queued, Requeue, Stale, made_files, refuse_large
from tests.support.batches.reference_batch import (
    DAMAGED,
    DEADLY,
    GOOD,
    LIMIT,
    SETS,
    plan_tasks,
)
from tests.support.survey.sample_archive import MadeArchive

WINDOW = 2
ARCHIVE = MadeArchive(centres=[(180.0 + n, 20.0) for n in range(SETS)])
# A lost bundle is sent again twice; with one loss a task there is one send left for a dead worker.
MOST_LOSSES = MAX_SENDS - 2
MOST_DELIVERIES = 5  # then the queue keeps a message for dead letters


class BatchModel(RuleBasedStateMachine):
    """Dispatch, workers, queue and tally in any order, with every fault between them."""

    @initialize(
        sizes=st.lists(st.sampled_from([90, 110, 250, 400, 5000]), min_size=1, max_size=9),
        conditions=st.lists(st.sampled_from([GOOD, GOOD, GOOD, DAMAGED, DEADLY]), min_size=5, max_size=5),
        no_losses=st.booleans(),
        worker_seconds=st.sampled_from([0.0, 0.3, 30.0]),
    )
    def begin(self, sizes: list[int], conditions: list[str], no_losses: bool, worker_seconds: float) -> None:
        """A stored image is a bundle of its own, or shares one with a few others, or with all."""
        self.no_losses = no_losses
        version = ARCHIVE.open("asky", None).version
        self.batch = FakeBatch(
            plan_tasks(sizes), limit=LIMIT, window=WINDOW, version=version, worker_seconds=worker_seconds
        )
        self.plan = self.batch.plan
        self.sources = {f"source{n}": condition for n, condition in enumerate(conditions)}
        self.queue: list[Queued] = []
        self.next = "dispatch"
        self.losses: Counter[int] = Counter()
        self.version = 0  # of the stored images, which somebody replaces
        self.growth = 0  # bytes that files have more than planned
        # Once somebody cancelled, or something came after it was given up, the accounts may differ from
        # those of an undisturbed batch; they must still be accounts.
        self.undisturbed = True
        self.keep_request(self.batch.store, len(sizes))

    def keep_request(self, store: BatchStore, rows: int) -> None:
        asked = tuple(
            Row(
                row_number=n + 1,
                id=None,
                bands=("j",),
                position=SkyPosition(180.0, 20.0),
                name=None,
                size=None,
                best_only=False,
            )
            for n in range(rows)
        )
        request = Request(Mode.POSITIONS, ("j",), ImageType.ATLAS, True, "fits", "asky", rows=asked)
        save_record(store, BatchRecord(BATCH_ID, 0.0, 1e9, "https://sky.example", None, LIMIT), request)

    # The state machine ----------------------------------------------------------------------------------

    @rule()
    @precondition(lambda self: self.next == "dispatch")
    def dispatch(self) -> None:
        self.queue += [Queued(message) for message in self.batch.dispatch()]
        self.next = "tally"

    @rule()
    @precondition(lambda self: self.next == "dispatch")
    def dispatch_dies_after_sending(self) -> None:
        loop = self.batch.state
        self.queue += [Queued(message) for message in self.batch.dispatch()]
        self.batch.state = loop

    @rule()
    def the_next_version_packs_otherwise(self) -> None:
        self.batch.worker_seconds = 30.0 - self.batch.worker_seconds

    @rule(seconds=st.sampled_from([0, 1, 30, TIMEOUTS.visibility]))
    @precondition(lambda self: self.next == "tally")
    def tally(self, seconds: float) -> None:
        self.batch.now += seconds
        action = self.batch.tally()
        self.next = "tally" if action.step == "wait" else action.step
        self.undisturbed = self.undisturbed and not self.good_ones_given_up()

    def good_ones_given_up(self) -> bool:
        given_up = {failed.number for failed in read_given_up(self.batch.store)}
        return any(self.sources[self.plan.tasks[number].source] == GOOD for number in given_up)

    @rule()
    @precondition(lambda self: self.next == "tally")
    def tally_dies_before_its_marks_are_kept(self) -> None:
        loop, marks = self.batch.state, self.batch.store.read(keys.PROGRESS)
        self.batch.tally()
        self.batch.state = loop
        if marks is not None:
            self.batch.store.write(keys.PROGRESS, marks)
        elif self.batch.store.exists(keys.PROGRESS):
            obstore.delete(self.batch.store.objects, self.batch.store.path(keys.PROGRESS))

    @rule()
    @precondition(lambda self: not self.no_losses and len(self.queue) == 1)
    def somebody_cancels(self) -> None:
        self.batch.store.create_json(keys.CANCELLATION, {})
        self.undisturbed = False

    @rule(seconds=st.sampled_from([1, 30]))
    def time_passes(self, seconds: float) -> None:
        self.batch.now += seconds

    @rule()
    def stored_images_are_replaced(self) -> None:
        """By others of the same size: what one delivery makes of them differs from the next's."""
        self.version = (self.version + 1) % 256

    # The queue and its workers --------------------------------------------------------------------------

    @rule(
        place=st.integers(0, 50),
        again=st.booleans(),
        finished=st.sampled_from([None, None, 0, 1]),
        stale=st.booleans(),
    )
    @precondition(lambda self: self.queue)
    def a_worker_takes_a_message(self, place: int, again: bool, finished: int | None, stale: bool) -> None:
        """Any message, out of order; it may come again, or its worker has time for some images alone.

        A stale worker looked for the cancellation before it was there.
        """
        queued = self.queue[place % len(self.queue)]
        if not again:
            self.queue.remove(queued)
        self.work(queued, finished, stale, keep=again)

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: self.queue)
    def two_workers_have_a_message_at_once(self, place: int) -> None:
        """The slower one wrote nothing when the faster one looked."""
        queued = self.queue.pop(place % len(self.queue))
        for _ in range(2):
            self.work(Queued(queued.message), stale=True)

    @rule(place=st.integers(0, 50), cut=st.integers(1, 60))
    @precondition(lambda self: not self.no_losses and self.queue)
    def an_object_is_written_that_is_not_sound(self, place: int, cut: int) -> None:
        queued = self.queue.pop(place % len(self.queue))
        before = self.objects()
        self.work(queued, stale=True)
        for key in self.objects() - before:
            body = bytes(obstore.get(self.batch.store.objects, key).bytes())
            obstore.put(self.batch.store.objects, key, body[:-cut])
        self.undisturbed = False

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: not self.no_losses and self.queue)
    def a_failure_is_recorded_that_was_none(self, place: int) -> None:
        """By a worker that read garbage; another reads the image after all."""
        message = self.queue[place % len(self.queue)].message
        self.batch.fail(*self.batch.tasks_of(message), reason="read as garbage")
        self.undisturbed = False

    def objects(self) -> set[str]:
        prefix = self.batch.store.path(keys.BUNDLES)
        return {entry["path"] for page in obstore.list(self.batch.store.objects, prefix) for entry in page}

    def work(self, queued: Queued, most: int | None = None, stale: bool = False, keep: bool = False) -> None:
        """What a worker does; one that dies has its message delivered again, a few times."""
        queued.deliveries += 1
        check = Stale() if stale else CancellationCheck()
        make = made_files(self.sources, self.version, most, self.growth)
        worker = Worker(MemoryStore(), Requeue(self.queue), refuse_large, check, make=make)
        try:
            worker.process(queued.message, self.batch.store, queued.deliveries)
        except (Killed, ConnectionError):
            if keep:
                return
            if queued.deliveries < MOST_DELIVERIES:
                self.queue.append(queued)
            else:
                self.lose(queued.message)

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: self.queue)
    def a_message_is_lost(self, place: int) -> None:
        self.lose(self.queue.pop(place % len(self.queue)).message)

    def lose(self, message: Message) -> None:
        """Within bounds it comes again: what is lost more often than that, the queue brings back."""
        tasks = self.batch.tasks_of(message)
        self.losses.update(each.index for each in tasks)
        good = any(self.sources[each.source] == GOOD for each in tasks)
        if good and any(self.losses[each.index] > MOST_LOSSES for each in tasks):
            self.queue.append(Queued(message))

    # At all times ---------------------------------------------------------------------------------------

    @invariant()
    def no_more_than_the_window_is_sent_and_nothing_beyond_the_limit(self) -> None:
        if not hasattr(self, "plan"):
            return
        sent = {number for numbers in self.batch.numbers_of(self.batch.sent) for number in numbers}
        assert all(n < self.batch.state.stop for n in sent) or self.next == "dispatch"
        assert not any(self.plan.tasks[n].refusal for n in sent)

    def teardown(self) -> None:
        if hasattr(self, "plan"):
            self.run_to_the_end()
            Accounts(self.batch, self.sources, self.undisturbed, ARCHIVE.open).check()

    def run_to_the_end(self) -> None:
        """Run to the end without disturbances: workers do all messages, and the state machine goes on."""
        for _ in range(300):
            if self.next == "package":
                return
            if self.next == "dispatch":
                self.dispatch()
                continue
            waiting, self.queue[:] = list(self.queue), []
            for queued in waiting:
                self.work(queued)
            self.tally(1)
            if self.next == "tally" and not self.queue:
                self.tally(LAST_SILENCE * TIMEOUTS.visibility)
        raise AssertionError("the batch does not end")


TestBatchModel = BatchModel.TestCase
TestBatchModel.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
