"""Build the inventory of a survey that a description describes: from headers, or from metadata tables.

Nothing is published where the description does not fit the tree: see `Listing.reasons_to_refuse`, and where
more than one image in a hundred is another than its key, or its table, says. Single images that cannot be
used are skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from skybatch.archive.coverage import coverage_of
from skybatch.archive.described.example_image import choose_example
from skybatch.archive.described.existence import Existence, stored_images
from skybatch.archive.described.forms import by_image, read_forms
from skybatch.archive.described.headers import Mismatch, ReadImage
from skybatch.archive.described.listing import MAX_UNMATCHED, list_held
from skybatch.archive.described.sets import assemble
from skybatch.archive.described.table_images import read_table_images, well_placed
from skybatch.archive.image_records import Problem
from skybatch.archive.index import IN_FLIGHT, IndexReport
from skybatch.concurrency import parallel_map
from skybatch.errors import InvalidSurvey, InventoryError
from skybatch.inventory.publish import publish
from skybatch.storage.trees import Tree
from skybatch.surveys.catalogue import DEFAULT_SURVEY
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import register

Progress = Callable[[int], None]


def index_described(
    tree: Tree,
    description: str,
    name: str,
    *,
    images: Tree | None = None,
    in_flight: int = IN_FLIGHT,
    progress: Progress = lambda images: None,
) -> dict[str, IndexReport]:
    """Index the data sets of a description that a tree holds, and publish each; reports by data set.

    ``name`` is that of the description's file, for errors. ``images`` is the tree that has the images, if
    that is not the one of the inventories.

    Raises
    ------
    InvalidSurvey
        Where the description breaks rules, or does not fit the tree; nothing was published then.
    """
    survey = _described(description, name)
    source = tree if images is None else images
    held = list_held(source, survey)
    _refuse_unfit(name, {dataset: listing.reasons_to_refuse(survey) for dataset, listing in held.items()})
    read: dict[str, list[ReadImage | Problem]] = {dataset: [] for dataset in held}
    for dataset, listing in held.items():
        stored = by_image(listing.images, survey)
        for found in parallel_map(lambda each: read_forms(source, each, survey), stored, in_flight):
            read[dataset] += found
            progress(len(found))
    _refuse_unfit(name, {dataset: reasons_of_headers(images) for dataset, images in read.items()})
    skipped = {name: (*listing.unmatched, *listing.problems) for name, listing in held.items()}
    return {
        dataset: _publish(tree, survey, dataset, found, skipped[dataset], description, "index")
        for dataset, found in read.items()
    }


def index_tables(
    tree: Tree,
    description: str,
    name: str,
    tables: Sequence[Path],
    existence: Existence,
    *,
    images: Tree | None = None,
    in_flight: int = IN_FLIGHT,
    progress: Progress = lambda images: None,
) -> dict[str, IndexReport]:
    """Publish the images of metadata tables, as far as they are stored; reports by data set.

    ``existence`` says how that is known: by a ``listing`` of the tree; by a ``probe``, one request for the
    beginning of each file, whose header is what counts then; or ``assumed``. ``images`` is the tree that has
    the images, if that is not the one of the inventories.

    Raises
    ------
    InvalidSurvey
        Where the description breaks rules, or does not fit table or tree; nothing was published then.
    InvalidRequest
        For tables that cannot be read: see `read_table_images`.
    InventoryError
        Where no image of the tables is stored.
    """
    survey = _described(description, name)
    named, wrong = well_placed(read_table_images(tables, survey))
    _refuse_unfit(name, {"tables": reasons_of_shares(wrong, len(named) + len(wrong))})
    source = tree if images is None else images
    stored = stored_images(source, survey, named, existence, in_flight, progress)
    _refuse_unfit(name, {"tables": reasons_of_headers(stored.images)})
    read = [image for image in stored.images if isinstance(image, ReadImage)]
    skipped = (*wrong, *stored.problems, *_problems(stored.images))
    if not read:
        raise InventoryError(f"no image of the tables is stored; the first: {skipped[0]}")
    datasets = list(dict.fromkeys(image.key.dataset for image in read))
    return {
        dataset: _publish(
            tree,
            survey,
            dataset,
            [image for image in read if image.key.dataset == dataset],
            skipped if dataset == datasets[0] else (),
            description,
            "import",
        )
        for dataset in datasets
    }


def _described(description: str, name: str) -> Survey:
    survey = read_survey(description, name)
    if survey.id == DEFAULT_SURVEY:
        raise InvalidSurvey(f"{name}: id: {survey.id} is indexed without a description")
    register(survey)
    return survey


def _publish(
    tree: Tree,
    survey: Survey,
    dataset: str,
    found: Sequence[ReadImage | Problem],
    skipped: Sequence[Problem],
    description: str,
    origin: str,
) -> IndexReport:
    images = [image for image in found if isinstance(image, ReadImage)]
    sets, odd = assemble(survey, dataset, images)
    coverage = coverage_of(sets)
    version = publish(
        tree,
        sets,
        numbered=False,
        origin=origin,
        description=description,
        coverage=coverage,
        example=choose_example(sets),
    )
    problems = (*skipped, *_problems(found), *odd)
    return IndexReport(version, len(sets), len(images) - len(odd), 0, 0, 0, problems)


def reasons_of_headers(images: Sequence[ReadImage | Problem]) -> list[str]:
    """Return why images as they are do not fit the description; single ones may be damaged."""
    problems = _problems(images)
    if problems and len(problems) == len(images):
        return [f"no image can be used; the first: {problems[0]}"]
    return reasons_of_shares([each for each in images if isinstance(each, Mismatch)], len(images))


def reasons_of_shares(others: Sequence[Problem], count: int) -> list[str]:
    """Return why so many of ``count`` images are others than said, if more than one in a hundred is."""
    if len(others) <= MAX_UNMATCHED * count:
        return []
    share = f"{len(others)} of {count} images are others than the description says"
    return [f"{share}, more than {MAX_UNMATCHED:.0%}; the first: {others[0]}"]


def _problems(images: Sequence[ReadImage | Problem]) -> list[Problem]:
    return [image for image in images if isinstance(image, Problem)]


def _refuse_unfit(name: str, reasons: Mapping[str, list[str]]) -> None:
    found = [f"{name}: {dataset}: {reason}" for dataset, each in reasons.items() for reason in each]
    if found:
        raise InvalidSurvey("\n".join(found))
