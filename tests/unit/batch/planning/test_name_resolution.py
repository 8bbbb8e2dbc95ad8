"""Names of a batch: asked in rounds, within bounds; what nobody knew and who was down is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from local.fake_resolvers import Behaviour, FakeResolvers
from skybatch.batch import keys
from skybatch.batch.execution.task_queue import TaskQueue
from skybatch.batch.name_answers import load_name_answers
from skybatch.batch.planning import name_resolution
from skybatch.batch.planning.dry_run import estimate
from skybatch.batch.planning.name_resolution import MAX_ROUNDS
from skybatch.names.factory import make_resolver
from skybatch.names.resolver import Resolver
from skybatch.sky.position import SkyPosition
from skybatch.workflow import steps
from tests.support.batches.batch_fakes import Clock
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import MadeArchive

TABLE = "name,size\nm83,50\nnobody knows me,50\nM 83,20\n"
M83 = SkyPosition(204.253958, -29.865417)


@pytest.fixture(scope="module")
def archive() -> MadeArchive:
    return MadeArchive(centres=[(M83.ra, M83.dec)])


@pytest.fixture
def names() -> Iterator[FakeResolvers]:
    with FakeResolvers() as running:
        yield running


class Naming(Service):
    """A service with a resolver that asks the stand-in."""

    def __init__(self, archive: MadeArchive, names: FakeResolvers) -> None:
        where = dict.fromkeys(("irsa_resolver", "ned_resolver", "simbad_resolver"), names.url)
        super().__init__(archive, None, **where)
        self.resolver: Resolver = make_resolver(self.objects, self.settings)

    def plan(self, batch_id: str, most_calls: int = 10) -> tuple[dict[str, Any], list[int]]:
        """Plan and resolve until there is a plan; the last state, and the waits between."""
        state = steps.plan_step(self.objects, {"batch_id": batch_id}, self.archive.open, self.settings)
        waits: list[int] = []
        while state["next"] == "resolve":
            assert len(waits) < most_calls, "resolving does not end"
            waits.append(state["wait"])
            state = steps.resolve_step(
                self.objects, state, self.resolver, self.archive.open, self.settings, 1010.0
            )
        return state, waits


def test_names_become_positions_and_the_unknown_says_who_was_asked(
    archive: MadeArchive, names: FakeResolvers
) -> None:
    service = Naming(archive, names)
    accepted = service.submit(mode="positions", table=TABLE, bands="J")
    state, waits = service.plan(accepted.record.batch_id)
    assert (state["next"], waits) == ("dispatch", [0])
    while state["next"] != "package":
        if state["next"] == "dispatch":
            queue = TaskQueue(lambda: service, "queue")
            state = steps.dispatch_step(service.objects, state, queue, service.settings, 1010.0)
        state = steps.tally_step(service.objects, state, service.settings, Clock(1020.0))
    steps.package_step(service.objects, state, archive.open, 1100.0)
    rows = service.file(accepted, "rows.csv").decode()
    status = service.store(accepted.record.batch_id).read_json(keys.STATUS) or {}
    assert (status["rows"]["retrieved"], status["rows"]["unresolved"]) == (2, 1)
    for word in ("nobody knows me", "IRSA", "NED", "SIMBAD", "204.253958"):
        assert word in rows


def test_a_service_that_is_down_is_asked_again_and_told_apart(
    archive: MadeArchive, names: FakeResolvers
) -> None:
    names.behaviours["SIMBAD"] = Behaviour.DOWN
    service = Naming(archive, names)
    accepted = service.submit(mode="positions", table="name\nnobody knows me\n", bands="J")
    state, waits = service.plan(accepted.record.batch_id)
    assert state["next"] == "package"
    assert len(waits) == MAX_ROUNDS
    assert all(wait > 0 for wait in waits[1:])
    steps.package_step(service.objects, state, archive.open, 1100.0)
    rows = service.file(accepted, "rows.csv").decode()
    assert "please try again" in rows
    assert "SIMBAD" in rows


def test_a_service_that_comes_back_is_heard(archive: MadeArchive, names: FakeResolvers) -> None:
    names.behaviours["NED"] = Behaviour.DOWN
    service = Naming(archive, names)
    accepted = service.submit(mode="positions", table="name\nm83\n", bands="J")
    batch_id = accepted.record.batch_id
    state = steps.plan_step(service.objects, {"batch_id": batch_id}, archive.open, service.settings)
    resolve = (service.resolver, archive.open, service.settings, 1010.0)
    assert steps.resolve_step(service.objects, state, *resolve)["next"] == "resolve"
    names.behaviours["NED"] = Behaviour.NORMAL
    assert steps.resolve_step(service.objects, state, *resolve)["next"] == "dispatch"
    assert load_name_answers(service.store(batch_id)).answers["m83"].position is not None


def test_names_beyond_many_unknown_ones_are_not_asked_for(
    archive: MadeArchive, names: FakeResolvers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(name_resolution, "MAX_UNKNOWN", 1)
    monkeypatch.setattr(name_resolution, "SECONDS_PER_CALL", 3.0)  # NED answers one a second
    service = Naming(archive, names)
    table = "name\n" + "".join(f"nobody {n}\n" for n in range(9))
    accepted = service.submit(mode="positions", table=table, bands="J")
    state, _ = service.plan(accepted.record.batch_id, most_calls=100)
    assert state["next"] == "package"
    answered = len(load_name_answers(service.store(accepted.record.batch_id)).answers)
    assert 1 <= answered < 9
    steps.package_step(service.objects, state, archive.open, 1100.0)
    assert service.file(accepted, "rows.csv").decode().count("was not asked for") == 9 - answered


def test_region_about_a_name(archive: MadeArchive, names: FakeResolvers) -> None:
    service = Naming(archive, names)
    accepted = service.submit(mode="region", center="m83", diameter=0.1)
    assert service.plan(accepted.record.batch_id)[0]["next"] == "dispatch"


def test_dry_run_counts_what_the_batch_would_give(archive: MadeArchive, names: FakeResolvers) -> None:
    service = Naming(archive, names)
    accepted = service.submit(mode="positions", table=TABLE, bands="J,K")
    told = estimate(accepted.request, archive.open, service.settings, service.resolver, time.monotonic() + 20)
    assert told["by_outcome"] == {"retrieved": 2, "unresolved": 1}
    assert (told["rows"], told["images"], told["parts"]) == (3, 4, 1)
    assert told["by_band"] == {"J": 2, "K": 2}
    assert "nobody knows me (row 2)" in told["notices"][0]
    other = service.submit(mode="positions", table="name\nm31\n").request
    late = estimate(other, archive.open, service.settings, service.resolver, time.monotonic())
    assert "1 of 1 names" in late["notices"][-1]


def test_answers_are_kept_for_all_batches(archive: MadeArchive, names: FakeResolvers) -> None:
    service = Naming(archive, names)
    for _ in range(2):
        service.plan(service.submit(mode="positions", table="name\nm83\n").record.batch_id)
    assert len([call for call in names.calls if call.service == "NED"]) == 1
