"""What a batch costs: requests, seconds and bytes counted from its plan, times published prices.

``python -m tools.costs plan.jsonl`` reads a batch's plan; ``--images 100 --bytes 1e8`` takes plain
numbers; ``--month`` tells what a month costs: the archive's storage, a stack that nobody uses, and users.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from local.deploy import ROOT
from local.template import load_template
from tools.aws_prices import ATLAS_BYTES, GB, PRICES, QUOTAS, aws
from tools.capacity_job import BUNDLE_GETS, BUNDLE_PUTS, Job, Load, bundle_seconds, loads_of, parts_of

# What each step asks of S3, as its code does: HEAD or GET, and PUT, COPY or LIST.
SUBMIT_GETS, SUBMIT_PUTS = 9, 6
PLAN_GETS, PLAN_PUTS = 10, 2
DISPATCH_GETS, DISPATCH_PUTS = 3, 1
TALLY_GETS, LOOK_GETS, LOOK_PUTS, LOOK_LISTS = 1, 2, 2, 2
PACKAGE_GETS, PACKAGE_PUTS = 9, 20
NOTIFY_GETS, NOTIFY_PUTS = 12, 4
INVENTORY_GETS = 24  # columns that Plan and Package open, where their functions have not opened them before
SENDS_A_CALL = 10
INDEX_GETS = 1  # of a bundle, by the first tally that sees it
STATUS_REQUESTS, STATUS_GETS = 20, 5  # a page that is looked at while the batch runs
LOG_BYTES_A_BUNDLE, LOG_BYTES_A_BATCH = 700, 20_000
MEMORY_GB = {"worker": 1.0, "collector": 1769 / 1024, "planner": 1.0, "portal": 1.0, "notifier": 0.5}
PLANNER_SECONDS, NOTIFIER_SECONDS, PORTAL_SECONDS = 3.0, 0.5, 0.05
LOOK_SECONDS = 0.8  # the look, and the short wait after it
# Before the loop Plan and a choice; in it Dispatch, Wait and Tally each with its choice; then three more.
TRANSITIONS, TRANSITIONS_A_TALLY, TRANSITIONS_A_DISPATCH = 7, 3, 1
DAYS_KEPT = 16
SECONDS_A_MONTH = 30 * 86_400
METRICS = 15  # of the stack's own namespace


@dataclass(frozen=True)
class Counts:
    """What is paid for, of one batch or of many."""

    images: float = 0
    bundles: float = 0
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
    traces: float = 0
    stored_bytes: float = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(Counts)))

    @classmethod
    def of(
        cls,
        loads: Sequence[Load],
        *,
        bytes: int,
        tallies: int = 3,
        looks: int = 6,
        dispatches: int = 1,
        worker_seconds: float | None = None,
        collector_seconds: float = 2.0,
        seconds: float = 10.0,
    ) -> Counts:
        """Of one batch of these bundles.

        A tally looks again while waits are short, so looks are more. Workers' seconds that are not given
        are those of the model on AWS.
        """
        bundles, parts = len(loads), parts_of(loads).count
        reads = sum(load.reads for load in loads)
        working = worker_seconds_on_aws(loads) if worker_seconds is None else worker_seconds
        calls = bundles + tallies + dispatches + 4 + STATUS_REQUESTS
        return cls(
            images=sum(load.files for load in loads),
            bundles=bundles,
            bytes=bytes,
            s3_gets=SUBMIT_GETS + PLAN_GETS + INVENTORY_GETS + PACKAGE_GETS + NOTIFY_GETS
            + STATUS_REQUESTS * STATUS_GETS
            + dispatches * DISPATCH_GETS + tallies * TALLY_GETS + looks * LOOK_GETS
            + reads + bundles * (BUNDLE_GETS + INDEX_GETS),
            s3_puts=SUBMIT_PUTS + PLAN_PUTS + PACKAGE_PUTS + NOTIFY_PUTS + dispatches * DISPATCH_PUTS
            + looks * (LOOK_PUTS + LOOK_LISTS)
            + bundles * BUNDLE_PUTS + parts,
            sqs_requests=math.ceil(bundles / SENDS_A_CALL) + 2 * bundles,
            transitions=TRANSITIONS + tallies * TRANSITIONS_A_TALLY + dispatches * TRANSITIONS_A_DISPATCH,
            lambda_requests=calls,
            gb_seconds=working * MEMORY_GB["worker"]
            + (collector_seconds + looks * LOOK_SECONDS) * MEMORY_GB["collector"]
            + PLANNER_SECONDS * MEMORY_GB["planner"]
            + NOTIFIER_SECONDS * MEMORY_GB["notifier"]
            + STATUS_REQUESTS * PORTAL_SECONDS * MEMORY_GB["portal"],
            api_requests=1 + STATUS_REQUESTS,
            emails=1,
            log_bytes=LOG_BYTES_A_BATCH + LOG_BYTES_A_BUNDLE * bundles,
            traces=seconds + QUOTAS["trace_rate"].value * calls,
            stored_bytes=2 * bytes,  # the bundles, and the archive joined of them
        )  # fmt: skip

    @classmethod
    def of_plan(cls, tasks: list[dict[str, Any]], **turns: int) -> Counts:
        """Of the tasks of a ``plan.jsonl`` that are deliverable; ``turns`` as ``of`` takes them."""
        from skybatch.batch.plan import Task

        wanted = [Task.from_json(task) for task in tasks if task["refusal"] is None]
        return cls.of(loads_of(wanted), bytes=sum(task.bytes for task in wanted), **turns)


def worker_seconds_on_aws(loads: Sequence[Load]) -> float:
    """Return what workers take for bundles in the model of AWS."""
    services = aws()
    return sum(bundle_seconds(load, services) for load in loads)


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
        "traces": counts.traces * price["trace"],
        "delivery": counts.bytes / GB * price["transfer_gb"],
    }


def month_at_rest() -> dict[str, float]:
    """Dollars a month of a stack that nobody uses, by what they are for; without the archive's storage.

    The template's alarms, its dashboard, the metrics of a batch once in a while, and the event source, which
    polls an empty queue.
    """
    price, quota = ({name: each.value for name, each in table.items()} for table in (PRICES, QUOTAS))
    resources = load_template(ROOT / "template.yaml")["Resources"].values()
    alarms = sum(resource["Type"] == "AWS::CloudWatch::Alarm" for resource in resources)
    polls = quota["pollers"] * SECONDS_A_MONTH / quota["poll_seconds"]
    return {
        "alarms": alarms * price["alarm_month"],
        "dashboard": price["dashboard_month"],
        "metrics": METRICS * price["metric_month"],
        "idle pollers": polls * price["sqs_request"],
    }


# The archive of the whole survey: three Atlas images of each set, a Quicklook of each, and the inventory.
SETS = 1_373_813
QUICKLOOK_BYTES = 70_000
ARCHIVE_BYTES = SETS * 3 * (ATLAS_BYTES + QUICKLOOK_BYTES) + 224_000_000
USERS = 1000


def archive_month(size: float = ARCHIVE_BYTES) -> float:
    """Dollars a month that an archive of this many bytes costs to keep in S3 (Standard)."""
    return size / GB * PRICES["s3_gb_month"].value


def users_month(job: Job, users: int = USERS) -> dict[str, float]:
    """Dollars of so many users with one such batch each: of the service, and with each file fetched once."""
    dollars = bill(Counts.of(job.loads, bytes=job.bytes))
    together = sum(dollars.values())
    return {"service": users * (together - dollars["delivery"]), "with delivery": users * together}


# What a user may ask for within a month.
USES = {
    "12 crops": Job.of(12, 12, 12 * 23_040),
    "2500 positions in fields: 7,500 crops of 1,500 images": Job.of(7500, 1500, 7500 * 23_040),
    "1 GB of whole images": Job.of(909, 909, 1_000_000_000),
}


def month_table() -> str:
    """Write a month as a table: the archive, the stack at rest, and a thousand users of each kind."""
    rest = month_at_rest()
    lines = ["| what | dollars a month |", "| --- | --- |"]
    lines.append(f"| the archive, {ARCHIVE_BYTES / 1e12:.1f} TB in S3 | {archive_month():.2f} |")
    lines += [f"| {name} | {cost:.2f} |" for name, cost in rest.items()]
    lines.append(f"| **at rest, together** | **{archive_month() + sum(rest.values()):.2f}** |")
    for name, job in USES.items():
        cost = users_month(job)
        told = f"{cost['service']:.2f}, with delivery {cost['with delivery']:.2f}"
        lines.append(f"| a thousand users, each {name} | {told} |")
    return "\n".join(lines)


def report(counts: Counts) -> str:
    """Format the bill as text."""
    dollars = bill(counts)
    head = f"{counts.images:,.0f} images, {counts.bytes / 1e6:,.1f} MB, {counts.bundles:,.0f} bundles"
    lines = [f"  {name:<14} ${cost:.5f}" for name, cost in dollars.items()]
    return "\n".join([head, *lines, f"  {'together':<14} ${sum(dollars.values()):.5f}"])


def main(arguments: list[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plan", nargs="?", type=Path, help="a batch's plan.jsonl")
    parser.add_argument("--images", type=float, default=0)
    parser.add_argument("--bytes", type=float, default=0)
    parser.add_argument("--sources", type=float, help="stored images read (default: as many as images)")
    parser.add_argument("--month", action="store_true", help="a month: archive, stack, users")
    given = parser.parse_args(arguments)
    if given.month:
        print(month_table())
        return
    if given.plan:
        counts = Counts.of_plan([json.loads(line) for line in given.plan.read_text().splitlines()[1:]])
    else:
        job = Job.of(int(given.images), int(given.sources or given.images), int(given.bytes))
        counts = Counts.of(job.loads, bytes=job.bytes)
    print(report(counts))


if __name__ == "__main__":
    main()
