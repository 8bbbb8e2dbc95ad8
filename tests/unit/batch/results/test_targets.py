"""Targets of an ended batch: bands side by side, rows without images among them, and the memory of a few."""

from __future__ import annotations

import gc

import pytest
from obstore.store import MemoryStore

from skybatch.batch.codes import RowStatus
from skybatch.batch.execution.journal_writer import append_remaining
from skybatch.batch.plan import load_plan
from skybatch.batch.results.targets import TargetMemory, load_finished_targets, load_targets
from skybatch.batch.store import BatchStore
from skybatch.bundles.place import Place
from skybatch.workflow import steps
from tests.support.batches.batch_fakes import BATCH_ID, Clock
from tests.support.batches.in_process_service import Service
from tests.support.survey.sample_archive import POSITIONS, MadeArchive

KEYS = "coadd_key,band\n1001,A\n1002,J\n9999,J\n"


def test_a_target_is_an_image_set_of_a_row_with_its_bands_in_the_surveys_order(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    service.run(accepted)
    targets = load_targets(service.store(accepted.record.batch_id))
    assert [[picture.task.band for picture in target.pictures] for target in targets] == [
        ["j", "h", "k"],
        ["j"],
        [],
    ]
    assert [bool(target.colour) for target in targets] == [True, False, False]
    assert [target.outcome for target in targets] == [
        RowStatus.RETRIEVED,
        RowStatus.RETRIEVED,
        RowStatus.NOT_COVERED,
    ]
    assert [target.row_number for target in targets] == [1, 2, 3]
    assert targets[0].bytes == sum(picture.bytes for picture in targets[0].pictures) > 0
    assert targets[2].reason


def test_every_image_of_the_plan_is_in_one_target(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    status = service.run(accepted)
    targets = load_targets(service.store(accepted.record.batch_id))
    files = [picture.task.file for target in targets for picture in target.pictures]
    assert len(files) == len(set(files)) == status.images.total
    assert [target.row_number for target in targets] == sorted(t.row_number or 0 for t in targets)
    assert {target.row_number for target in targets} == {1, 2, 3, 4}


def test_an_image_that_is_missing_has_a_reason(archive: MadeArchive) -> None:
    service = Service(archive, max_batch_bytes=1000)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    service.run(accepted)
    target = load_targets(service.store(accepted.record.batch_id))[0]
    assert target.outcome is RowStatus.FAILED
    assert target.reason
    assert not any(picture.is_here for picture in target.pictures)
    assert target.colour is None


def test_a_running_batch_has_the_targets_that_finished(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    store = service.store(accepted.record.batch_id)
    assert load_finished_targets(store) == ()
    state = steps.plan_step(
        service.objects, {"batch_id": accepted.record.batch_id}, archive.open, service.settings
    )
    assert load_finished_targets(store) == ()
    state = steps.dispatch_step(service.objects, state, service.queue, service.settings, 1010.0)
    steps.tally_step(service.objects, state, service.settings, Clock(1020.0))
    assert [len(target.pictures) for target in load_finished_targets(store)] == [3, 1]


def test_of_a_target_that_is_half_done_only_what_is_there_is_shown(archive: MadeArchive) -> None:
    service = Service(archive)
    accepted = service.submit(mode="coadd_keys", table=KEYS)
    store = service.store(accepted.record.batch_id)
    steps.plan_step(service.objects, {"batch_id": accepted.record.batch_id}, archive.open, service.settings)
    plan = load_plan(store)
    assert plan is not None
    done = plan.tasks[1]
    append_remaining(store, plan, {1: Place("000000-a", '"e"', 0, 512, 700, "0" * 32, 1)})
    (target,) = load_finished_targets(store)
    (picture,) = target.pictures
    assert (picture.task.file, picture.bytes, picture.is_here) == (done.file, 700, True)
    assert target.colour is None


@pytest.mark.parametrize("was_enabled", [True, False])
def test_collection_of_cycles_is_as_it_was(archive: MadeArchive, was_enabled: bool) -> None:
    service = Service(archive)
    accepted = service.submit(mode="positions", table=POSITIONS)
    service.run(accepted)
    (gc.enable if was_enabled else gc.disable)()
    try:
        assert load_targets(service.store(accepted.record.batch_id))
        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()


def test_a_batch_that_failed_before_its_outcomes_has_none() -> None:
    assert load_targets(BatchStore(MemoryStore(), BATCH_ID)) == ()


def test_only_so_many_images_are_kept(archive: MadeArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("skybatch.batch.results.targets.MOST_REMEMBERED", 10)
    service, memory = Service(archive), TargetMemory()
    accepted = [service.submit(mode="coadd_keys", table=KEYS, label=str(n)) for n in range(2)]
    for each in accepted:
        service.run(each)
    first, second = (memory.of(service.store(each.record.batch_id)) for each in accepted)
    assert memory.of(service.store(accepted[1].record.batch_id)) is second
    assert memory.of(service.store(accepted[0].record.batch_id)) is not first


def test_the_targets_of_the_last_batches_are_read_once(archive: MadeArchive) -> None:
    service, memory = Service(archive), TargetMemory()
    accepted = [service.submit(mode="coadd_keys", table=KEYS, label=str(n)) for n in range(4)]
    for each in accepted:
        service.run(each)
    stores = [service.store(each.record.batch_id) for each in accepted]
    first = memory.of(stores[0])
    assert memory.of(stores[0]) is first
    for store in stores[1:]:
        memory.of(store)
    assert memory.of(stores[0]) is not first
    assert memory.of(stores[0]) == first
