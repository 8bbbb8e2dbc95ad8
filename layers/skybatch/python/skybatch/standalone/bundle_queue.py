"""What is still to be done of a batch in a directory, and what becomes of what fails.

A bundle that was not finished is taken apart into its stored images, each of which is tried again by itself;
what fails then too is given up, with its reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import ATTEMPTS, BundleReader
from skybatch.batch.execution.dispatch import message_for
from skybatch.batch.execution.giving_up import give_up, read_given_up
from skybatch.batch.execution.packing import pack
from skybatch.batch.execution.stretches import Stretch, create_stretch, load_stretch
from skybatch.batch.execution.worker import first_line
from skybatch.batch.message import Message
from skybatch.batch.plan import Plan
from skybatch.standalone.batch_directory import BatchDirectory
from skybatch.standalone.worker_processes import WorkerDied

STRETCH_TASKS = 10_000
"""Tasks that are packed and written down at a time: the first bundles do not wait for all."""
WORKER_SECONDS = 30.0
"""As the service's workers have, so that a bundle is what it is there."""


def stretches_of(store: BatchDirectory, plan: Plan) -> Iterator[Stretch]:
    """Write the stretches of a plan one by one, or read those that were written."""
    for start in range(0, len(plan.tasks), STRETCH_TASKS):
        stop = min(start + STRETCH_TASKS, len(plan.tasks))
        written = load_stretch(store, start)
        yield written or create_stretch(store, start, stop, pack(plan.tasks[start:stop], WORKER_SECONDS))


@dataclass
class BundleQueue:
    """Gives messages of what is outstanding; ``done`` and ``failed`` count tasks."""

    store: BatchDirectory
    plan: Plan
    done: int = 0
    failed: int = 0
    _ready: deque[Message] = field(default_factory=deque)
    _stretches: dict[int, Stretch] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._coming = stretches_of(self.store, self.plan)
        self._given_up = {failed.number for failed in read_given_up(self.store)}
        self.failed = len(self._given_up) + sum(task.refusal is not None for task in self.plan.tasks)

    def next_message(self) -> Message | None:
        """Give the next message, None where there is none now."""
        while not self._ready and (stretch := next(self._coming, None)) is not None:
            self._stretches[stretch.start] = stretch
            self._ready.extend(self._outstanding(stretch))
        return self._ready.popleft() if self._ready else None

    def count(self, files: int, failures: int, sent_back: Sequence[Message]) -> None:
        """Account for a message that was done; ``sent_back`` are to be done by themselves."""
        self.done += files
        self.failed += failures
        self._ready.extend(sent_back)

    def retry(self, message: Message, error: Exception) -> None:
        """Take a message that failed apart, or try it again, or give it up."""
        numbers = self._numbers(message)
        if message.source is None and len(numbers) > 1:
            self._ready.extend(message.of_source(source, ATTEMPTS[0]) for source in range(len(numbers)))
            return
        source = message.source or 0
        if message.attempt < ATTEMPTS[-1]:
            self._ready.append(message.of_source(source, message.attempt + 1))
            return
        give_up(self.store, numbers[source], _reason(error))
        self.failed += len(numbers[source])

    def _numbers(self, message: Message) -> Sequence[tuple[int, ...]]:
        """Return the numbers of a message's bundle by stored image."""
        stretch = self._stretches[message.stretch]
        return next(bundle.numbers for bundle in stretch.bundles if bundle.at == message.at)

    def _outstanding(self, stretch: Stretch) -> Iterator[Message]:
        """Make messages of what no sound bundle accounts for; remove what is not sound."""
        accounted = self._accounted(stretch)
        for bundle in stretch.bundles:
            message = message_for(self.store.batch_id, stretch.start, bundle)
            lacking = [n for n, numbers in enumerate(bundle.numbers) if not accounted.issuperset(numbers)]
            if len(lacking) == len(bundle.numbers):
                yield message
            else:
                yield from (message.of_source(source, ATTEMPTS[0]) for source in lacking)

    def _accounted(self, stretch: Stretch) -> set[int]:
        reader = BundleReader(self.store, self.plan, [stretch])
        accounted = set(self._given_up)
        for account in reader.read(reader.listed()):
            if not account.places and not account.failures:
                self.store.delete(keys.bundle(account.name))
            accounted |= account.places.keys() | {failed.number for failed in account.failures}
            self.done += len(account.places)
            self.failed += len(account.failures)
        return accounted


def _reason(error: Exception) -> str:
    if isinstance(error, WorkerDied):
        return f"the process that reads it dies ({error})"
    return f"it could not be read or written ({first_line(error)})"
