"""A discrete-event model of the deployed system: how long batches take, and what they cost.

Workers, queue and the loop of Dispatch, Wait and Tally are modelled one message at a time; the waits and the
window are those of the code. `python -m tools.capacity_model` prints the scenarios of docs/operations.md.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from skybatch.batch.execution.cancellation import CANCELLATION_CHECK_SECONDS
from skybatch.batch.execution.reconcile import seconds_to_wait
from tools.aws_prices import Services, aws
from tools.costs import Counts, are_gathered, bill

UPLOADS_IN_FLIGHT = 16
SUBMIT_STEPS, END_STEPS = 2, 3
# The template's throttle of POST /batches; who is turned away tries again.
ADMITTED_AT_ONCE, ADMITTED_A_SECOND = 40, 10


@dataclass(frozen=True)
class Job:
    """A batch: messages, files made from each, sizes in bytes; ``copied`` files are copied within S3."""

    messages: int
    files: int
    source_bytes: int
    file_bytes: int
    copied: bool = False

    @property
    def images(self) -> int:
        """Files that it delivers."""
        return self.messages * self.files

    @property
    def bytes(self) -> int:
        """Bytes that it delivers."""
        return self.images * self.file_bytes

    @property
    def reads(self) -> int:
        """Objects that packaging reads: packs of small crops, else the files."""
        gathered = not self.copied and are_gathered(self.images, self.messages, self.bytes)
        return self.messages if gathered else self.images


@dataclass
class Batch:
    """A batch under way: what was sent, done and seen; when it was asked for, began and ended."""

    job: Job
    asked: float
    began: float
    sent: int = 0
    done: int = 0
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
            images=self.job.images,
            messages=self.job.messages,
            bytes=self.job.bytes,
            copied=self.job.copied,
            tallies=self.tallies,
            looks=self.looks,
            dispatches=self.dispatches,
            worker_seconds=self.busy,
            collector_seconds=self.packaging,
        )


@dataclass
class System:
    """Services with batches in them; times in seconds from the start."""

    services: Services
    window: int
    now: float = 0.0
    busy: int = 0
    warm: int = 0
    _events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=count)
    _queue: deque[Batch] = field(default_factory=deque)
    _busy_since: float | None = None

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
        fresh = min(self.window - (batch.sent - batch.done), batch.job.messages - batch.sent)
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
        pages = math.ceil((batch.sent - batch.done + 1) * job.files / 1000) + 1
        taken = pages * services.list_page + job.images * services.per_task
        unfinished = batch.sent - batch.done
        enough = self.window // 2 if batch.sent < job.messages else 0
        wait = seconds_to_wait(self.now - batch.began, batch.done, unfinished - enough)
        if batch.done >= job.messages:
            self._after(taken + services.transition, lambda: self._package(batch, then))
        elif batch.sent < job.messages and unfinished <= enough:
            self._after(taken + services.transition, lambda: self._dispatch(batch, then))
        elif wait < 1:
            self._after(taken + wait, lambda: self._look(batch, then))
        else:
            self._after(taken + services.transition + int(wait), lambda: self._tally(batch, then))

    def _package(self, batch: Batch, then: Callable[[], None]) -> None:
        job, services = batch.job, self.services
        reading = job.reads / services.archive_reads
        writing = job.bytes / services.archive_stream
        tables = job.images * 10 * services.per_task
        batch.packaging = max(reading, writing) + tables

        def end() -> None:
            batch.ended = self.now
            then()

        self._after(batch.packaging + END_STEPS * services.transition, end)

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
        taken = message_seconds(batch.job, self.services)
        batch.busy += taken
        if self.busy > self.warm:
            self.warm += 1
            taken += self.services.cold

        def finish() -> None:
            batch.done += 1
            self.busy -= 1
            self._feed()

        self._after(taken + self.services.invoke, finish)


def message_seconds(job: Job, services: Services) -> float:
    """Return a worker's seconds for one message: source, files, and the occasional cancellation check."""
    read = services.first_byte + job.source_bytes / services.stream
    if job.copied:  # once it was read and checked
        inflate = services.inflate * job.source_bytes / ATLAS_BYTES
        taken = job.files * (read + inflate + services.copy)
    else:
        uploads = math.ceil(job.files / UPLOADS_IN_FLIGHT) * services.put
        # The next file is cut, and previews are drawn, while those before are on their way.
        taken = read + services.inflate + max(job.files * services.cut, uploads)
    return taken + services.first_byte * min(1.0, taken / CANCELLATION_CHECK_SECONDS)


# Scenarios --------------------------------------------------------------------------------------------

ATLAS_BYTES, PLAIN_BYTES = 1_100_000, 2_102_400
CROP_BYTES, QUICKLOOK_BYTES = 23_040, 70_000
ALL_QUICKLOOKS, LIMIT = 4_121_439, 1_000_000_000
CROPS = Job(messages=1500, files=5, source_bytes=ATLAS_BYTES, file_bytes=CROP_BYTES)
WHOLE = Job(LIMIT // ATLAS_BYTES, 1, ATLAS_BYTES, ATLAS_BYTES, copied=True)
SMALL = Job(messages=6, files=2, source_bytes=ATLAS_BYTES, file_bytes=CROP_BYTES)
QUICKLOOKS = Job(LIMIT // QUICKLOOK_BYTES, 1, QUICKLOOK_BYTES, QUICKLOOK_BYTES, copied=True)


@dataclass(frozen=True)
class Scenario:
    """A question asked of the model."""

    name: str
    jobs: tuple[Job, ...]
    at_once: int | None = None


SCENARIOS = (
    Scenario("2500 positions, 7500 crops", (CROPS,)),
    Scenario("1 GB of whole images", (WHOLE,)),
    Scenario("1,000 users at once, 12 crops each", (SMALL,) * 1000),
    Scenario(
        "all 4.1 million Quicklooks, 5 batches at a time",
        (QUICKLOOKS,) * math.ceil(ALL_QUICKLOOKS * QUICKLOOK_BYTES / LIMIT),
        at_once=5,
    ),
)


def outcome(scenario: Scenario, services: Services, window: int = 500) -> dict[str, float]:
    """Seconds to the first, the median and the last batch's end, and dollars without and with delivery."""
    batches = System(services, window).run(scenario.jobs, scenario.at_once)
    ends = sorted(batch.seconds for batch in batches)
    counts = sum((batch.counts() for batch in batches), Counts())
    dollars = bill(counts)
    return {
        "batches": len(batches),
        "median": ends[len(ends) // 2],
        "slowest": ends[-1],
        "all": max(batch.ended or math.inf for batch in batches),
        "transitions": max(batch.counts().transitions for batch in batches),
        "dollars": sum(cost for name, cost in dollars.items() if name != "delivery"),
        "delivery": dollars["delivery"],
    }


def table(workers: Sequence[int] = (50, 500)) -> str:
    """Format the scenarios as a Markdown table."""
    lines = [
        "| scenario | workers | batches | median batch | slowest | all done | service | with delivery |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for scenario in SCENARIOS:
        for most in workers:
            told = outcome(scenario, aws(most))
            times = " | ".join(_time(told[name]) for name in ("median", "slowest", "all"))
            money = f"${told['dollars']:.3f} | ${told['dollars'] + told['delivery']:.2f}"
            lines.append(f"| {scenario.name} | {most} | {told['batches']:.0f} | {times} | {money} |")
    return "\n".join(lines)


def _time(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


if __name__ == "__main__":
    print(table())
