"""Which images of metadata tables are stored: by a listing, by one request for each, or assumed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from skybatch.archive.described.forms import by_image, read_forms
from skybatch.archive.described.headers import TILED, Mismatch, ReadImage, bytes_ahead, read_image
from skybatch.archive.described.listing import Listing, list_held
from skybatch.archive.described.sets import same_grid
from skybatch.archive.described.table_images import TableImage
from skybatch.archive.image_records import Problem
from skybatch.concurrency import parallel_map
from skybatch.errors import AccessRefused, InvalidRequest, InventoryError
from skybatch.fits.blocks import BLOCK_BYTES, padded
from skybatch.storage.started_tree import StartedTree
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.description.keys import KeyLayout, StoredKey
from skybatch.surveys.description.survey import Survey

Existence = Literal["listing", "probe", "assumed"]
Progress = Callable[[int], None]
PLAIN = ("fits", "fit")


@dataclass
class Stored:
    """What is stored of the images of tables.

    Attributes
    ----------
    images
        Their files, and those that cannot be used.
    problems
        Files that are in no table, and how many images are not stored.
    listings
        What the tree holds, where it was listed.
    """

    images: list[ReadImage | Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    listings: Mapping[str, Listing] = field(default_factory=dict)


def stored_images(
    tree: Tree,
    survey: Survey,
    images: Sequence[TableImage],
    existence: Existence,
    in_flight: int,
    progress: Progress = lambda images: None,
) -> Stored:
    """Return what is stored of the images of tables.

    Raises
    ------
    InvalidRequest
        Where existence cannot be assumed, because sizes do not follow from the table; where a table does
        not place its images, and no header is asked for.
    InventoryError
        Where the store refuses every image that is asked for.
    """
    if existence == "listing":
        return _listed(tree, survey, images)
    if existence == "assumed":
        return Stored([_assumed(survey, image) for image in images])
    return _probed(tree, survey, images, in_flight, progress)


def _listed(tree: Tree, survey: Survey, images: Sequence[TableImage]) -> Stored:
    listings = list_held(tree, survey)
    found, known = Stored(listings=listings), {image.identity: image for image in images}
    held: set[tuple[object, ...]] = set()
    for stored in by_image((file for each in listings.values() for file in each.images), survey):
        identity = (stored.key.dataset, *stored.key.fields.values(), stored.key.band)
        image = known.get(identity)
        if image is None:
            found.problems += [
                Problem(entry.path, "in no metadata table") for entry in stored.entries.values()
            ]
            continue
        held.add(identity)
        if TILED in stored.entries:  # where its tiles are only the file tells
            found.images += [_checked(each, image) for each in read_forms(tree, stored, survey)]
            continue
        found.images += [
            _of_table(survey, image, replace(stored.key, form=form), entry)
            for form, entry in stored.entries.items()
        ]
    found.problems += _not_stored([image for image in images if image.identity not in held])
    return found


def _of_table(survey: Survey, image: TableImage, key: StoredKey, entry: Entry) -> ReadImage:
    """Return a file as the table describes it; how many cards its header has is not known."""
    if image.wcs is None:
        raise InvalidRequest(
            f"{image.place}: the table does not tell where images lie, for it has no {image.missing};"
            " --existence probe reads that of the header of each"
        )
    blocks = survey.product[key.product].header_blocks
    return ReadImage(
        entry.path, key, entry.size, image.wcs, image.naxis1, image.naxis2, blocks, 0, image.values
    )


def _not_stored(images: Sequence[TableImage]) -> list[Problem]:
    if not images:
        return []
    return [Problem(images[0].place, f"not stored, as are {len(images)} images of the tables in all")]


def _assumed(survey: Survey, image: TableImage) -> ReadImage:
    product = survey.product[survey.first_product]
    form = product.forms[0]
    if form not in PLAIN:
        raise InvalidRequest(f"images cannot be assumed: no table tells the size of .{form} files")
    data = image.naxis1 * image.naxis2 * abs(product.bitpix) // 8
    size = product.header_blocks * BLOCK_BYTES + padded(data)
    key = _first_key(survey, image)
    return _of_table(survey, image, key, Entry(KeyLayout(survey).key(key), size, 0))


def _first_key(survey: Survey, image: TableImage) -> StoredKey:
    product = survey.first_product
    return StoredKey(image.dataset, image.fields, image.band, product, survey.product[product].forms[0])


def _probed(
    tree: Tree, survey: Survey, images: Sequence[TableImage], in_flight: int, progress: Progress
) -> Stored:
    found, layout, missing = Stored(), KeyLayout(survey), []
    refused: list[tuple[TableImage, AccessRefused]] = []
    asked = parallel_map(lambda image: (image, _probe(tree, survey, layout, image)), images, in_flight)
    for image, answer in asked:
        progress(1)
        if answer is None:
            missing.append(image)
        elif isinstance(answer, AccessRefused):
            refused.append((image, answer))
        else:
            found.images.append(answer)
    # A store that may not be listed refuses what is not there, too: no alarm while it gives what is.
    if refused and not found.images:
        raise InventoryError(f"every image is refused; the first: {refused[0][1].detail}")
    found.problems = _not_stored([*missing, *(image for image, _ in refused)])
    return found


def _probe(
    tree: Tree, survey: Survey, layout: KeyLayout, image: TableImage
) -> ReadImage | Problem | AccessRefused | None:
    """Return the first form of an image that is there, read from its header; None where there is none."""
    refusal: AccessRefused | None = None
    ahead = bytes_ahead(survey.product[survey.first_product])
    for form in survey.product[survey.first_product].forms:
        key = replace(_first_key(survey, image), form=form)
        try:
            started = StartedTree.read(tree, layout.key(key), ahead)
        except FileNotFoundError:
            continue
        except AccessRefused as error:
            refusal = error
            continue
        return _checked(read_image(started, started.entry, key, survey), image)
    return refusal


def _checked(read: ReadImage | Problem, image: TableImage) -> ReadImage | Problem:
    """Return an image with the values of its table, if it lies where that says."""
    if isinstance(read, Problem):
        return read
    told = image.wcs and replace(read, wcs=image.wcs, naxis1=image.naxis1, naxis2=image.naxis2)
    if told is not None and not same_grid(read, told):
        return Mismatch(read.path, f"another pixel grid than {image.place} says")
    said = {name: value for name, value in image.values.items() if value is not None}
    return replace(read, values={**read.values, **said})
