"""How the pixels of a batch's files are read for pictures: the HDU of the image, and values without data.

Both are said by the descriptions of surveys, and a file's survey by the plan. That is read only where any
survey says what its headers do not.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from skybatch.batch.plan import Task, load_plan
from skybatch.batch.store import BatchStore
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE
from skybatch.surveys.image_id import no_data_of
from skybatch.surveys.known import surveys_if_known

if TYPE_CHECKING:
    from skybatch.imaging.preview import PixelReading
    from skybatch.surveys.description.survey import Survey

BATCHES_REMEMBERED = 4


@dataclass
class FileReadings:
    """Finds how files are read, and keeps that of the last few batches: plans never change."""

    _kept: OrderedDict[str, Mapping[str, PixelReading]] = field(default_factory=OrderedDict)

    def of(self, store: BatchStore, file: str) -> PixelReading:
        """Return how a file is read, by its name."""
        from skybatch.imaging.preview import DEFAULT_READING  # numpy, for pictures alone

        if not any(map(_says_more, surveys_if_known())):
            return DEFAULT_READING
        if store.batch_id not in self._kept:
            plan = load_plan(store)
            if plan is None:
                return DEFAULT_READING
            self._kept[store.batch_id] = _readings(plan.tasks)
            while len(self._kept) > BATCHES_REMEMBERED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(store.batch_id)
        return self._kept[store.batch_id].get(file, DEFAULT_READING)


def _says_more(survey: Survey) -> bool:
    """Tell whether a survey has images that are not the first of their file, or values without data."""
    return any(product.hdu != FIRST_IMAGE or product.no_data for product in survey.images.values())


def _readings(tasks: Iterable[Task]) -> Mapping[str, PixelReading]:
    """Return how files are read that are not read as any is."""
    from skybatch.imaging.preview import DEFAULT_READING, PixelReading

    readings = {}
    for task in tasks:
        reading = PixelReading(task.delivered_hdu, no_data_of(task.dataset, task.image_type))
        if reading != DEFAULT_READING:
            readings[task.file] = reading
    return readings
