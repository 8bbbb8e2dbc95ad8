"""The calculator and the model held to the running stack: requests counted on their way, seconds measured."""

from __future__ import annotations

import json
import os
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import obstore
import pytest

from local.archive_bucket import emulator_bucket
from local.gateway import ForwardingHandler
from local.mailbox import wait_for_email
from local.stack import WORKERS, Stack
from skybatch.fits.pixel_box import PixelBox
from skybatch.fits.provenance import Origin
from skybatch.imaging.cutout import cut
from skybatch.imaging.preview import grey_preview
from tests.e2e.faults import Faults, stack_behind
from tests.e2e.service import Service
from tools.aws_prices import Services, aws
from tools.capacity_job import Job
from tools.capacity_system import System
from tools.costs import INVENTORY_GETS, STATUS_GETS, STATUS_REQUESTS, Counts

pytestmark = pytest.mark.e2e
POSITIONS = "ra,dec,size\n" + "65.497627,19.535070,50\n314.30417,77.595559,20\n" * 60


NOTHING_WANTED = {
    "Records": [
        {
            "messageId": "0",
            "eventSource": "aws:sqs",
            "attributes": {"ApproximateReceiveCount": "1"},
            "body": json.dumps({"batch_id": "0" * 32, "source": "none", "again": False, "tasks": []}),
        }
    ]
}


READ: Counter[str] = Counter()
"""Reads of objects that steps read once each time they run, by name."""


def passed(_: ForwardingHandler) -> bool:
    """Count it and let it go on."""
    return False


def read_counted(request: ForwardingHandler) -> bool:
    """Count reads alone."""
    READ[request.path.partition("?")[0].rpartition("/")[2]] += request.command == "GET"
    return False


def looked(_: ForwardingHandler) -> bool:
    """Count listings of bundles."""
    READ["bundles"] += 1
    return False


@pytest.fixture(scope="module")
def faults() -> Faults:
    words = ("GET /", "HEAD /", "PUT /", "list-type=2", "POST /skybatch-results", "SendMessageBatch")
    once = {"/plan.jsonl": read_counted, "%2Fbundles%2F": looked}
    return Faults(by_word=dict.fromkeys(words, passed) | once)


@pytest.fixture(scope="module")
def stack(faults: Faults, start_stack: Callable[..., Stack]) -> Iterator[Stack]:
    with stack_behind(faults, start_stack) as running:
        yield running


def plan_of(stack: Stack, batch_id: str) -> list[dict[str, Any]]:
    s3 = stack.emulator.client("s3")
    key = f"batches/{batch_id}/plan.jsonl"
    body = s3.get_object(Bucket=stack.outputs.results_bucket, Key=key)["Body"].read()
    return [json.loads(line) for line in body.splitlines()[1:]]


def run_unwatched(stack: Stack, address: str, **fields: Any) -> tuple[str, float]:
    """Run a batch that nobody looks at while it runs; its id and its seconds."""
    began = time.monotonic()
    batch_id = Service(stack.url).submit(email=address, **fields)
    wait_for_email(stack.emulator.url, address, seconds=240)
    return batch_id, time.monotonic() - began


def test_the_calculator_counts_what_the_stack_does(stack: Stack, faults: Faults) -> None:
    fields = {"mode": "positions", "table": POSITIONS, "bands": "J"}
    run_unwatched(stack, "warm@example.org", **fields)  # inventories are open, functions warm
    plan = Service(stack.url).post("/plans", **fields).json()
    faults.seen.clear()
    READ.clear()
    batch_id, _ = run_unwatched(stack, "counted@example.org", **fields)
    seen = dict(faults.seen)
    # Dispatch (once), every tally and Package read the plan; every look and Package list the bundles.
    turns = {"tallies": READ["plan.jsonl"] - 2, "looks": READ["bundles"] - 1}
    counts = Counts.of_plan(plan_of(stack, batch_id), **turns)
    status = Service(stack.url).status(batch_id)
    assert (counts.images, counts.bytes) == (status["images"]["retrieved"], status["bytes"])
    assert (counts.images, counts.bytes) == (plan["images"], plan["bytes"])
    lists = seen.get("list-type=2", 0)
    gets = seen["GET /"] + seen["HEAD /"] - lists
    puts = seen["PUT /"] + seen.get("POST /skybatch-results", 0) + lists
    # Nobody looked at the page, and the inventories were open.
    unasked = STATUS_REQUESTS * STATUS_GETS + INVENTORY_GETS
    assert counts.s3_gets - unasked == pytest.approx(gets, rel=0.25)
    assert counts.s3_puts == pytest.approx(puts, rel=0.25, abs=20)
    assert counts.sqs_requests == seen["SendMessageBatch"] + 2 * counts.bundles


