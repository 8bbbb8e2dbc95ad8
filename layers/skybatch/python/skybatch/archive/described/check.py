"""Try a description on a tree: what it makes of the keys, and of a sample of headers spread over them."""

from __future__ import annotations

from dataclasses import dataclass

from skybatch.archive.described.headers import ReadImage, read_image
from skybatch.archive.described.index import reasons_of_headers
from skybatch.archive.described.listing import Listing, list_held
from skybatch.archive.described.sets import assemble
from skybatch.archive.image_records import Problem
from skybatch.archive.index import IN_FLIGHT
from skybatch.concurrency import parallel_map
from skybatch.storage.trees import Tree
from skybatch.surveys.description.survey import Survey


@dataclass(frozen=True)
class TreeReport:
    """What a description makes of one data set of a tree.

    Attributes
    ----------
    listing
        What it makes of the keys.
    samples
        One line on each image whose header was read.
    problems
        Images of the sample that cannot be used, and those of another grid than their set.
    reasons
        Why nothing could be published; empty where all is well.
    """

    listing: Listing
    samples: tuple[str, ...]
    problems: tuple[Problem, ...]
    reasons: tuple[str, ...]


def check_tree(tree: Tree, survey: Survey, headers: int) -> dict[str, TreeReport]:
    """Return a report on each data set that the tree holds, or on all where it holds none."""
    held = list_held(tree, survey).items()
    return {dataset: _report(tree, survey, dataset, listing, headers) for dataset, listing in held}


def _report(tree: Tree, survey: Survey, dataset: str, listing: Listing, headers: int) -> TreeReport:
    step = max(len(listing.images) // max(headers, 1), 1)
    sample = listing.images[::step][:headers]
    found = list(parallel_map(lambda item: read_image(tree, *item, survey), sample, IN_FLIGHT))
    images = [image for image in found if isinstance(image, ReadImage)]
    _, odd = assemble(survey, dataset, images)
    problems = [image for image in found if isinstance(image, Problem)]
    reasons = (*listing.reasons_to_refuse(survey), *reasons_of_headers(found))
    lines = tuple(_line(survey, image) for image in images)
    return TreeReport(listing, lines, (*problems, *odd), reasons)


def _line(survey: Survey, image: ReadImage) -> str:
    wcs, key = image.wcs, image.key
    size = f"{image.naxis1} x {image.naxis2}, {wcs.projection} {wcs.frame}"
    place = f"{wcs.crval1:.5f} {wcs.crval2:+.5f}, {abs(wcs.cdelt2) * 3600:.4g} arcsec a pixel"
    return f"{image.path}: {survey.set_id.format(key.fields)} {key.band} {key.product}, {size}, {place}"
