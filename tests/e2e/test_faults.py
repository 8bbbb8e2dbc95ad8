"""What goes wrong on the way loses nothing, doubles nothing, and is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import obstore
import pytest

from local.archive import store_of
from local.mailbox import emails
from local.stack import Stack
from tests.e2e.faults import Faults, faulty_proxy, kill_caller, processes_of, twice
from tests.e2e.service import Service
from tests.unit.batch.archive import MadeArchive

pytestmark = pytest.mark.e2e

CORRUPT, MISSING, DEADLY = 1, 2, 3
IMAGES = 30
ADDRESS = "astronomer@example.org"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty image sets side by side on disk; one corrupt, one missing, one that kills its worker."""
    made = MadeArchive(centres=[(180.0 + n, 20.0) for n in range(IMAGES)])
    obstore.put(made.objects, made.key(CORRUPT, "j"), b"\x1f\x8bno gzip behind this magic")
    obstore.delete(made.objects, made.key(MISSING, "j"))
    folder = tmp_path_factory.mktemp("made")
    for page in obstore.list(made.objects):
        for entry in page:
            path = folder / entry["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(obstore.get(made.objects, entry["path"]).bytes())
    return folder


@pytest.fixture(scope="module")
def faults() -> Faults:
    return Faults()


@pytest.fixture(scope="module")
def stack(archive: Path, faults: Faults, start_stack: Callable[..., Stack]) -> Iterator[Stack]:
    """A stack whose functions reach the services through the proxy."""
    with faulty_proxy(faults) as proxy:
        running = start_stack(archive=archive, emulator={"AWS_ENDPOINT_URL": proxy.url})
        proxy.target = running.emulator.url
        yield running


@pytest.fixture(scope="module")
def service(stack: Stack) -> Service:
    return Service(stack.url)


@pytest.fixture(autouse=True)
def _no_faults_left(faults: Faults) -> Iterator[None]:
    yield
    faults.by_word.clear()
    faults.seen.clear()


def table(copies: int = 3) -> str:
    rows = [f"{180.0 + n % IMAGES!r},20.0,{30 + n}" for n in range(copies * IMAGES)]
    return "\n".join(["ra,dec,size", *rows]) + "\n"


def run(service: Service, **fields: Any) -> dict[str, Any]:
    return service.run(mode="positions", bands="J", table=table(), email=ADDRESS, **fields)


def stored(stack: Stack, status: dict[str, Any]) -> int:
    bucket = store_of(stack.emulator, stack.outputs.results_bucket)
    prefix = f"batches/{status['batch_id']}/images/"
    return sum(len(page) for page in obstore.list(bucket, prefix))


def mails(stack: Stack, address: str) -> int:
    return sum(address in email.to for email in emails(stack.emulator.url))


def assert_only_the_bad_failed(stack: Stack, status: dict[str, Any], bad: int) -> None:
    assert status["state"] == "complete"
    assert status["images"] == {
        "retrieved": 3 * (IMAGES - bad),
        "over_limit": 0,
        "failed": 3 * bad,
    }
    assert stored(stack, status) == status["images"]["retrieved"]


def test_every_message_delivered_twice_makes_each_image_once(
    stack: Stack, service: Service, faults: Faults
) -> None:
    faults.by_word["SendMessageBatch"] = twice
    status = run(service)
    assert faults.seen["SendMessageBatch"] > 0
    assert_only_the_bad_failed(stack, status, bad=2)


def test_workers_killed_in_mid_batch_lose_nothing(stack: Stack, service: Service) -> None:
    batch_id = service.submit(mode="positions", bands="J", table=table(10), email="killed@example.org")
    killed = set()
    while service.status(batch_id)["state"] not in ("packaging", "complete"):
        workers = processes_of("skybatch-worker", stack.emulator.pid)
        for pid in workers if len(killed) < 3 else []:
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
    status = service.wait(batch_id)
    assert killed
    assert status["images"] == {"retrieved": 10 * (IMAGES - 2), "over_limit": 0, "failed": 20}
    assert mails(stack, "killed@example.org") == 1


def test_corrupt_missing_and_deadly_sources_fail_alone_with_reasons_and_one_email(
    stack: Stack, service: Service, faults: Faults
) -> None:
    deadly = f"s{DEADLY + 1:03d}/image/j"
    faults.by_word[deadly] = kill_caller
    before = mails(stack, ADDRESS)
    status = run(service)
    assert faults.seen[deadly] >= 3
    assert_only_the_bad_failed(stack, status, bad=3)
    reasons = {entry["reason"]: entry["rows"] for entry in status["reasons"]}
    assert sorted(reasons.values()) == [3, 3, 3]
    for words in ("gzip", "does not hold", "no worker could finish it in 3 attempts"):
        assert any(words in reason for reason in reasons), reasons
    assert mails(stack, ADDRESS) == before + 1
