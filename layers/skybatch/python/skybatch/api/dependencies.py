"""What route handlers depend on: stores, inventories, name services, the state machine and the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from skybatch.api.metering import batch_meter, caller_meter
from skybatch.batch.store import BatchStore
from skybatch.errors import InventoryError
from skybatch.inventory.cache import open_inventories
from skybatch.settings import Settings
from skybatch.storage.clients import client
from skybatch.storage.s3 import open_archive, open_bucket
from skybatch.surveys.known import held_datasets, known_surveys, refresh

if TYPE_CHECKING:
    from obstore.store import ObjectStore

    from skybatch.batch.delivery.file_readings import FileReadings
    from skybatch.batch.delivery.image_places import ImagePlace, ImagePlaces
    from skybatch.batch.delivery.single_images import CopyRange
    from skybatch.batch.results.targets import TargetMemory
    from skybatch.batch.submission.executions import StartExecution
    from skybatch.callers.meter import Meter
    from skybatch.inventory.inventory import Inventory
    from skybatch.names.resolver import Resolver


@dataclass(frozen=True)
class Dependencies:
    """The dependencies of one deployment, or of a test.

    Attributes
    ----------
    settings
        Names and limits of the deployment.
    results
        The results bucket.
    archive
        The archive: inventories, and the images of surveys whose description names no bucket, with keys
        relative to the archive prefix.
    open_inventory
        Opens the inventory of a data set: of a version, or of the current one for None.
    name_resolver
        Gives the name services; called only when a name must be resolved, for their HTTP client takes
        25 ms of a cold start.
    start_execution
        Starts the state machine for a batch id accepted at a Unix time; starting it twice is no error.
    send_held
        Has the messages sent that waited for a mailbox to be confirmed.
    copy_range
        Copies a large image inside the results bucket; None where its store copies no ranges.
    clock
        Unix time in seconds.
    """

    settings: Settings
    results: ObjectStore
    archive: ObjectStore
    open_inventory: Callable[[str, str | None], Inventory]
    name_resolver: Callable[[], Resolver]
    start_execution: StartExecution
    copy_range: CopyRange | None = None
    send_held: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.time

    @classmethod
    def from_settings(cls, settings: Settings) -> Dependencies:
        """Connect to the buckets and services that the settings name."""
        results = open_bucket(settings.results_bucket)
        archive = open_archive(settings)
        return cls(
            settings=settings,
            results=results,
            archive=archive,
            open_inventory=open_inventories(archive),
            name_resolver=_name_resolver(results, settings),
            start_execution=_execution_starter(settings),
            copy_range=_range_copier(settings),
            send_held=_held_sender(settings),
        )

    @cached_property
    def places(self) -> ImagePlaces:
        """What finds images in bundles, and remembers where those of the last batches lie."""
        from skybatch.batch.delivery.image_places import ImagePlaces  # 12 ms of a cold start; one function's

        return ImagePlaces()

    @cached_property
    def file_readings(self) -> FileReadings:
        """What knows how files are read for pictures, and remembers those of the last batches."""
        from skybatch.batch.delivery.file_readings import FileReadings

        return FileReadings()

    @cached_property
    def targets(self) -> TargetMemory:
        """What reads the targets of ended batches, and remembers those of the last few."""
        from skybatch.batch.results.targets import TargetMemory  # of use to one function alone

        return TargetMemory()

    @cached_property
    def callers(self) -> Meter:
        """The meter of what each caller's network uses."""
        return caller_meter(self.results, self.settings)

    @cached_property
    def batch_links(self) -> Meter:
        """The meter of the links signed to each batch's files."""
        return batch_meter(self.results, self.settings)

    def batch(self, batch_id: str) -> BatchStore:
        """Return the objects of one batch. Raises NotFound for what cannot be a batch id."""
        return BatchStore(self.results, batch_id)

    def current_inventory(self, dataset: str) -> Inventory:
        """Open the current inventory of a data set. Raises InventoryError."""
        return self.open_inventory(dataset, None)

    def images_of(self, dataset: str) -> ObjectStore:
        """Return the store that holds the images of a data set. Raises NotFound for an unknown one."""
        from skybatch.inventory.places.image_stores import images_of

        return images_of(self.archive, dataset)

    def images_at(self, key: str) -> ObjectStore:
        """Return the store that holds the image of a key. Raises NotFound for what is no image's key."""
        from skybatch.inventory.places.image_stores import images_at

        return images_at(self.archive, key)

    def available_datasets(self) -> list[str]:
        """Return the data sets of which the archive has an inventory, the default one first."""
        refresh()
        named = dict.fromkeys((*held_datasets(), *known_surveys()))
        return [dataset for dataset in named if self.readable_inventory(dataset) is not None]

    def readable_inventory(self, dataset: str) -> Inventory | None:
        """Return the current inventory of a data set, None where the archive has none that can be read."""
        try:
            return self.current_inventory(dataset)
        except InventoryError:
            return None


def _name_resolver(results: ObjectStore, settings: Settings) -> Callable[[], Resolver]:
    @lru_cache(maxsize=1)
    def resolver() -> Resolver:
        from skybatch.names.factory import make_resolver

        return make_resolver(results, settings)

    return resolver


def _range_copier(settings: Settings) -> CopyRange:
    def copy(key: str, source: str, place: ImagePlace, content_type: str) -> None:
        from skybatch.batch.delivery.single_images import range_copier

        range_copier(lambda: client("s3"), settings.results_bucket)(key, source, place, content_type)

    return copy


def _held_sender(settings: Settings) -> Callable[[str], None]:
    def send(mailbox: str) -> None:
        event = json.dumps({"confirmed": mailbox}).encode()
        client("lambda").invoke(
            FunctionName=settings.notifier_function, InvocationType="Event", Payload=event
        )

    return send


def _execution_starter(settings: Settings) -> StartExecution:
    def start(batch_id: str, created: float) -> None:
        # Here, because only one function submits batches; boto3 alone costs the others 50 ms.
        from skybatch.batch.submission.executions import execution_starter

        execution_starter(client("stepfunctions"), settings.state_machine_arn)(batch_id, created)

    return start