def timed(deed: Callable[[], Any], times: int = 15) -> float:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        deed()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def making(stack: Stack) -> tuple[float, float, float]:
    """Seconds of a stored image's inflate, of a crop made from it, and of its preview."""
    image = next((stack.archive / "twomass/allsky").rglob("image/ji*.fits.gz")).read_bytes()
    boxes = [PixelBox(100, 100, 50, 50)] * 21
    one = timed(lambda: list(cut(image, boxes[:1], Origin("x"))), 5)
    many = timed(lambda: list(cut(image, boxes, Origin("x"))), 5)
    (crop,) = cut(image, boxes[:1], Origin("x"))
    return one, max(0.0, many - one) / 20, timed(lambda: grey_preview(crop))


def local_services(stack: Stack) -> Services:
    """The model's parameters on this machine, each measured by itself.

    Reading and making as if all workers were at it at once: they share the emulator and the cores.
    """
    s3, functions = stack.emulator.client("s3"), stack.emulator.client("lambda")
    bucket, worker = stack.outputs.results_bucket, stack.outputs.others["WorkerFunctionName"]
    store = emulator_bucket(stack.emulator, bucket)
    shared = int(WORKERS) / (os.cpu_count() or 1)
    inflate, cutting, preview = (seconds * shared for seconds in making(stack))
    put = timed(lambda: obstore.put(store, "answers/measured", b"x" * 20_000))
    get = timed(lambda: obstore.get(store, "answers/measured").bytes())
    # One that logs a line, as all calls of a batch do: the emulator waits for the lines of a silent one.
    invoke = timed(lambda: functions.invoke(FunctionName=worker, Payload=json.dumps(NOTHING_WANTED)))
    return Services(
        workers=int(WORKERS),
        starting=int(WORKERS),
        growth=0,
        cold=0.5,
        invoke=invoke,
        first_byte=get,
        put=put,
        copy=put,
        stream=200e6,
        network=100e6,
        copy_stream=200e6,
        gets_a_second=1 / get,  # the emulator is one process
        puts_a_second=1 / put,
        reads_in_flight=aws().reads_in_flight,
        copies_in_flight=1,
        list_page=timed(lambda: s3.list_objects_v2(Bucket=bucket, Prefix="batches/")),
        transition=2 * invoke,
        inflate=inflate,
        cut=cutting,
        preview=preview,
        checksum=1.5e-9 * shared,
        per_task=aws().per_task,
    )


@pytest.mark.soak
@pytest.mark.parametrize("rows", [200, 800])
def test_the_model_with_local_parameters_takes_what_the_stack_takes(stack: Stack, rows: int) -> None:
    """Within a factor of two: two cores are shared by client, emulator and workers alike."""
    table = "ra,dec,size\n" + "65.497627,19.535070,50\n" * rows
    run_unwatched(stack, f"warm{rows}@example.org", mode="positions", table=table)
    services = local_services(stack)
    batch_id, measured = run_unwatched(stack, f"timed{rows}@example.org", mode="positions", table=table)
    counts = Counts.of_plan(plan_of(stack, batch_id))
    sources = len({task["source"] for task in plan_of(stack, batch_id)})
    files = round(counts.images / sources)
    job = Job(sources, files, 1_100_000, int(counts.bytes / counts.images))
    modelled = System(services).run([job])[0].seconds
    print(
        f"{rows} positions: {counts.images:.0f} crops, measured {measured:.1f} s, modelled {modelled:.1f} s"
    )
    assert measured / 2 < modelled < measured * 2, (modelled, measured)
