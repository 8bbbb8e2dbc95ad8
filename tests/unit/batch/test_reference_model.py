"""Batches held against the reference model: whatever happens, in whatever order, outcomes are the same."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import obstore
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.execution import crop_packs
from skybatch.batch.execution.reconcile import MAX_SENDS
from skybatch.batch.journal import read_journal
from skybatch.batch.message import Message
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.record import BatchRecord, save_record
from skybatch.batch.results.packager import package
from skybatch.batch.store import BatchStore
from skybatch.presentation.readme import readme_text
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from tests.support.batches.batch_fakes import BATCH_ID, TIMEOUTS, FakeBatch
from tests.support.batches.reference_batch import (
    DAMAGED,
    DEADLY,
    GOOD,
    LIMIT,
    SETS,
    expected,
    final_outcomes,
    members,
    plan_tasks,
)
from tests.support.survey.sample_archive import MadeArchive

WINDOW = 4
ARCHIVE = MadeArchive(centres=[(180.0 + n, 20.0) for n in range(SETS)])
# A lost message is sent again twice; with one loss a task there is one send left for a dead worker.
MOST_LOSSES = MAX_SENDS - 2


class BatchModel(RuleBasedStateMachine):
    """Dispatch, workers, queue and tally in any order, with every fault between them."""

    @initialize(
        sizes=st.lists(st.sampled_from([90, 110, 250, 400, 5000]), min_size=1, max_size=9),
        conditions=st.lists(st.sampled_from([GOOD, GOOD, GOOD, DAMAGED, DEADLY]), min_size=5, max_size=5),
        no_losses=st.booleans(),
    )
    def begin(self, sizes: list[int], conditions: list[str], no_losses: bool) -> None:
        self.no_losses = no_losses
        version = ARCHIVE.open("asky", None).version
        self.batch = FakeBatch(plan_tasks(sizes), limit=LIMIT, window=WINDOW, version=version)
        self.plan = self.batch.plan
        self.sources = {f"source{n}": condition for n, condition in enumerate(conditions)}
        self.queue: list[Message] = []
        self.next = "dispatch"
        self.losses: Counter[int] = Counter()
        self.before: tuple[Any, bytes | None] | None = None
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
        self.before = (self.batch.state, None)
        self.queue += self.batch.dispatch()
        self.next = "tally"

    @rule()
    @precondition(lambda self: self.next == "dispatch")
    def dispatch_dies_after_sending(self) -> None:
        loop = self.batch.state
        self.queue += self.batch.dispatch()
        self.batch.state = loop

    @rule(seconds=st.sampled_from([0, 1, 30, TIMEOUTS.visibility]))
    @precondition(lambda self: self.next == "tally")
    def tally(self, seconds: float) -> None:
        self.batch.now += seconds
        action = self.batch.tally()
        self.next = "tally" if action.step == "wait" else action.step
        self.undisturbed = self.undisturbed and not self.good_ones_given_up()

    def good_ones_given_up(self) -> bool:
        given_up = {stored.name.removesuffix(".json") for stored in self.batch.store.list(keys.FAILURES)}
        good = {each.file for each in self.plan.tasks if self.sources[each.source] == GOOD}
        return bool(given_up & good)

    @rule()
    @precondition(lambda self: self.next == "tally")
    def tally_dies_before_its_marks_are_kept(self) -> None:
        loop, marks = self.batch.state, self.batch.store.read(keys.TASK_STATES)
        self.batch.tally()
        self.batch.state = loop
        if marks is not None:
            self.batch.store.write(keys.TASK_STATES, marks)
        elif self.batch.store.exists(keys.TASK_STATES):
            obstore.delete(self.batch.store.objects, self.batch.store.path(keys.TASK_STATES))

    @rule()
    @precondition(lambda self: not self.no_losses and len(self.queue) == 1)
    def somebody_cancels(self) -> None:
        self.batch.store.create_json(keys.CANCELLATION, {})
        self.undisturbed = False

    @rule(seconds=st.sampled_from([1, 30]))
    def time_passes(self, seconds: float) -> None:
        self.batch.now += seconds

    # The queue and its workers --------------------------------------------------------------------------

    @rule(
        place=st.integers(0, 50),
        again=st.booleans(),
        finished=st.sampled_from([None, None, 0, 1]),
        stale=st.booleans(),
        pack=st.sampled_from([None, 0, 1]),
    )
    @precondition(lambda self: self.queue)
    def a_worker_takes_a_message(
        self, place: int, again: bool, finished: int | None, stale: bool, pack: int | None
    ) -> None:
        """Any message, out of order; it may come again, and its worker may die after some images.

        A stale worker looked for the cancellation before it was there. A pack holds the images too, or
        something longer of their names, which nobody may take for them.
        """
        message = self.queue[place % len(self.queue)]
        if not again:
            self.queue.remove(message)
        if pack is not None:
            parts = {each.file: bytes(each.bytes + pack) for each in message.tasks}
            asyncio.run(crop_packs.write_pack(self.batch.store, f"night/{message.tasks[0].index}", parts))
        if not self.work(message, finished, stale) and not again:
            self.lose(message)

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: not self.no_losses and self.queue)
    def a_failure_is_recorded_that_was_none(self, place: int) -> None:
        """By a worker that read garbage; another reads the image after all."""
        message = self.queue[place % len(self.queue)]
        self.batch.fail(*message.tasks, reason="read as garbage")
        self.undisturbed = False

    def work(self, message: Message, most: int | None = None, stale: bool = False) -> bool:
        """What a worker does; False where it died before all was done."""
        if self.batch.store.exists(keys.CANCELLATION) and not stale:
            return True
        condition = self.sources[message.source]
        if condition == DAMAGED:
            self.batch.fail(*message.tasks)
        if condition == GOOD:
            self.batch.deliver(*message.tasks[:most])
        return condition == DAMAGED or (condition == GOOD and (most is None or most >= len(message.tasks)))

    @rule(place=st.integers(0, 50))
    @precondition(lambda self: self.queue)
    def a_message_is_lost(self, place: int) -> None:
        self.lose(self.queue.pop(place % len(self.queue)))

    def lose(self, message: Message) -> None:
        """Within bounds it comes again: what is lost more often than that, the queue brings back."""
        self.losses.update(each.index for each in message.tasks)
        good = self.sources[message.source] == GOOD
        if good and any(self.losses[each.index] > MOST_LOSSES for each in message.tasks):
            self.queue.append(message)

    # At all times ---------------------------------------------------------------------------------------

    @invariant()
    def no_more_than_the_window_is_sent_and_nothing_beyond_the_limit(self) -> None:
        if not hasattr(self, "plan"):
            return
        sent = {each.index for message in self.batch.sent for each in message.tasks}
        assert all(n < self.batch.state.stop for n in sent) or self.next == "dispatch"
        assert not any(self.plan.tasks[n].refusal for n in sent)

    def teardown(self) -> None:
        if hasattr(self, "plan"):
            self.run_to_the_end()
            self.check_the_accounts()

    def run_to_the_end(self) -> None:
        """Run to the end without disturbances: workers do all messages, and the state machine goes on."""
        for _ in range(200):
            if self.next == "package":
                return
            if self.next == "dispatch":
                self.dispatch()
                continue
            for message in self.queue:
                self.work(message)
            self.queue.clear()
            self.tally(1)
            if self.next == "tally":
                self.tally(TIMEOUTS.visibility)
        raise AssertionError("the batch does not end")

    def check_the_accounts(self) -> None:
        store = self.batch.store
        there = {stored.name for stored in store.list(keys.IMAGES)}
        status = package(store, self.plan, ARCHIVE.open, readme_text, self.batch.now)
        tar = store.read(keys.result("images.tar"))
        self.work_what_comes_late()
        assert package(store, self.plan, ARCHIVE.open, readme_text, self.batch.now + 5) == status
        assert store.read(keys.result("images.tar")) == tar
        outcomes = final_outcomes(store)
        retrieved = [each.file for each, o in zip(self.plan.tasks, outcomes, strict=True) if o.bytes]
        assert sorted(members(tar)) == sorted(retrieved)
        self.check_the_journal(retrieved, outcomes)
        assert len(outcomes) == len(self.plan.tasks) == sum(self.by_status(outcomes).values())
        assert sum(o.bytes for o in outcomes) <= LIMIT
        rows = status.rows.to_json()
        assert rows.pop("total") == sum(rows.values()) == len(outcomes)
        for each, outcome in zip(self.plan.tasks, outcomes, strict=True):
            beaten = outcome.status in (ImageStatus.FAILED, ImageStatus.CANCELLED)
            assert not (beaten and each.file in there), "a success beats whatever else was said"
        if self.undisturbed:
            assert status.state == "complete"
            assert [o.status for o in outcomes] == expected(self.plan, self.sources)
        else:
            assert (status.state == "cancelled") == (ImageStatus.CANCELLED in self.by_status(outcomes))

    def check_the_journal(self, retrieved: list[str], outcomes: list[ImageOutcome]) -> None:
        """Each image once. What came when it was given up may push later ones over the limit again."""
        journal = self.journal()
        assert len(journal) == len(set(journal))
        over = {self.plan.tasks[o.index].file for o in outcomes if o.status is ImageStatus.OVER_LIMIT}
        assert set(retrieved) <= set(journal) <= set(retrieved) | (set() if self.undisturbed else over)

    def work_what_comes_late(self) -> None:
        """Images and failures of tasks that were given up, cancelled or beyond the limit."""
        for each in self.plan.tasks:
            if not self.batch.store.exists(keys.image(each.file)):
                self.batch.deliver(each)
            self.batch.fail(each, reason="late")

    def by_status(self, outcomes: list[ImageOutcome]) -> Counter[ImageStatus]:
        return Counter(o.status for o in outcomes)

    def journal(self) -> list[str]:
        files: list[str] = []
        after = None
        while True:
            page = read_journal(self.batch.store, after, ended=True)
            files += [image["file"] for image in page.images]
            after = page.next_cursor
            if after is None:
                return files


TestBatchModel = BatchModel.TestCase
TestBatchModel.settings = settings(
    max_examples=40,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
