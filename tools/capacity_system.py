"""The deployed system of the capacity model: batches, the state machine's loop, the queue and its workers.

A discrete-event simulation, one message at a time; the waits and the window are those of the code.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from skybatch.batch.execution.reconcile import seconds_to_wait
from tools.aws_prices import Services
from tools.capacity_job import Job, archive_seconds, bundle_seconds
from tools.costs import Counts

SUBMIT_STEPS, END_STEPS = 2, 3
# The template's throttle of POST /batches; who is turned away tries again.
ADMITTED_AT_ONCE, ADMITTED_A_SECOND = 40, 10
WINDOW = 200
"""Bundles of one batch that are outstanding at a time: the template's DispatchWindow."""
INDEX_READS_IN_FLIGHT = 32


@dataclass
class Batch:
    """A batch under way: bundles sent, done and seen; when it was asked for, began and ended."""

    job: Job
    asked: float
    began: float
    sent: int = 0
    done: int = 0
    begun: int = 0
    seen: int = 0
    waiting: int = 0
    tallies: int = 0
    looks: int = 0
    dispatches: int = 0
    busy: float = 0.0
    packaging: float = 0.0
    ended: float | None = None

    @property
    def seconds(self) -> float:
        """From request to result."""
        return (self.ended or math.inf) - self.asked

    def counts(self) -> Counts:
        """Return the requests and resources it used."""
        return Counts.of(
            self.job.loads,
            bytes=self.job.bytes,
            tallies=self.tallies,
            looks=self.looks,
            dispatches=self.dispatches,
            worker_seconds=self.busy,
            collector_seconds=self.packaging,
            seconds=self.seconds,
        )


@dataclass
class RequestLimit:
    """Requests of one kind that a bucket takes a second, whoever asks: later ones wait their turn."""

    a_second: float
    free: float = 0.0

    def wait(self, now: float, requests: int) -> float:
        """Return the seconds until the last of these requests is taken."""
        self.free = max(self.free, now) + requests / self.a_second
        return self.free - now


@dataclass
class System:
    """Services with batches in them; times in seconds from the start."""

    services: Services
    window: int = WINDOW
    now: float = 0.0
    busy: int = 0
    warm: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _queue: deque[Batch] = field(default_factory=deque)
    _busy_since: float | None = None

    def __post_init__(self) -> None:
        self.gets = RequestLimit(self.services.gets_a_second)
        self.puts = RequestLimit(self.services.puts_a_second)

    def run(self, jobs: Sequence[Job], at_once: int | None = None) -> list[Batch]:
        """Run all jobs, ``at_once`` of them at a time (default: all asked for at the same moment)."""
        waiting = deque(jobs)
        batches: list[Batch] = []

        def begin(asked: float) -> None:
            batch = Batch(waiting.popleft(), asked, self.now)
            batches.append(batch)
            plan = SUBMIT_STEPS * self.services.transition + batch.job.images * self.services.per_task
            self._after(plan, lambda: self._dispatch(batch, follow))

        def follow() -> None:
            if at_once and waiting:
                begin(self.now)

        for n in range(min(at_once or len(jobs), len(jobs))):
            held = max(0.0, (n - ADMITTED_AT_ONCE + 1) / ADMITTED_A_SECOND)
            self._after(held, lambda: begin(0.0))
        while self._events:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
        return batches

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._order), happen))

    # The loop of the state machine --------------------------------------------------------------------

    def _dispatch(self, batch: Batch, then: Callable[[], None]) -> None:
        batch.dispatches += 1
        fresh = min(self.window - (batch.sent - batch.done), len(batch.job.loads) - batch.sent)
        batch.sent += fresh
        if fresh and not batch.waiting:
            self._queue.append(batch)
        batch.waiting += fresh
        self._busy_since = self._busy_since if self._busy_since is not None else self.now
        self._feed()
        self._after(self.services.transition, lambda: self._tally(batch, then))

    def _tally(self, batch: Batch, then: Callable[[], None]) -> None:
        batch.tallies += 1
        self._look(batch, then)

    def _look(self, batch: Batch, then: Callable[[], None]) -> None:
        batch.looks += 1
        job, services = batch.job, self.services
        fresh, batch.seen = batch.done - batch.seen, batch.done
        reads = math.ceil(fresh / INDEX_READS_IN_FLIGHT) * services.first_byte
        pages = math.ceil((batch.done + 1) / 1000)
        taken = pages * services.list_page + reads + services.put + job.images * services.per_task
        bundles, unfinished = len(job.loads), batch.sent - batch.done
        enough = self.window // 2 if batch.sent < bundles else 0
        wait = seconds_to_wait(self.now - batch.began, batch.done, unfinished - enough)
        if batch.done >= bundles:
            self._after(taken + services.transition, lambda: self._package(batch, then))
        elif batch.sent < bundles and unfinished <= enough:
            self._after(taken + services.transition, lambda: self._dispatch(batch, then))
        elif wait < 1:
            self._after(taken + wait, lambda: self._look(batch, then))
        else:
            self._after(taken + services.transition + int(wait), lambda: self._tally(batch, then))

    def _package(self, batch: Batch, then: Callable[[], None]) -> None:
        """Join the archive; tables are made while its parts are copied."""
        tables = batch.job.images * 10 * self.services.per_task
        parts = batch.job.parts
        held = self.puts.wait(self.now, parts.count)
        batch.packaging = max(archive_seconds(parts, self.services), held, tables) + self.services.put

        def end() -> None:
            batch.ended = self.now
            then()

        self._after(batch.packaging + END_STEPS * self.services.transition, end)

    # The workers --------------------------------------------------------------------------------------

    def _allowed(self) -> int:
        """Workers that may run now: the event source adds some a minute while there is work."""
        since = self.now - (self._busy_since if self._busy_since is not None else self.now)
        grown = self.services.starting + int(since / 60 * self.services.growth)
        return min(self.services.workers, grown)

    def _feed(self) -> None:
        """Give waiting messages to free workers, a batch at a time in turn (SQS fair queues)."""
        while self._queue and self.busy < self._allowed():
            batch = self._queue.popleft()
            batch.waiting -= 1
            if batch.waiting:
                self._queue.append(batch)
            self.busy += 1
            self._work(batch)

    def _work(self, batch: Batch) -> None:
        load = batch.job.loads[batch.begun]
        batch.begun += 1
        taken = bundle_seconds(load, self.services, self.gets.wait(self.now, load.reads))
        taken = max(taken, self.puts.wait(self.now + taken, 1))
        batch.busy += taken
        if self.busy > self.warm:
            self.warm += 1
            taken += self.services.cold

        def finish() -> None:
            batch.done += 1
            self.busy -= 1
            self._feed()

        self._after(taken + self.services.invoke, finish)
