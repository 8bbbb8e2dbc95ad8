"""A worker process makes the bundle of a message, and sends back what has to be done alone."""

from __future__ import annotations

from pathlib import Path

from skybatch.batch import keys
from skybatch.batch.execution.bundle_accounts import BundleReader
from skybatch.batch.plan import Plan, save_plan
from skybatch.batch.planning.planner import make_plan
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings
from skybatch.standalone.batch_directory import BatchDirectory
from skybatch.standalone.bundle_queue import BundleQueue, stretches_of
from skybatch.standalone.bundle_worker import BundleJob, Places, work_on
from skybatch.standalone.run import LocalRun
from tests.support.batches.batch_fakes import BATCH_ID
from tests.support.batches.in_process_service import images_of
from tests.support.servers.public_images import published_images
from tests.support.survey.archive_on_disk import write_tree
from tests.support.survey.sample_archive import MadeArchive
from tests.unit.standalone.conftest import posted


def planned(store: BatchDirectory, archive: MadeArchive) -> Plan:
    given = posted()
    request, _ = parse_body(given.body, given.content_type, Settings())
    return save_plan(store, make_plan(request, archive.open, 10**12, 10**6))


def test_a_bundle_is_made_of_the_tree(made_archive: MadeArchive, tree: Path, tmp_path: Path) -> None:
    store = BatchDirectory(tmp_path / "out", BATCH_ID)
    plan = planned(store, made_archive)
    places = Places(tree, store.root)
    jobs = [BundleJob(message, places) for message in iter(BundleQueue(store, plan).next_message, None)]
    done = [work_on(job) for job in jobs]
    assert sum(each.files for each in done) == len(plan.tasks)
    assert {(each.failures, each.sent_back) for each in done} == {(0, ())}
    reader = BundleReader(store, plan, stretches_of(store, plan))
    accounts = list(reader.read(reader.listed()))
    assert sorted(n for each in accounts for n in each.places) == [task.index for task in plan.tasks]
    assert all(place.preview is None for each in accounts for place in each.places.values())
    before = [store.read(keys.bundle(each.name)) for each in accounts]
    for job in jobs:
        work_on(job)
    assert [store.read(keys.bundle(each.name)) for each in accounts] == before


def test_images_in_another_bucket_are_read_there(tmp_path: Path) -> None:
    """The tree holds the inventory alone; the worker processes find the bucket by themselves."""
    archive = MadeArchive()
    with published_images(archive):
        write_tree(archive, tmp_path / "tree")
        places = Places(tmp_path / "tree", tmp_path / "out")
        status = LocalRun(places, processes=1).run(posted())
    made = images_of((tmp_path / "out" / "images.tar").read_bytes())
    assert status.images.retrieved == len(made) > 0
    assert status.images.failed == 0
