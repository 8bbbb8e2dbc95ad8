"""What people do at the wrong moment: cancel in every state, send the same twice, start too much."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from local.stack import Stack
from tests.e2e.faults import Faults, Rule, meanwhile, stack_behind
from tests.e2e.service import Answer
from tests.e2e.soak import Scenario, SoakRun, address, keep_figures, mails, make_archive, positions

pytestmark = pytest.mark.e2e

TABLE = positions(range(4))
NAMED = "name,size\n180 20,30\nm83,30\n"
# The state a batch is in, and the request of it in whose middle somebody cancels; whether any image may
# still come then.
MOMENTS = {
    "resolving": (NAMED, ("PUT", "/names.json"), False),
    "planning": (TABLE, ("PUT", "/plan.jsonl"), False),
    "dispatching": (TABLE, ("SendMessageBatch",), False),
    "working": (TABLE, ("PUT", "/bundles/"), True),
    "tallying": (TABLE, ("PUT", "/journal/"), True),
    "packaging": (TABLE, ("PUT", "/outcomes.jsonl"), True),
    "ending": (TABLE, ("PUT", "/status.json"), True),
    "mailing": (TABLE, ("/v2/email/outbound-emails",), True),
}
MOST_ACTIVE = 5


@pytest.fixture(scope="module")
def stack(
    faults: Faults, start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    archive = make_archive(tmp_path_factory.mktemp("made"), 4)
    with stack_behind(faults, start_stack, archive) as running:
        yield running


@pytest.fixture(scope="module")
def cancelled(stack: Stack, faults: Faults) -> dict[str, Answer]:
    """The service's answers to who cancels, by moment."""
    return {}


@pytest.fixture(scope="module")
def run(stack: Stack, faults: Faults, cancelled: dict[str, Answer]) -> Iterator[SoakRun]:
    run = SoakRun(stack, faults.by_label)

    locks = {name: threading.Lock() for name in MOMENTS}

    def cancel(name: str) -> None:
        """Cancel once; a request that its caller tries again, tired of waiting, waits as well."""
        with locks[name]:
            if name not in cancelled:
                batch_id = next(found for found, label in faults.labels.items() if label == name).decode()
                cancelled[name] = run.service.post(f"/batches/{batch_id}/cancel")

    scenarios = {
        name: Scenario(table, [Rule(words, meanwhile(partial(cancel, name)))])
        for name, (table, words, _) in MOMENTS.items()
    }
    run.start(scenarios | {"undisturbed": Scenario(TABLE)})
    yield run
    run.wait()


@pytest.mark.parametrize("name", MOMENTS)
def test_a_batch_cancelled_at_any_moment_ends_with_what_it_had(
    run: SoakRun, cancelled: dict[str, Answer], name: str
) -> None:
    undisturbed, ended = run.ended("undisturbed"), run.ended(name)
    accepted, some = name != "mailing", MOMENTS[name][2]
    assert cancelled[name].status == (202 if accepted else 409)
    assert (ended.accounted, ended.mails) == (True, 1)
    assert ended.images.items() <= undisturbed.images.items()
    assert some or not ended.images
    kept_back = ended.status["rows"]["cancelled"]
    assert ended.status["state"] == ("cancelled" if kept_back else "complete")
    assert kept_back + len(ended.images) == ended.status["rows"]["total"]
    keep_figures(f"cancelled while {name}", ended)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("resolving", "cancelled"),
        ("planning", "cancelled"),
        ("dispatching", "cancelled"),
        ("ending", "complete"),
        ("mailing", "complete"),
    ],
)
def test_cancellation_counts_until_outcomes_are_final(run: SoakRun, name: str, state: str) -> None:
    assert run.ended(name).status["state"] == state


def test_the_same_call_many_times_at_once_is_one_batch(run: SoakRun) -> None:
    name, begun = "same call", time.monotonic()
    body = b'{"mode":"region","center":"180 20","diameter":0.1,"label":"same call","email":"%s"}'
    headers = {"Content-Type": "application/json", "Idempotency-Key": "one key"}
    ask = partial(run.service.call, "/batches", body % address(name).encode(), headers)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: ask(), range(6)))
    assert {answer.status for answer in answers} == {202}
    (batch_id,) = {answer.json()["batch_id"] for answer in answers}
    ended = run.ended_batch(batch_id, name, begun)
    assert (ended.status["state"], ended.accounted, ended.mails) == ("complete", True, 1)
    assert ask().json()["batch_id"] == batch_id
    time.sleep(1)
    assert mails(run.stack, name) == 1
    keep_figures(name, ended)


def test_an_address_with_five_batches_running_is_asked_to_wait(run: SoakRun, faults: Faults) -> None:
    going_on = threading.Event()
    faults.by_label["held"] = [Rule(("PUT", "/plan.jsonl"), meanwhile(partial(going_on.wait, 60)))]
    post = partial(run.service.post, "/batches", mode="region", center="180 20", diameter=0.1, label="held")
    try:
        started = [post(email=address("eager")) for _ in range(MOST_ACTIVE)]
        refused = post(email="Eager+again@example.org")
        other = post(email=address("patient"))
    finally:
        going_on.set()
    assert {answer.status for answer in [*started, other]} == {202}
    assert (refused.status, refused.json()["code"]) == (429, "too_many")
    assert int(refused.headers["retry-after"]) > 0
    for answer in started:
        run.ended_batch(answer.json()["batch_id"], "eager", 0)
    assert mails(run.stack, "eager") == MOST_ACTIVE
    assert post(email=address("eager")).status == 202
