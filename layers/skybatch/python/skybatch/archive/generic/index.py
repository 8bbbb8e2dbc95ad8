"""Index every FITS image of a tree without a description: the generic survey."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from skybatch.archive.coverage import coverage_of
from skybatch.archive.described.hdu_reader import read_hdu
from skybatch.archive.described.headers import TILED, ReadImage, image_of
from skybatch.archive.described.sets import assemble
from skybatch.archive.generic.bands import (
    KEYWORDS,
    NO_BAND,
    TreeBands,
    band_word,
    said_filter,
    tree_bands,
    words_of_names,
)
from skybatch.archive.generic.description import COLUMNS, FILE, Facts, description, survey_id
from skybatch.archive.generic.files import FitsFile, TreeFiles, list_tree
from skybatch.archive.generic.further_images import further_images
from skybatch.archive.image_records import UNREADABLE, Problem, unreadable
from skybatch.archive.index import IN_FLIGHT, IndexReport
from skybatch.concurrency import parallel_map
from skybatch.errors import InventoryError
from skybatch.inventory.held_surveys import described_surveys
from skybatch.inventory.publish import publish
from skybatch.surveys.catalogue import PACKAGED_SURVEYS
from skybatch.surveys.description.keys import INVENTORIES, KeyLayout, StoredKey
from skybatch.surveys.description.reader import read_survey
from skybatch.surveys.known import default_survey, register
from skybatch.surveys.twomass.datasets import MISSION

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets
    from skybatch.storage.trees import Tree
    from skybatch.surveys.description.survey import Survey

_INSTRUMENTS = ("TELESCOP", "INSTRUME")
_SHARE_OF_IMAGE = 4


@dataclass(frozen=True)
class GenericReport:
    """Result of indexing a tree without a description.

    Attributes
    ----------
    survey
        Identifier of the survey, which is that of its one data set.
    index
        What was published; its problems are files that were skipped.
    notices
        What was guessed, ignored or taken only in part, a line each.
    keys
        The paths of the files whose images are in the inventory.
    """

    survey: str
    index: IndexReport
    notices: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class _Found:
    """One image with the word for its band, and the HDUs of images that follow it."""

    image: ReadImage
    word: str
    further: tuple[str, ...]


def index_tree(
    tree: Tree,
    name: str,
    *,
    images: Tree | None = None,
    in_flight: int = IN_FLIGHT,
    progress: Callable[[int], None] = lambda images: None,
) -> GenericReport:
    """Index the FITS images of a tree, and publish them as the survey of the folder ``name``.

    Only headers are read. ``images`` is the tree that has the images, if that is not the one of the
    inventories.

    Raises
    ------
    InventoryError
        Where the tree holds no image that can be served, or may not be written to.
    """
    source = tree if images is None else images
    check_writable(tree)
    held = described_surveys(tree)
    identifier = _identifier(name, held)
    files = list_tree(source, _prefixes(held))
    provisional = _survey(Facts(name, identifier, {NO_BAND: NO_BAND}, _forms(files), keywords=_keywords()))
    found: list[_Found] = []
    problems = list(files.problems)
    for each in parallel_map(lambda file: _read(source, file, provisional), files.images, in_flight):
        found += [each] if isinstance(each, _Found) else []
        problems += [each] if isinstance(each, Problem) else []
        progress(1)
    if not found:
        raise InventoryError(_nothing(files, problems))
    found = _named(found)
    bands = tree_bands(each.word for each in found)
    text = description(_facts(name, identifier, files, bands, [each.image for each in found]))
    sets, odd = _sets(read_survey(text, f"{identifier}.toml"), found, bands)
    version = publish(
        tree, sets, numbered=False, origin="index", description=text, coverage=coverage_of(sets)
    )
    skipped = {problem.place for problem in odd}
    keys = tuple(each.image.path for each in found if each.image.path not in skipped)
    report = IndexReport(version, len(sets), len(keys), 0, 0, 0, (*problems, *odd))
    return GenericReport(identifier, report, tuple(_notices(files, bands, found)), keys)


def check_writable(tree: Tree) -> None:
    """Raise InventoryError, with the way out, for a folder in which no inventory can be made."""
    folder = tree.local(INVENTORIES)
    if folder is None:
        return  # a bucket, which says so itself
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK | os.X_OK):
        raise InventoryError(
            f"{INVENTORIES} cannot be written there. Make a folder that can, with a link to the images in it,"
            " and index that"
        )


def _identifier(name: str, held: Iterable[Survey]) -> str:
    """Return the identifier of a tree's survey: that which it has, else one by its name."""
    taken = {*PACKAGED_SURVEYS, *default_survey().datasets, MISSION, "wise"}
    for survey in held:
        if not survey.place.prefix:
            return survey.id
        taken |= {survey.id, *survey.datasets, survey.mission.name}
    return survey_id(name, taken)


