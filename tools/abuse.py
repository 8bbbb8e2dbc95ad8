"""What a day of abuse by one anonymous caller costs at most, reckoned from the template's own numbers.

``python -m tools.abuse`` prints the tables of docs/security.md. Each line takes the most that its bound lets
through; all lines together are the day. What is measured or assumed stands here, the rest in the template.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from local.template import load_template
from skybatch.batch.execution.reconcile import SHORTEST_WAIT, seconds_to_wait
from skybatch.batch.planning.name_resolution import MAX_SECONDS as NAMES_SECONDS
from skybatch.callers.usage import PARTS
from skybatch.storage.links import PRESIGNED_URL_LIFETIME
from tools.aws_prices import ATLAS_BYTES, GB, PRICES, QUOTAS
from tools.capacity_job import CROP_BYTES, Job
from tools.costs import MEMORY_GB, Counts, bill

TEMPLATE = Path(__file__).resolve().parents[1] / "template.yaml"
DAY_SECONDS = 86_400
MOST_DOLLARS = 100.0
# An allowance is given back over a day, so that a day may use it twice (skybatch.callers.usage).
ALLOWANCES_A_DAY = 2
UPLINK_BYTES_A_SECOND = 125e6  # assumed: 1 Gbit/s of one caller
METERED_BYTES = 512 * 1024  # of a request's body, as API Gateway meters HTTP APIs
# A refusal takes 2 ms of a processor, measured; Lambda's own lines and ours, and the access log's (bytes).
REFUSAL_SECONDS, LOG_BYTES_A_REQUEST = 0.004, 1_300
TRACED = 0.05  # X-Ray's default rule
BODY_SECONDS_A_BYTE = 15e-9  # the runtime reads the event as JSON, the function its base64; measured
INSTANCES_A_DAY = 12 * int(QUOTAS["lambda_concurrency"].value)  # assumed: each lives two hours
# Tables of a batch of 100,000 images beyond its limit, measured: their bytes, and the collector's seconds.
TABLE_BYTES_A_BATCH, TABLE_SECONDS_A_BATCH = 300e6, 30.0
LOOK_SECONDS = 0.4  # of a tally; the rest of what costs.py has for one is the wait after it
COPIES = 2  # of each image: in a bundle, and in the archive
DAYS_KEPT = 16


@dataclass(frozen=True)
class Deployment:
    """What the template says: parameters' defaults, the rates of routes, the memory of functions."""

    defaults: Mapping[str, float]
    rates: Mapping[str, float]
    bursts: Mapping[str, float]
    gigabytes: float

    def of(self, parameter: str) -> float:
        """Return a parameter's default."""
        return self.defaults[parameter]


@dataclass(frozen=True)
class Line:
    """One way to cost money: how much of what within a day, by which bound, and dollars."""

    what: str
    amount: str
    bound: str
    dollars: float


def deployment(path: Path = TEMPLATE) -> Deployment:
    """Read the template."""
    template = load_template(path)
    resources = template["Resources"]
    stage = resources["HttpStage"]["Properties"]
    routes = [
        each["Properties"]["RouteKey"]
        for each in _of_type(resources, "AWS::ApiGatewayV2::Route")
        if "Condition" not in each  # of no deployment at the template's defaults
    ]
    settings = {
        route: {**stage["DefaultRouteSettings"], **stage["RouteSettings"].get(route, {})} for route in routes
    }
    serving = [
        resources[f"{name}Function"]["Properties"]["MemorySize"] for name in ("Planner", "Portal", "Search")
    ]
    defaults = {name: each.get("Default") for name, each in template["Parameters"].items()}
    return Deployment(
        defaults={name: float(value) for name, value in defaults.items() if _is_number(value)},
        rates={route: float(each["ThrottlingRateLimit"]) for route, each in settings.items()},
        bursts={route: float(each["ThrottlingBurstLimit"]) for route, each in settings.items()},
        gigabytes=max(serving) / 1024,
    )


def _of_type(resources: Mapping[str, Any], kind: str) -> list[Any]:
    return [each for each in resources.values() if each["Type"] == kind]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def price(name: str) -> float:
    """Return a published price in dollars."""
    return PRICES[name].value


def lines(here: Deployment) -> Iterator[Line]:
    """Yield what our endpoints cost, the bytes that functions send included."""
    yield refusals(here)
    yield bodies(here)
    yield computing(here)
    yield answers(here)
    yield accounts()
    yield images(here)
    yield batches(here)
    yield names(here)
    yield storage(here)


def refusals(here: Deployment) -> Line:
    """All that the throttles let through, at the cost of a request that is refused."""
    rate = sum(here.rates.values())
    requests = rate * DAY_SECONDS + sum(here.bursts.values())
    each = (
        price("api_request")
        + price("lambda_request")
        + REFUSAL_SECONDS * here.gigabytes * price("lambda_gb_second")
        + LOG_BYTES_A_REQUEST / GB * price("log_gb")
        + TRACED * price("trace")
    )
    amount = f"{requests / 1e6:.1f} million"
    return Line(
        "requests, refused or not", amount, f"throttles of the routes, {rate:.0f} a second", requests * each
    )


def bodies(here: Deployment) -> Line:
    """Bodies of any size to any route: each 512 KB count as a request."""
    sent = UPLINK_BYTES_A_SECOND * DAY_SECONDS
    metered = sent / METERED_BYTES * price("api_request")
    read = sent * BODY_SECONDS_A_BYTE * here.gigabytes * price("lambda_gb_second")
    return Line(
        "bytes that the caller sends", f"{sent / 1e12:.1f} TB", "its own line of 1 Gbit/s", metered + read
    )


