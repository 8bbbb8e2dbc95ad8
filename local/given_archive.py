"""The archive that a folder of a user's is served as, whatever it holds; the folder itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.archive_bucket import FOLDERS, indexed, links_out
from skybatch.archive.generic.index import GenericReport, index_tree
from skybatch.inventory.held_surveys import described_surveys, load_held
from skybatch.inventory.inventory import Inventory
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.known import key_layout
from skybatch.surveys.twomass.datasets import MISSION


@dataclass(frozen=True)
class GivenArchive:
    """A tree to be uploaded.

    Attributes
    ----------
    root
        Where it lies.
    folders
        Those of the tree that are uploaded; an empty name stands for all.
    linked
        Whether the images are links, made for this, to files elsewhere.
    """

    root: Path
    folders: tuple[str, ...] = FOLDERS
    linked: bool = False


def given_archive(root: Path, scratch: Path, say: Callable[[str], None]) -> GivenArchive:
    """Return what is uploaded of a folder: 2MASS, surveys with descriptions, or any FITS images.

    Raises
    ------
    FileNotFoundError
        Where there is no such folder.
    InventoryError
        Where it holds no image that can be served, or an inventory that is not whole.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"{root} is no folder")
    if (root / MISSION).is_dir():
        return GivenArchive(indexed(root, scratch, say))
    if folders := _described_folders(DirectoryTree(root, confined=True)):
        return GivenArchive(root, (*folders, "inventory"))
    return GivenArchive(_index_images(root, scratch, say), ("",), linked=True)


def _described_folders(tree: DirectoryTree) -> tuple[str, ...]:
    """Return the folders of the surveys that a tree has inventories and descriptions of."""
    surveys = [survey for survey in described_surveys(tree) if survey.place.prefix]
    if not surveys:
        return ()
    load_held(tree)
    datasets = [(survey, dataset) for survey in surveys for dataset in survey.datasets]
    for _, dataset in datasets:
        Inventory.open(tree, dataset)
    prefixes = [key_layout(survey.id).prefix(dataset) for survey, dataset in datasets]
    return tuple(dict.fromkeys(prefix.partition("/")[0] for prefix in prefixes))


def _index_images(root: Path, scratch: Path, say: Callable[[str], None]) -> Path:
    """Index the FITS images of a folder, and return a tree of links to them with the inventory."""
    tree = scratch / "archive"
    tree.mkdir()
    for link in links_out(root, ("",)):
        say(f"  left out: {link!a}, a link out of the folder")
    report = index_tree(DirectoryTree(tree), root.name, images=DirectoryTree(root, confined=True))
    _say_indexed(report, say)
    for key in report.keys:
        image = tree / key
        image.parent.mkdir(parents=True, exist_ok=True)
        image.symlink_to((root / key).resolve())
    return tree


def _say_indexed(report: GenericReport, say: Callable[[str], None]) -> None:
    say(f"survey {report.survey}: {report.index.sets} FITS images, indexed without a description")
    for line in report.notices:
        say(f"  {line}")
    for problem in report.index.problems:
        say(f"  left out: {problem}")