def _prefixes(held: Iterable[Survey]) -> list[tuple[str, str]]:
    """Return what the keys of other surveys begin with, and the data set of each."""
    surveys = (default_survey(), *held)
    datasets = ((survey, KeyLayout(survey), dataset) for survey in surveys for dataset in survey.datasets)
    pairs = ((layout.prefix(dataset), survey.survey_id(dataset)) for survey, layout, dataset in datasets)
    return [pair for pair in pairs if pair[0]]


def _forms(files: TreeFiles) -> set[str]:
    return {file.form for file in files.images} or {"fits"}


def _keywords() -> tuple[str, ...]:
    return (*KEYWORDS, *_INSTRUMENTS)


def _survey(facts: Facts) -> Survey:
    return read_survey(description(facts), f"{facts.survey_id}.toml")


def _read(tree: Tree, file: FitsFile, survey: Survey) -> _Found | Problem:
    key = StoredKey(survey.id, {FILE: file.stem}, NO_BAND, survey.first_product, file.form)
    try:
        hdu = read_hdu(tree, file.entry, "", own_tiles=file.form == TILED)
        image = image_of(file.entry, key, survey, hdu)
        further = further_images(tree, file.entry, hdu)
    except UNREADABLE as error:
        return unreadable(file.entry.path, error)
    said = said_filter({keyword: image.values.get(keyword.lower()) for keyword in KEYWORDS})
    word = band_word(said, file.stem.rpartition("/")[2])
    taken = f"HDU {hdu.image.number}"
    told = (f"{file.entry.path}: {taken} is taken, {', '.join(further)} not",) if further else ()
    return _Found(replace(image, values={**image.values, "filter": said}), word, told)


def _named(found: Sequence[_Found]) -> list[_Found]:
    """Return images with the words that the names of their files give, where their headers do not."""
    said = [(each.word, str(each.image.values["filter"]), _file_name(each.image)) for each in found]
    return [replace(each, word=word) for each, word in zip(found, words_of_names(said), strict=True)]


def _file_name(image: ReadImage) -> str:
    return str(image.key.fields[FILE]).rpartition("/")[2]


def _facts(
    name: str, identifier: str, files: TreeFiles, bands: TreeBands, images: Sequence[ReadImage]
) -> Facts:
    facility, instrument = (_only(image.values.get(key.lower()) for image in images) for key in _INSTRUMENTS)
    wcs, first = images[0].wcs, images[0]
    side = min(first.naxis1 * abs(wcs.cdelt1), first.naxis2 * abs(wcs.cdelt2)) * 3600.0 / _SHARE_OF_IMAGE
    ra, dec = _middle(first)
    return Facts(name, identifier, bands.labels, _forms(files), facility, instrument, example=(ra, dec, side))


def _only(values: Iterable[object]) -> str:
    """Return the text that all images have, empty where they differ."""
    texts = {"" if value is None else str(value).strip() for value in values}
    return texts.pop() if len(texts) == 1 else ""


def _middle(image: ReadImage) -> tuple[float, float]:
    """Return the ICRS position of the middle of an image, degrees."""
    from skybatch.inventory.placements.placements import Placements
    from skybatch.sky.boundaries import index_positions
    from skybatch.sky.image_frames import ImageFrame

    placed = Placements.of_images([(image.wcs, image.naxis1, image.naxis2)])
    ra, dec = index_positions(placed.footprints(ImageFrame("ICRS")))
    return float(ra[0]), float(dec[0])


def _sets(survey: Survey, found: Sequence[_Found], bands: TreeBands) -> tuple[ImageSets, list[Problem]]:
    register(survey)
    first: dict[object, _Found] = {}
    images, problems = [], []
    for each in found:
        image, band = each.image, bands.ids[each.word]
        other = first.setdefault(image.key.fields[FILE], each)
        if band != bands.ids[other.word]:
            reason = f"another band than {other.image.path}, of which its name makes it a form"
            problems.append(Problem(image.path, reason))
            continue
        values = {name: image.values.get(name) for name in COLUMNS}
        images.append(replace(image, key=replace(image.key, band=band), values=values))
    sets, odd = assemble(survey, survey.id, images)
    return sets, [*problems, *odd]


def _notices(files: TreeFiles, bands: TreeBands, found: Sequence[_Found]) -> list[str]:
    shown = ", ".join(bands.labels)
    further = [line for each in found for line in each.further]
    lines = [f"bands: {shown}", *bands.notices]
    if further:
        files_have = "1 file has" if len(further) == 1 else f"{len(further)} files have"
        lines.append(f"{files_have} more than one image, of which the first is taken:")
        lines += [f"  {line}" for line in further[:10]]
        lines += [f"  … and {len(further) - 10} more"] if len(further) > 10 else []
    return [*lines, *files.summary()]


def _nothing(files: TreeFiles, problems: Sequence[Problem]) -> str:
    why = [f"the first: {problems[0]}"] if problems else []
    return "; ".join(["no FITS image that could be served is there", *files.summary(), *why])