def computing(here: Deployment) -> Line:
    """Seconds of functions up to the allowance, and what instances serve before they know."""
    allowance = here.of("MaxDailySecondsFromCaller")
    seconds = ALLOWANCES_A_DAY * allowance + INSTANCES_A_DAY * allowance / PARTS
    dollars = seconds * here.gigabytes * price("lambda_gb_second")
    return Line("seconds of functions", f"{seconds:,.0f} s", "`MaxDailySecondsFromCaller`", dollars)


def answers(here: Deployment) -> Line:
    """Bytes through functions, likewise; API Gateway meters them too."""
    allowance = here.of("MaxDailyBytesFromCaller")
    sent = ALLOWANCES_A_DAY * allowance + INSTANCES_A_DAY * allowance / PARTS
    dollars = sent / GB * price("transfer_gb") + sent / METERED_BYTES * price("api_request")
    return Line("bytes through functions", f"{sent / GB:,.0f} GB", "`MaxDailyBytesFromCaller`", dollars)


def accounts() -> Line:
    """Write accounts of seconds, bytes and links: once a part of an allowance, and once an instance."""
    writes = 3 * (ALLOWANCES_A_DAY * PARTS + INSTANCES_A_DAY)
    dollars = writes * (price("s3_put") + price("s3_get"))
    return Line("writes of accounts", f"{writes:,}", "a ten-thousandth of an allowance each", dollars)


def images(here: Deployment) -> Line:
    """Images of batches, each from a stored image of its own: messages, workers, requests to S3."""
    count = int(ALLOWANCES_A_DAY * here.of("MaxDailyImagesFromCaller"))
    return Line("images of batches", f"{count:,}", "`MaxDailyImagesFromCaller`", _dollars_of_images(count))


@cache
def _dollars_of_images(count: int) -> float:
    """Pack them as the code does, which takes seconds for a day's images."""
    made = bill(Counts.of(Job(count, 1, ATLAS_BYTES, CROP_BYTES).loads, bytes=0))
    return sum(made.values()) - sum(bill(Counts.of((), bytes=0)).values())


def batches(here: Deployment) -> Line:
    """Batches themselves, each made to last until its deadline, with the largest tables."""
    count = here.of("MaxDailyFromCaller")
    looks, tallies = looks_until(here.of("DeadlineSeconds"))
    one = Counts.of(
        (),
        bytes=int(TABLE_BYTES_A_BATCH),
        tallies=tallies,
        looks=looks,
        collector_seconds=TABLE_SECONDS_A_BATCH,
    )
    dollars = {name: cost for name, cost in bill(one, DAYS_KEPT).items() if name != "delivery"}
    return Line("batches", f"{count:.0f}", "`MaxDailyFromCaller`", count * sum(dollars.values()))


def looks_until(deadline: float) -> tuple[int, int]:
    """Return how often a batch that never ends is looked at, and in how many states, by the code itself."""
    elapsed, looks, tallies = SHORTEST_WAIT, 0, 0
    while elapsed < deadline:
        wait = seconds_to_wait(elapsed, 1, 0)
        looks, tallies = looks + 1, tallies + (wait >= 1)
        elapsed += wait + LOOK_SECONDS
    return looks, tallies


def names(here: Deployment) -> Line:
    """Names that the name services take their time for, in each of the batches."""
    seconds = here.of("MaxDailyFromCaller") * NAMES_SECONDS
    dollars = seconds * MEMORY_GB["planner"] * price("lambda_gb_second")
    return Line("seconds that batches wait for names", f"{seconds:,.0f} s", "an hour of each batch", dollars)


def storage(here: Deployment) -> Line:
    """Images of batches kept for their time."""
    stored = here.of("MaxDailyFromCaller") * here.of("MaxBatchBytes") * COPIES
    dollars = stored / GB * price("s3_gb_month") * DAYS_KEPT / 30
    return Line(
        "images kept, in all copies", f"{stored / GB:,.0f} GB", "`MaxBatchBytes` of each batch", dollars
    )


def downloads(here: Deployment) -> Iterator[Line]:
    """Yield what S3 itself sends by links that were signed: nobody meters it while a link lives."""
    most = here.of("MaxDailyLinks")
    hours = PRESIGNED_URL_LIFETIME.total_seconds() / 3600
    once = here.of("MaxDailyFromCaller") * here.of("MaxBatchBytes")
    day = UPLINK_BYTES_A_SECOND * DAY_SECONDS
    yield Line(
        "each batch of the day, once",
        f"{once / GB:,.0f} GB",
        "`MaxDailyFromCaller`",
        once / GB * price("transfer_gb"),
    )
    yield Line(
        "one line of 1 Gbit/s, all day",
        f"{day / GB:,.0f} GB",
        f"{most:,.0f} links a batch and day, of {hours:.0f} h each",
        day / GB * price("transfer_gb"),
    )


def table(found: Iterator[Line], total: bool) -> str:
    """Format lines as a Markdown table."""
    rows = list(found)
    text = ["| what | at most | bound | dollars |", "| --- | --- | --- | --- |"]
    text += [f"| {row.what} | {row.amount} | {row.bound} | {row.dollars:.2f} |" for row in rows]
    if total:
        text.append(f"| **together** | | | **{sum(row.dollars for row in rows):.2f}** |")
    return "\n".join(text)


if __name__ == "__main__":
    print(table(lines(deployment()), total=True))
    print()
    print(table(downloads(deployment()), total=False))
