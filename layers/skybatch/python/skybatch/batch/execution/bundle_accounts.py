"""What the bundles of a batch say of its tasks, held to the plan: what does not fit it counts as absent."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from skybatch.batch import keys
from skybatch.batch.execution.stretches import PlannedBundle, Stretch
from skybatch.batch.file_names import archive_path, delivered_path
from skybatch.batch.plan import Plan, Task
from skybatch.batch.store import BatchStore, StoredObject
from skybatch.bundles.bundle_format import BundleIndex, FailedTask, Member, UnsoundBundle
from skybatch.bundles.bundle_reader import read_index
from skybatch.bundles.place import Place
from skybatch.bundles.tar_members import file_entry
from skybatch.concurrency import parallel_map

READS_IN_FLIGHT = 32
ATTEMPTS = (1, 2)
"""Attempts at single stored images of a bundle, after the bundle as a whole."""
SIZE_TOLERANCE = 256 * 1024
"""Bytes by which a file may differ from its planned size: an archive that changed has other headers."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class BundleAccount:
    """What one object says: places of images by task, failures; neither where it is unsound."""

    name: str
    places: dict[int, Place] = field(default_factory=dict)
    failures: tuple[FailedTask, ...] = ()


class BundleReader:
    """Reads the bundles of some stretches of a plan."""

    def __init__(self, store: BatchStore, plan: Plan, stretches: Iterable[Stretch]) -> None:
        self.store = store
        self.plan = plan
        # A name begins with a task's number, the first of a bundle's or of one of its stored images'.
        self._groups: dict[int, tuple[PlannedBundle, int]] = {
            numbers[0]: (bundle, source)
            for stretch in stretches
            for bundle in stretch.bundles
            for source, numbers in enumerate(bundle.numbers)
        }

    def listed(self) -> list[StoredObject]:
        """List the batch's bundles, in order of their names."""
        return sorted(self.store.list(keys.BUNDLES), key=lambda stored: stored.name)

    def planned_numbers(self, name: str) -> AbstractSet[int]:
        """Give the tasks that the object of this name may hold; none for a name that is not planned."""
        first = name.partition("-")[0]
        bundle, source = self._groups.get(int(first) if first.isdecimal() else -1, (None, 0))
        if bundle is None:
            return frozenset()
        if source == 0 and name == bundle.name:
            return frozenset(bundle.tasks)
        names = (bundle.piece_name(source, attempt) for attempt in ATTEMPTS)
        return frozenset(bundle.numbers[source]) if name in names else frozenset()

    def read(
        self, objects: Sequence[StoredObject], is_wanted: Callable[[AbstractSet[int]], bool] = bool
    ) -> Iterator[BundleAccount]:
        """Read the indexes of objects in parallel, in their order.

        ``is_wanted`` says by the tasks that one may hold whether it is read at all.
        """
        wanted = [stored for stored in objects if is_wanted(self.planned_numbers(stored.name))]
        yield from parallel_map(self._account, wanted, READS_IN_FLIGHT)

    def _account(self, stored: StoredObject) -> BundleAccount:
        key = self.store.path(keys.bundle(stored.name))
        try:
            index = read_index(self.store.objects, key, stored.bytes, stored.etag)
            self._check(stored.name, index)
        except UnsoundBundle as error:
            log.warning("bundle %s counts as absent: %s", stored.name, error)
            return BundleAccount(stored.name)
        places = {
            member.number: Place.of_member(stored.name, stored.etag, member) for member in index.members
        }
        return BundleAccount(stored.name, places, index.failures)

    def _check(self, name: str, index: BundleIndex) -> None:
        """Raise UnsoundBundle where an index says what the plan does not want."""
        planned = self.planned_numbers(name)
        named = {each.number for each in index.members} | {each.number for each in index.failures}
        if strange := sorted(named - planned):
            raise UnsoundBundle(f"it holds tasks that are not planned for it: {strange[:5]}")
        for member in index.members:
            self._check_member(member, self.plan.tasks[member.number])

    def _check_member(self, member: Member, task: Task) -> None:
        path = archive_path(self.store.batch_id, delivered_path(task.file))
        if member.offset - member.start != len(file_entry(path, member.length)):
            raise UnsoundBundle(f"the header of {task.file} has another length")
        if not may_have_size(task, member.length):
            raise UnsoundBundle(f"{task.file} has {member.length} bytes, {task.bytes} were planned")


def may_have_size(task: Task, size: int) -> bool:
    """Tell whether a file of this size may be a task's.

    One that is compressed anew has at most the planned size; one of an archive that changed may have another
    header than the inventory says.
    """
    if task.delivery_format.endswith(".gz"):
        return 0 < size <= task.bytes + SIZE_TOLERANCE
    return abs(size - task.bytes) <= SIZE_TOLERANCE
