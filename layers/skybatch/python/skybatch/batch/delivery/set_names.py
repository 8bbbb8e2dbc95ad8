"""The image set that a task is of: its identifier, and what tells its files from those of other sets."""

from __future__ import annotations

from skybatch.batch.plan import Task
from skybatch.errors import NotFound
from skybatch.surveys.image_id import parse_key
from skybatch.surveys.known import survey_if_known, survey_of


def image_set_name(task: Task) -> str:
    """Return the identifier of the image set of a task; the stored file's name where its key is unknown."""
    try:
        image, _, _ = parse_key(task.source)
    except NotFound:
        return task.source.rpartition("/")[2]
    return survey_of(image.dataset).set_id.format(image.fields)


def set_of(task: Task) -> int | str:
    """Return what the images of one set have in common, among those of a data set.

    That is the number of the set, or its identifier where each of its bands has a number of its own.
    """
    survey = survey_if_known(task.dataset)
    return image_set_name(task) if survey and survey.bands_apart else task.set_index
