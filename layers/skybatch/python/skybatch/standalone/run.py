"""A batch from its request to its results, on directories: what a state machine and functions do elsewhere.

Whatever was written before stays: a run that was stopped goes on where it stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from skybatch.batch import keys
from skybatch.batch.name_answers import load_name_answers
from skybatch.batch.plan import Plan, load_plan, save_plan
from skybatch.batch.planning.planner import make_plan
from skybatch.batch.record import load_request
from skybatch.batch.results.packager import package
from skybatch.batch.status import read_status
from skybatch.bundles.directory_assembler import DirectoryAssembler
from skybatch.inventory.held_surveys import loader
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.versions import current_version
from skybatch.presentation.texts_for_people import texts_for_people
from skybatch.requests.resolution import unresolved_names
from skybatch.settings import Settings
from skybatch.standalone.acceptance import UNLIMITED, PostedRequest, accept
from skybatch.standalone.batch_directory import BatchDirectory, locked
from skybatch.standalone.bundle_queue import BundleQueue
from skybatch.standalone.bundle_worker import BundleDone, BundleJob, Places, work_on
from skybatch.standalone.worker_processes import WorkerProcesses
from skybatch.status import BatchStatus
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.known import learn_from

OpenInventory = Callable[[str, str | None], Inventory]
Progress = Callable[[str, int, int, int], object]
"""Called with the state, and the numbers of images done, failed and wanted."""
Work = Callable[[BundleJob], BundleDone]
WORKER_MODULE = "skybatch.standalone.bundle_worker"


def no_progress(*_: object) -> None:
    """Show nothing."""


@dataclass(frozen=True)
class LocalRun:
    """One run for one directory.

    Attributes
    ----------
    places
        The archive's tree, with its inventory, and the directory for results.
    processes
        How many worker processes.
    progress
        Told how the batch fares.
    settings
        Addresses of the name services.
    work
        What a process does with a message.
    """

    places: Places
    processes: int
    progress: Progress = no_progress
    settings: Settings = field(default_factory=Settings)
    work: Work = work_on

    def run(self, posted: PostedRequest) -> BatchStatus:
        """Run a batch to its end, or go on with the one that was stopped; return its final status.

        Raises
        ------
        Conflict
            Another run writes to the directory, or it is of another request.
        InventoryError
            The archive has no inventory.
        SkybatchError
            The request is not valid, or asks for more than there is.
        """
        learn_from(loader(DirectoryTree(self.places.archive)))
        with locked(self.places.out):
            store = accept(posted, self.places.archive, self.places.out, time.time())
            store.remove_leftovers()
            if not store.exists(keys.STATUS):
                self._work(store)
            return read_status(store, time.time())

    def _work(self, store: BatchDirectory) -> None:
        if store.exists(keys.OUTCOMES):
            plan = self._plan(store)
        else:
            with WorkerProcesses(self.work, self.processes, [WORKER_MODULE]) as workers:
                plan = self._plan(store)  # while the processes start
                self._make(store, plan, workers)
        self.progress("packaging", len(plan.tasks), 0, len(plan.tasks))
        assembler = DirectoryAssembler(store.root, lambda name: store.path(keys.bundle(name)))
        package(store, plan, self._open_inventory, texts_for_people, assembler, time.time())

    def _plan(self, store: BatchDirectory) -> Plan:
        kept = load_plan(store)
        if kept is not None:
            return kept
        self.progress("planning", 0, 0, 0)
        if unresolved_names(load_request(store)):
            self._resolve(store)
        names = load_name_answers(store)
        plan = make_plan(load_request(store), self._open_inventory, UNLIMITED, UNLIMITED, names.answers)
        return save_plan(store, plan)

    def _resolve(self, store: BatchDirectory) -> None:
        """Look names up, again after a pause where a service does not answer."""
        # An HTTP client, only where it is needed.
        from skybatch.batch.planning.name_resolution import resolve_names
        from skybatch.names.factory import make_local_resolver

        resolver = make_local_resolver(self.settings)
        while (wait := resolve_names(store, resolver, time.time())) is not None:
            time.sleep(wait)

    def _make(
        self, store: BatchDirectory, plan: Plan, workers: WorkerProcesses[BundleJob, BundleDone]
    ) -> None:
        """Make all images that can be made."""
        queue = BundleQueue(store, plan)

        def next_job() -> BundleJob | None:
            message = queue.next_message()
            return None if message is None else BundleJob(message, self.places)

        for finished in workers.run(next_job):
            if finished.result is None:
                queue.retry(finished.job.message, finished.error or RuntimeError("no answer"))
            else:
                done = finished.result
                queue.count(done.files, done.failures, done.sent_back)
            self.progress("running", queue.done, queue.failed, len(plan.tasks))

    @property
    def _open_inventory(self) -> OpenInventory:
        return _inventories(self.places.archive)


@lru_cache(maxsize=1)
def _inventories(archive: Path) -> OpenInventory:
    """Return what opens the inventories of a tree; their columns are mapped, not read."""
    tree = DirectoryTree(archive)

    @lru_cache(maxsize=8)
    def open_version(dataset: str, version: str) -> Inventory:
        return Inventory.open(tree, dataset, version)

    return lambda dataset, version: open_version(dataset, version or current_version(tree, dataset))
