"""What a description makes of the keys of a tree: images, companions, what is ignored or unmatched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from skybatch.archive.image_records import Problem
from skybatch.errors import AccessRefused
from skybatch.inventory.publish import MAX_BYTES
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.description.keys import INVENTORIES, KeyLayout, StoredKey
from skybatch.surveys.description.survey import Survey

# More of the keys that are not ignored may not be unmatched: the description is then of another archive.
MAX_UNMATCHED = 0.01


@dataclass
class Listing:
    """The files of one data set.

    Attributes
    ----------
    images
        Those that batches deliver.
    links
        How many companions there are, by product.
    ignored
        How many the description says to ignore.
    unmatched
        Files whose names are no keys of the survey.
    problems
        Images that cannot be used for their size.
    """

    images: list[tuple[Entry, StoredKey]] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)
    ignored: int = 0
    unmatched: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def counted(self) -> int:
        """How many files are not ignored."""
        return len(self.images) + len(self.problems) + len(self.unmatched) + sum(self.links.values())

    def reasons_to_refuse(self, survey: Survey) -> list[str]:
        """Return why nothing can be published from it, in sentences; none where all is well."""
        reasons = []
        if not self.images:
            reasons.append("no file is an image of the survey")
        if len(self.unmatched) > MAX_UNMATCHED * self.counted:
            share = f"{len(self.unmatched)} of {self.counted} files are unmatched"
            reasons.append(f"{share}, more than {MAX_UNMATCHED:.0%}; the first is {self.unmatched[0].place}")
        return [*reasons, *collisions(self.images, survey)]


def list_held(tree: Tree, survey: Survey) -> dict[str, Listing]:
    """List each data set that a tree holds by the description; all of them where it holds none."""
    listings = {dataset: list_files(tree, survey, dataset) for dataset in survey.datasets}
    return {dataset: listing for dataset, listing in listings.items() if listing.counted} or listings


def list_files(tree: Tree, survey: Survey, dataset: str) -> Listing:
    """List the files of one data set of a tree by the description."""
    layout, listing = KeyLayout(survey), Listing()
    for entry in _entries(tree, layout.prefix(dataset)):
        name = entry.path.rpartition("/")[2]
        ignored = any(fnmatchcase(name, pattern) for pattern in survey.place.ignore)
        if ignored or entry.path.startswith(INVENTORIES):
            listing.ignored += 1
            continue
        found = layout.parse(entry.path)
        if found is None:
            listing.unmatched.append(Problem(entry.path, "not the key of an image by the description"))
        elif survey.product[found.product].role == "link":
            listing.links[found.product] += 1
        elif not 0 < entry.size <= MAX_BYTES:
            listing.problems.append(Problem(entry.path, f"{entry.size} bytes; 1 to {MAX_BYTES} can be kept"))
        else:
            listing.images.append((entry, found))
    return listing


def _entries(tree: Tree, prefix: str) -> Iterator[Entry]:
    """List a prefix. Raises AccessRefused, with the way out, where the tree may not be listed."""
    try:
        yield from tree.entries(prefix)
    except AccessRefused as error:
        way = "with metadata tables and --existence probe no listing is needed"
        raise AccessRefused(f"{prefix} may not be listed, {way}: {error.detail}") from error


def collisions(images: list[tuple[Entry, StoredKey]], survey: Survey) -> list[str]:
    """Return image sets of different fields that have one identifier, in sentences."""
    fields_of: dict[str, tuple[tuple[tuple[str, object], ...], str]] = {}
    found = []
    for entry, key in images:
        identifier, fields = survey.set_id.format(key.fields), tuple(key.fields.items())
        first = fields_of.setdefault(identifier, (fields, entry.path))
        if first[0] != fields:
            found.append(f"two image sets have the identifier {identifier}: {first[1]} and {entry.path}")
    return found[:10]
