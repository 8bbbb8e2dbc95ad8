"""What a batch costs: requests, seconds and bytes counted from its plan, times published prices.

``python -m tools.costs plan.jsonl`` reads a batch's plan; ``--images 100 --bytes 1e8`` takes plain numbers.
"""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tools.aws_prices import GB, PRICES

# What each step asks of S3, as its code does: HEAD or GET, and PUT, COPY or LIST.
SUBMIT_GETS, SUBMIT_PUTS = 7, 6
PLAN_GETS, PLAN_PUTS = 10, 3
DISPATCH_GETS, DISPATCH_PUTS = 3, 1
TALLY_GETS, LOOK_GETS, LOOK_PUTS, LOOK_LISTS = 1, 2, 3, 2
PACKAGE_GETS, PACKAGE_PUTS = 9, 18
NOTIFY_GETS, NOTIFY_PUTS = 8, 2
INVENTORY_GETS = 24  # columns that Plan and Package open, where their functions have not opened them before
PART_BYTES = 8 * 1024 * 1024
SENDS_A_CALL = 10
PACKS_PER_MESSAGE = 1  # previews, and small crops once more
STATUS_REQUESTS, STATUS_GETS = 20, 5  # a page that is looked at while the batch runs
LOG_BYTES_A_MESSAGE, LOG_BYTES_A_BATCH = 700, 20_000
MEMORY_GB = {"worker": 1.0, "collector": 1769 / 1024, "planner": 1.0, "portal": 1.0, "notifier": 0.5}
PLANNER_SECONDS, NOTIFIER_SECONDS, PORTAL_SECONDS = 3.0, 0.5, 0.05
LOOK_SECONDS = 0.8  # the look, and the short wait after it
# Before the loop Plan and a choice; in it Dispatch, Wait and Tally each with its choice; then three more.
TRANSITIONS, TRANSITIONS_A_TALLY, TRANSITIONS_A_DISPATCH = 7, 3, 1
DAYS_KEPT = 16
LARGEST_PACKED = 128 * 1024
WORKER_SECONDS = 30
"""The template's ``WorkerTimeout``, which bounds the work of one message."""


@dataclass(frozen=True)
class Counts:
    """What is paid for, of one batch or of many."""

    images: float = 0
    messages: float = 0
    bytes: float = 0
    s3_gets: float = 0
    s3_puts: float = 0
    sqs_requests: float = 0
    transitions: float = 0
    lambda_requests: float = 0
    gb_seconds: float = 0
    api_requests: float = 0
    emails: float = 0
    log_bytes: float = 0
    stored_bytes: float = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @classmethod
    def of(
        cls,
        *,
        images: int,
        messages: int,
        bytes: int,
        copied: bool = False,
        tallies: int = 5,
        looks: int = 10,
        dispatches: int = 1,
        worker_seconds: float | None = None,
        collector_seconds: float | None = None,
    ) -> Counts:
        """Of one batch with a plan of so many images from so many messages.

        A tally looks again while waits are short, so looks are more. Seconds not given are those of the
        model on AWS: 0.2 s a message, 75 MB/s of packaging.
        """
        working = 0.2 * messages if worker_seconds is None else worker_seconds
        packing = bytes / 75e6 if collector_seconds is None else collector_seconds
        pages = math.ceil(images / 1000)
        packs = 0 if copied else messages * PACKS_PER_MESSAGE
        gathered = not copied and are_gathered(images, messages, bytes)
        return cls(
            images=images,
            messages=messages,
            bytes=bytes,
            s3_gets=SUBMIT_GETS + PLAN_GETS + INVENTORY_GETS + PACKAGE_GETS + NOTIFY_GETS
            + STATUS_REQUESTS * STATUS_GETS
            + dispatches * DISPATCH_GETS + tallies * TALLY_GETS + looks * LOOK_GETS
            + messages + (images if copied else messages) + (packs if gathered else images),
            s3_puts=SUBMIT_PUTS + PLAN_PUTS + PACKAGE_PUTS + NOTIFY_PUTS + dispatches * DISPATCH_PUTS
            + looks * (LOOK_PUTS + LOOK_LISTS) + pages
            + images + packs + math.ceil(bytes / PART_BYTES) + 2,
            sqs_requests=math.ceil(messages / SENDS_A_CALL) + 2 * messages,
            transitions=TRANSITIONS + tallies * TRANSITIONS_A_TALLY + dispatches * TRANSITIONS_A_DISPATCH,
            lambda_requests=messages + tallies + dispatches + 4 + STATUS_REQUESTS,
            gb_seconds=working * MEMORY_GB["worker"]
            + (packing + looks * LOOK_SECONDS) * MEMORY_GB["collector"]
            + PLANNER_SECONDS * MEMORY_GB["planner"]
            + NOTIFIER_SECONDS * MEMORY_GB["notifier"]
            + STATUS_REQUESTS * PORTAL_SECONDS * MEMORY_GB["portal"],
            api_requests=1 + STATUS_REQUESTS,
            emails=1,
            log_bytes=LOG_BYTES_A_BATCH + LOG_BYTES_A_MESSAGE * messages,
            # The images, once more in the archive, and where they are small in packs.
            stored_bytes=bytes * (3 if gathered else 2),
        )  # fmt: skip

    @classmethod
    def of_plan(cls, tasks: list[dict[str, Any]], **turns: int) -> Counts:
        """Of the tasks of a ``plan.jsonl`` that are deliverable; ``turns`` as ``of`` takes them."""
        from skybatch.batch.execution.packing import pack
        from skybatch.batch.plan import Task

        wanted = [Task.from_json(task) for task in tasks if task["refusal"] is None]
        copied = bool(wanted) and all(task.box is None for task in wanted)
        sent = len(pack(wanted, WORKER_SECONDS))
        size = sum(task.bytes for task in wanted)
        return cls.of(images=len(wanted), messages=sent, bytes=size, copied=copied, **turns)


