"""A small batch for the life of a batch: a store in memory, a queue one can look into, a clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from obstore.store import MemoryStore

from skybatch.batch.execution.dispatch import dispatch
from skybatch.batch.execution.dispatch_state import DispatchState
from skybatch.batch.execution.reconcile import NextAction, Timeouts, tally
from skybatch.batch.execution.stretches import load_stretches, read_tasks
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.message import Message
from skybatch.batch.plan import Plan, Task, save_plan
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask
from skybatch.surveys.image_type import ImageType
from tests.support.batches.made_bundles import put_results

BATCH_ID = "0123456789abcdef" * 2
TIMEOUTS = Timeouts(visibility=60, deadline=7200)


def task(n: int, size: int = 100, source: str | None = None, **more: Any) -> Task:
    """A task of a made-up plan."""
    given: dict[str, Any] = {
        "row": n,
        "row_number": n + 1,
        "id": None,
        "file": f"{n + 1:04d}_990101n_j0010009.fits",
        "source": source or f"twomass/allsky/allsky/990101n/s001/image/ji{n:07d}.fits.gz",
        "dataset": "asky",
        "set_index": n,
        "band": "j",
        "image_type": ImageType.ATLAS,
        "delivery_format": "fits",
        "box": None,
    }
    return Task(index=n, bytes=size, **{**given, **more})


@dataclass
class Clock:
    """Goes on while one sleeps, and not else; ``meanwhile`` is what happens then."""

    now: float
    meanwhile: Callable[[float], None] = lambda seconds: None
    slept: list[float] = field(default_factory=list)

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        self.meanwhile(seconds)


@dataclass
class Sqs:
    """Takes messages as SQS does; ``refuse`` says which ids of the next calls fail."""

    calls: list[list[dict[str, Any]]] = field(default_factory=list)
    refuse: list[set[str]] = field(default_factory=list)

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        refused = self.refuse.pop(0) if self.refuse else set()
        self.calls.append([entry for entry in Entries if entry["Id"] not in refused])
        return {"Failed": [{"Id": entry["Id"]} for entry in Entries if entry["Id"] in refused]}


@dataclass
class FakeBatch:
    """One batch, driven by hand; without time for its workers, each stored image is a bundle of its own."""

    tasks: list[Task]
    limit: int = 10**9
    window: int = 500
    worker_seconds: float = 0.0
    now: float = 1000.0
    store: BatchStore = field(default_factory=lambda: BatchStore(MemoryStore(), BATCH_ID))
    sqs: Sqs = field(default_factory=Sqs)
    sent: list[Message] = field(default_factory=list)
    state: DispatchState = field(default_factory=DispatchState)
    version: str = "v1"

    def __post_init__(self) -> None:
        self.plan = Plan(tuple(self.tasks), {"asky": self.version}, {}, self.limit)
        save_plan(self.store, self.plan)

    def dispatch(self) -> list[Message]:
        """Dispatch once; the messages that went out."""
        queue = _Recording(lambda: self.sqs, "queue")
        self.state = dispatch(
            self.store, self.plan, queue, self.state, self.window, self.worker_seconds, self.now
        )
        self.sent += queue.messages
        return queue.messages

    def tally(self) -> NextAction:
        """Tally once."""
        stretches = load_stretches(self.store)
        action = tally(self.store, self.plan, stretches, self.state, TIMEOUTS, self.window, self.now)
        self.state = action.state
        return action

    def tasks_of(self, message: Message) -> tuple[Task, ...]:
        """The tasks that a message is for."""
        sources = read_tasks(self.store, message.stretch, message.at, message.length).sources
        chosen = sources if message.source is None else (sources[message.source],)
        return tuple(task for tasks in chosen for task in tasks)

    def numbers_of(self, messages: Iterable[Message]) -> list[list[int]]:
        """The numbers of the tasks of each message."""
        return [[task.index for task in self.tasks_of(message)] for message in messages]

    def deliver(self, *tasks: Task, size: int | None = None) -> None:
        """What a worker does: the images are there."""
        put_results(self.store, {each: bytes(each.bytes if size is None else size) for each in tasks})

    def fail(self, *tasks: Task, reason: str = "the stored file is damaged") -> None:
        """What a worker does with a bad source."""
        put_results(self.store, {}, [FailedTask(each.index, "source_damaged", reason) for each in tasks])


class _Recording(TaskQueue):
    def __init__(self, sqs: Callable[[], Any], url: str) -> None:
        super().__init__(sqs, url)
        self.messages: list[Message] = []

    def send(self, wanted: Any) -> int:
        listed = list(wanted)
        self.messages += listed
        return super().send(listed)
