"""The accounts of a batch of the reference model at its end: archive, outcomes, places, journal, status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from skybatch.batch import keys
from skybatch.batch.codes import ImageStatus
from skybatch.batch.delivery.image_places import load_places
from skybatch.batch.delivery.single_images import read_image
from skybatch.batch.journal import all_entries, read_journal
from skybatch.batch.outcomes import ImageOutcome
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.results.packager import package
from skybatch.bundles.place import Place
from skybatch.presentation.texts_for_people import texts_for_people
from skybatch.status import BatchStatus
from skybatch.workflow.steps import store_assembler
from tests.support.batches.batch_fakes import FakeBatch
from tests.support.batches.reference_batch import LIMIT, expected, final_outcomes, images_in


@dataclass(frozen=True)
class Accounts:
    """Packages a batch and checks what came of it.

    ``sources`` are the conditions of the stored images; of an undisturbed batch they give every outcome.
    """

    batch: FakeBatch
    sources: Mapping[str, str]
    undisturbed: bool
    open_inventory: OpenInventory

    def packaged(self, later: float = 0) -> BatchStatus:
        store, now = self.batch.store, self.batch.now + later
        return package(
            store, self.batch.plan, self.open_inventory, texts_for_people, store_assembler(store), now
        )

    def check(self) -> None:
        store = self.batch.store
        status = self.packaged()
        tar = store.read(keys.result("images.tar"))
        self.work_what_comes_late()
        assert self.packaged(5) == status
        assert store.read(keys.result("images.tar")) == tar
        outcomes = final_outcomes(store)
        retrieved = [each.file for each, o in zip(self.batch.plan.tasks, outcomes, strict=True) if o.bytes]
        self.check_the_images(images_in(tar), retrieved)
        self.check_the_journal(retrieved, outcomes)
        assert len(outcomes) == len(self.batch.plan.tasks) == sum(self.by_status(outcomes).values())
        assert sum(o.bytes for o in outcomes) <= LIMIT
        assert not self.retrieved_beyond_the_limit(outcomes), "what does not fit ends the batch"
        rows = status.rows.to_json()
        assert rows.pop("total") == sum(rows.values()) == len(outcomes)
        if self.undisturbed:
            assert status.state == "complete"
            assert [o.status for o in outcomes] == expected(self.batch.plan, self.sources)
        else:
            assert (status.state == "cancelled") == (ImageStatus.CANCELLED in self.by_status(outcomes))

    def check_the_images(self, images: dict[str, bytes], retrieved: list[str]) -> None:
        """The archive has each once, and a single image has the very same bytes."""
        assert sorted(images) == sorted(retrieved)
        places = load_places(self.batch.store) or {}
        assert {file: read_image(self.batch.store, place) for file, place in places.items()} == images

    def check_the_journal(self, retrieved: list[str], outcomes: list[ImageOutcome]) -> None:
        """Each image once. What came when it was given up may push later ones over the limit again."""
        journal = self.journal()
        assert len(journal) == len(set(journal))
        over = {self.batch.plan.tasks[o.index].file for o in outcomes if o.status is ImageStatus.OVER_LIMIT}
        beaten = {
            self.batch.plan.tasks[o.index].file
            for o in outcomes
            if o.status in (ImageStatus.FAILED, ImageStatus.CANCELLED)
        }
        assert not beaten & set(journal), "a success beats whatever else was said"
        told = {entry["n"]: Place.from_json(entry["place"]) for entry in all_entries(self.batch.store)}
        final = {o.index: o.place for o in outcomes if o.place}
        assert {number: told[number] for number in final} == final, "an image's place is decided once"
        assert set(retrieved) <= set(journal) <= set(retrieved) | (set() if self.undisturbed else over)

    def work_what_comes_late(self) -> None:
        """Images and failures of tasks that were given up or cancelled."""
        sent = {number for numbers in self.batch.numbers_of(self.batch.sent) for number in numbers}
        tasks = [self.batch.plan.tasks[number] for number in sorted(sent)]
        self.batch.deliver(*tasks)
        self.batch.fail(*tasks, reason="late")

    def retrieved_beyond_the_limit(self, outcomes: list[ImageOutcome]) -> bool:
        """Tell whether an image came in plan order behind one that was over the limit."""
        statuses = [outcome.status for outcome in outcomes]
        if ImageStatus.OVER_LIMIT not in statuses:
            return False
        return ImageStatus.RETRIEVED in statuses[statuses.index(ImageStatus.OVER_LIMIT) :]

    def by_status(self, outcomes: list[ImageOutcome]) -> Counter[ImageStatus]:
        return Counter(o.status for o in outcomes)

    def journal(self) -> list[str]:
        files: list[str] = []
        after = None
        while True:
            page = read_journal(self.batch.store, after, ended=True)
            files += [image["file"] for image in page.images]
            after = page.next_cursor
            if after is None:
                return files