def are_gathered(images: int, messages: int, bytes: float) -> bool:
    """Whether packaging takes crops of so many bytes together from the packs of their messages."""
    return images > messages and bytes <= images * LARGEST_PACKED


def bill(counts: Counts, days: float = DAYS_KEPT) -> dict[str, float]:
    """Dollars by what they are for; ``delivery`` is the bytes fetched once over the internet."""
    price = {name: figure.value for name, figure in PRICES.items()}
    stored = counts.stored_bytes / GB * days / 30
    return {
        "functions": counts.gb_seconds * price["lambda_gb_second"]
        + counts.lambda_requests * price["lambda_request"],
        "s3 requests": counts.s3_puts * price["s3_put"] + counts.s3_gets * price["s3_get"],
        "storage": stored * price["s3_gb_month"],
        "queue": counts.sqs_requests * price["sqs_request"],
        "state machine": counts.transitions * price["transition"],
        "api and email": counts.api_requests * price["api_request"] + counts.emails * price["email"],
        "logs": counts.log_bytes / GB * price["log_gb"],
        "delivery": counts.bytes / GB * price["transfer_gb"],
    }


def report(counts: Counts) -> str:
    """Format the bill as text."""
    dollars = bill(counts)
    head = f"{counts.images:,.0f} images, {counts.bytes / 1e6:,.1f} MB, {counts.messages:,.0f} messages"
    lines = [f"  {name:<14} ${cost:.5f}" for name, cost in dollars.items()]
    return "\n".join([head, *lines, f"  {'together':<14} ${sum(dollars.values()):.5f}"])


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", nargs="?", type=Path, help="a batch's plan.jsonl")
    parser.add_argument("--images", type=float, default=0)
    parser.add_argument("--bytes", type=float, default=0)
    parser.add_argument("--messages", type=float, help="source images read (default: as many as images)")
    given = parser.parse_args(arguments)
    if given.plan:
        counts = Counts.of_plan([json.loads(line) for line in given.plan.read_text().splitlines()[1:]])
    else:
        sent = int(given.messages or given.images)
        counts = Counts.of(images=int(given.images), messages=sent, bytes=int(given.bytes))
    print(report(counts))


if __name__ == "__main__":
    main()
