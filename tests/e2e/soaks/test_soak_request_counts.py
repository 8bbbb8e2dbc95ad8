"""The requests of 2500 crops of 250 images, counted between the functions and the services."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from local.gateway import ForwardingHandler
from local.mailbox import wait_for_email
from local.stack import Stack
from tests.bench.sample_field import make_strip, positions
from tests.e2e.faults import Faults, stack_behind
from tests.e2e.service import Service
from tests.e2e.soak import FIGURES

pytestmark = [pytest.mark.e2e, pytest.mark.soak]

SETS, EACH = 250, 10
MOST_WRITES = 60
# A batch's own parts of a key: what is left says which object it is.
_OWN = re.compile(r"[0-9a-f]{12,}|\d+")
COUNTED: list[str] = []
"""Verb and kind of object of each request; of listings and calls of other services, what they ask."""


def counted(request: ForwardingHandler) -> bool:
    """Count it, and let it go on."""
    path, _, query = request.path.partition("?")
    kind = next((word for word in ("list-type", "partNumber", "uploads", "uploadId") if word in query), "")
    target = request.headers.get("X-Amz-Target", "")
    name = target or _OWN.sub("*", path.partition("/")[2].partition("/")[2])
    COUNTED.append(" ".join(filter(None, (request.command, name, kind))))  # threads share no counter safely
    return False


@pytest.fixture(scope="module")
def stack(start_stack: Callable[..., Stack], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """With the template's own WorkerTimeout: what a worker may do in its time bounds the bundles."""
    folder = tmp_path_factory.mktemp("made")
    make_strip(folder, SETS, ["j"])
    usual = partial(start_stack, parameters={"WorkerTimeout": "30"})
    with stack_behind(Faults(by_word={"": counted}), usual, folder) as running:
        yield running


def table(wanted: list[tuple[float, float]]) -> str:
    return "\n".join(["ra,dec,size", *(f"{ra!r},{dec!r},50" for ra, dec in wanted)]) + "\n"


def run(stack: Stack, wanted: list[tuple[float, float]], address: str) -> str:
    """Run a batch that nobody looks at while it runs; its id."""
    batch_id = Service(stack.url).submit(mode="positions", bands="J", table=table(wanted), email=address)
    wait_for_email(stack.emulator.url, address, seconds=300)
    return batch_id


def test_a_batch_of_2500_crops_takes_tens_of_writes(stack: Stack) -> None:
    """From the request to the email: PUT, POST, part uploads and part copies."""
    wanted = positions(SETS, EACH)
    run(stack, wanted[:10], "warm@example.org")  # inventories are open, functions warm, keys made
    COUNTED.clear()
    batch_id = run(stack, wanted, "counted@example.org")
    seen = dict(Counter(COUNTED))
    status = Service(stack.url).status(batch_id)
    assert (status["state"], status["images"]["retrieved"]) == ("complete", len(wanted))
    others = ("AWSStepFunctions", "AmazonSQS", "outbound-emails")
    writes = {
        name: count
        for name, count in seen.items()
        if name.startswith(("PUT ", "POST ")) and not any(other in name for other in others)
    }
    print(json.dumps(seen, indent=1, sort_keys=True))
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(kept | {"requests of 2500 crops": seen}, indent=1, sort_keys=True))
    print(f"{sum(writes.values())} writes to S3, {seen.get('GET list-type')} listings")
    assert seen["PUT batches/*/progress.json"] <= seen["PUT batches/*/journal/*.jsonl"] + 2
    assert sum(writes.values()) <= MOST_WRITES, writes
