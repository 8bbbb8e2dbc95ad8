"""Queue and workers of the reference model: messages that come again, workers that die, files made up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from obstore.store import ObjectStore

from skybatch.batch.execution.cancellation import CancellationCheck
from skybatch.batch.execution.image_files import MadeFile, MakeFiles
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.message import Message
from skybatch.batch.plan import Task
from skybatch.batch.store import BatchStore
from skybatch.bundles.bundle_format import FailedTask
from tests.support.batches.reference_batch import DAMAGED, DEADLY


class Killed(BaseException):
    """The end of a worker's process."""


@dataclass
class Queued:
    """A message on the queue, and how often it was delivered."""

    message: Message
    deliveries: int = 0


class Requeue(TaskQueue):
    """Where workers send images back: the model's own queue."""

    def __init__(self, queue: list[Queued]) -> None:
        self.queue = queue

    def send(self, messages: Iterable[Message]) -> int:
        sent = [Queued(message) for message in messages]
        self.queue += sent
        return len(sent)


class Stale(CancellationCheck):
    """Looked for the cancellation before it was there."""

    def is_cancelled(self, store: BatchStore) -> bool:
        return False


def refuse_large(key: str, pieces: Sequence[bytes]) -> bool:
    raise AssertionError(f"{key} is not large")


def made_files(conditions: Mapping[str, str], version: int, most: int | None, growth: int = 0) -> MakeFiles:
    """Files by the condition of the stored image; after ``most`` of them the store does not answer.

    All their bytes are ``version``, so that files made of another version of a stored image are others;
    ``growth`` is how many bytes they have more than planned.
    """
    left = [most]

    def make(
        archive: ObjectStore, tasks: Sequence[Task], *, previews: bool = True
    ) -> list[MadeFile | FailedTask]:
        condition = conditions[tasks[0].source]
        if condition == DEADLY:
            raise Killed
        if left[0] == 0:
            raise ConnectionError("503 SlowDown")
        if left[0] is not None:
            left[0] -= 1
        if condition == DAMAGED:
            return [FailedTask(task.index, "source_damaged", "truncated") for task in tasks]
        return [MadeFile(task, bytes([version]) * (task.bytes + growth), b"png") for task in tasks]

    return make
