"""The dead-letter queue: what lands there, what replaying it does, and how a user gets the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from local.stack import Stack
from tests.e2e.faults import Faults, Rule, kill_function, stack_behind
from tests.e2e.soak import Scenario, SoakRun, keep_figures, make_archive, positions

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

TABLE = positions(range(2))
# The first thing a worker asks.
WORKER_BEGINS = ("HEAD", "/cancel")
# Five deliveries of a message that its worker does not survive, 12 s apart.
SECONDS_TO_THE_DEAD_LETTER_QUEUE = 180


@pytest.fixture(scope="module")
def stack(
    faults: Faults, start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    archive = make_archive(tmp_path_factory.mktemp("made"), 2)
    with stack_behind(faults, start_stack, archive) as running:
        yield running


def test_dead_letters_replayed_after_the_end_change_nothing_and_what_failed_comes_by_resubmitting(
    stack: Stack, faults: Faults
) -> None:
    run = SoakRun(stack, faults.by_label)
    run.start({"broken": Scenario(TABLE, [Rule(WORKER_BEGINS, kill_function("worker"))])})
    ended = run.ended("broken")
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert ended.status["images"].items() >= {"retrieved": 0, "over_limit": 0, "failed": 4}.items()
    parked = wait_for_dead_letters(stack)
    faults.by_label.clear()  # the cause is mended

    assert replay(stack) == parked
    wait_until_empty(stack)
    assert run.service.status(ended.status["batch_id"]) == ended.status

    begun = time.monotonic()
    answer = run.service.post(f"/batches/{ended.status['batch_id']}/resubmit", what="failed")
    assert answer.status == 202, answer.body
    rest = run.ended_batch(answer.json()["batch_id"], "broken", begun)
    assert (rest.status["state"], rest.accounted, len(rest.images)) == ("complete", True, 4)
    keep_figures("dead letters", rest, parked=parked)


def wait_for_dead_letters(stack: Stack) -> int:
    """How many there are, once the queue itself is empty."""
    wait_until_empty(stack)
    count = waiting(stack, stack.outputs.dead_letter_queue_url)
    assert count >= 1
    return count


def wait_until_empty(stack: Stack) -> None:
    end = time.monotonic() + SECONDS_TO_THE_DEAD_LETTER_QUEUE
    while waiting(stack, stack.outputs.queue_url):
        assert time.monotonic() < end
        time.sleep(1)


def waiting(stack: Stack, url: str) -> int:
    """Messages in a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = stack.emulator.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(answer["Attributes"][name]) for name in names)


def replay(stack: Stack) -> int:
    """What StartMessageMoveTask does (the emulator does not know it): all back to where they came from."""
    sqs, moved = stack.emulator.client("sqs"), 0
    dead, queue = stack.outputs.dead_letter_queue_url, stack.outputs.queue_url
    while letters := sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", []):
        for letter in letters:
            sqs.send_message(QueueUrl=queue, MessageBody=letter["Body"], MessageGroupId="replay")
            sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
            moved += 1
    return moved
