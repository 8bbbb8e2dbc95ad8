"""A request's budget: of all that is known and found to cost much, nothing leaves the bounds of any route.

Memory and calls of functions are checked, which no load of the machine changes; seconds are printed, for the
table of docs/security.md. Searches with numpy have their own budget of steps (`skybatch.vo.search_budget`).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from obstore.store import LocalStore

from skybatch.batch.codes import ImageStatus
from skybatch.batch.plan import load_plan
from skybatch.batch.store import BatchStore
from skybatch.inventory.cache import open_inventories
from skybatch.inventory.publish import publish
from skybatch.storage.directory_tree import DirectoryTree
from tests.support.hostile.costly_requests import Costly, known, of_images, searches, uploads
from tests.support.hostile.large_batch import copied, crowded_positions, large_batch
from tests.support.hostile.measured_calls import Cost, MeasuredFunction, measured_function
from tests.support.servers.http import http_event
from tests.support.survey.sample_archive import MadeArchive
from tests.support.survey.synthetic_survey import synthetic

MOST_MEGABYTES, MOST_CALLS, MOST_BYTES = 400, 40_000_000, 16_000_000
LARGEST = 89.35  # declination at which 2,500 positions ask for 81,000 images of the synthetic survey
CENTER = (314.30417, 77.595559)
SEED, TRIES = 20_261_128, 60
pytestmark = pytest.mark.soak


class Buckets:
    """The whole survey without pixels, and two batches as large as one may be."""

    def __init__(self, folder: Path) -> None:
        self.archive, self.results = folder / "archive", folder / "results"
        self.archive.mkdir()
        publish(DirectoryTree(self.archive), synthetic(), numbered=False, origin="synthetic")
        opened = open_inventories(LocalStore(self.archive))
        table = crowded_positions(2500, LARGEST)
        self.over_limit, self.failed = (
            large_batch(self.results, opened, status, mode="positions", table=table)
            for status in (ImageStatus.OVER_LIMIT, ImageStatus.FAILED)
        )
        self.images = folder / "images"
        made = MadeArchive(centres=[CENTER])
        copied(made.objects, self.images)
        self.key = made.key(0, "j")
        plan = load_plan(BatchStore(LocalStore(self.results), self.failed), 1)
        assert plan is not None
        self.file = plan.tasks[0].file


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Buckets:
    return Buckets(tmp_path_factory.mktemp("budget"))


@pytest.fixture(scope="module")
def functions() -> Iterator[dict[str, MeasuredFunction]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(measured_function(name)) for name in ("planner", "portal", "search")}


Measure = Callable[..., Cost]


@pytest.fixture(scope="module")
def measure(buckets: Buckets, functions: dict[str, MeasuredFunction]) -> Measure:
    def measured(request: Costly, *, counted: bool = False) -> Cost:
        # Without a caller's address, which nothing is accounted to.
        event = http_event(request.method, request.url, request.body, dict(request.headers), source_ip="")
        results = None if request.function == "search" else buckets.results
        archive = buckets.images if request.pictures else buckets.archive
        cost = functions[request.function].call(event, archive, results, counted=counted)
        assert cost.status < 500, (request.route, request.url[:300], request.body[:300], cost)
        assert cost.megabytes <= MOST_MEGABYTES, (request.route, request.url[:300], request.body[:300], cost)
        assert cost.bytes <= MOST_BYTES, (request.route, cost)
        return cost

    return measured


def worst(found: dict[str, tuple[Cost, Costly]], request: Costly, cost: Cost, name: str) -> None:
    """Keep the request of a name that took most time."""
    if name not in found or cost.seconds > found[name][0].seconds:
        found[name] = (cost, request)


def told(found: dict[str, tuple[Cost, Costly]]) -> str:
    """The worst of each, costliest first."""
    rows = sorted(found.items(), key=lambda item: -item[1][0].seconds)
    return "\n".join(_row(name, cost, request) for name, (cost, request) in rows)


def _row(name: str, cost: Cost, request: Costly) -> str:
    taken = f"{cost.seconds:6.2f} s {cost.megabytes:5.0f} MB {cost.status}"
    return f"{taken} {name} {request.url[:80]} {request.body[:40]!r}"


def route_name(request: Costly, buckets: Buckets) -> str:
    route = request.route.replace(buckets.key, "{image}")
    name = route.replace(buckets.over_limit, "{id}").replace(buckets.failed, "{id}")
    return name.replace(buckets.file, "{file}")[:60]


def test_known_requests_to_every_route_keep_to_the_budget(buckets: Buckets, measure: Measure) -> None:
    found: dict[str, tuple[Cost, Costly]] = {}
    requests = known(buckets.over_limit, buckets.failed, buckets.file)
    for request in (*of_images(buckets.key, f"{CENTER[0]},{CENTER[1]}"), *requests):
        worst(found, request, measure(request), route_name(request, buckets))
    print(f"\n{told(found)}")
    for cost, request in found.values():
        if "resubmit" not in request.url and cost.seconds > 0.3:  # a second resubmission reads nothing
            assert measure(request, counted=True).calls <= MOST_CALLS, request.route


@pytest.mark.parametrize("make", [searches, uploads])
def test_a_search_finds_none_that_leaves_the_budget(
    buckets: Buckets, measure: Measure, make: Callable[[random.Random], Costly]
) -> None:
    rng = random.Random(SEED)
    found: dict[str, tuple[Cost, Costly]] = {}
    for _ in range(TRIES):
        request = make(rng)
        worst(found, request, measure(request), route_name(request, buckets))
    print(f"\n{told(found)}")
    for _, request in found.values():
        assert measure(request, counted=True).calls <= MOST_CALLS, request.route
