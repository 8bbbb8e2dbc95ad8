"""Build the inventory of a survey that a description describes, from the headers of its images.

Nothing is published where the description does not fit the tree: see `Listing.reasons_to_refuse`, and where
more than one image in a hundred is another than its key says. Single images that cannot be used are skipped.
"""

from __future__ import annotations

from collections.abc import Callable

from skybatch.archive.described.forms import by_image, read_forms
from skybatch.archive.described.headers import Mismatch, ReadImage
from skybatch.archive.described.listing import MAX_UNMATCHED, list_held
from skybatch.archive.described.sets import assemble
from skybatch.archive.image_records import Problem
from skybatch.archive.index import IN_FLIGHT, IndexReport
from skybatch.concurrency import parallel_map
from skybatch.errors import InvalidSurvey
from skybatch.inventory.publish import publish
from skybatch.storage.trees import Tree
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.known import register

Progress = Callable[[int], None]


def index_described(
    tree: Tree,
    description: str,
    name: str,
    *,
    in_flight: int = IN_FLIGHT,
    progress: Progress = lambda images: None,
) -> dict[str, IndexReport]:
    """Index the data sets of a description that a tree holds, and publish each; reports by data set.

    ``name`` is that of the description's file, for errors.

    Raises
    ------
    InvalidSurvey
        Where the description breaks rules, or does not fit the tree; nothing was published then.
    """
    survey = read_survey(description, name)
    if survey.id == DEFAULT_SURVEY:
        raise InvalidSurvey(f"{name}: id: {survey.id} is indexed without a description")
    register(survey)
    held = list_held(tree, survey)
    _refuse_unfit(name, {dataset: listing.reasons_to_refuse(survey) for dataset, listing in held.items()})
    read: dict[str, list[ReadImage | Problem]] = {dataset: [] for dataset in held}
    for dataset, listing in held.items():
        stored = by_image(listing.images, survey)
        for found in parallel_map(lambda each: read_forms(tree, each, survey), stored, in_flight):
            read[dataset] += found
            progress(len(found))
    _refuse_unfit(name, {dataset: reasons_of_headers(images) for dataset, images in read.items()})
    reports = {}
    for dataset, listing in held.items():
        images = [image for image in read[dataset] if isinstance(image, ReadImage)]
        sets, odd = assemble(survey, dataset, images)
        version = publish(tree, sets, numbered=False, origin="index", description=description)
        problems = (*listing.unmatched, *listing.problems, *_problems(read[dataset]), *odd)
        reports[dataset] = IndexReport(version, len(sets), len(images) - len(odd), 0, 0, 0, problems)
    return reports


def reasons_of_headers(images: list[ReadImage | Problem]) -> list[str]:
    """Return why images as they are do not fit the description; single ones may be damaged."""
    problems, others = _problems(images), [each for each in images if isinstance(each, Mismatch)]
    if problems and len(problems) == len(images):
        return [f"no image can be used; the first: {problems[0]}"]
    if len(others) > MAX_UNMATCHED * len(images):
        share = f"{len(others)} of {len(images)} images are others than the description says"
        return [f"{share}, more than {MAX_UNMATCHED:.0%}; the first: {others[0]}"]
    return []


def _problems(images: list[ReadImage | Problem]) -> list[Problem]:
    return [image for image in images if isinstance(image, Problem)]


def _refuse_unfit(name: str, reasons: dict[str, list[str]]) -> None:
    found = [f"{name}: {dataset}: {reason}" for dataset, each in reasons.items() for reason in each]
    if found:
        raise InvalidSurvey("\n".join(found))
