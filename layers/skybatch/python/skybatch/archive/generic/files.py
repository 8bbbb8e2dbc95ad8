"""The FITS images of a tree, by the names of its files: what is none is counted by what it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from skybatch.archive.generic.companions import companion_kind
from skybatch.archive.image_records import Problem
from skybatch.inventory.publish import MAX_BYTES
from skybatch.storage.trees import Entry, Tree
from skybatch.surveys.description.keys import INVENTORIES

_ENDING = re.compile(r"(?P<stem>.*[^/])\.(?P<form>(fits|fit|fts)(\.(gz|fz))?|fz)", re.IGNORECASE | re.DOTALL)
LONGEST_PATH = 900
"""Characters of a path that an inventory keeps."""
SHOWN_ENDINGS = 5
SHOWN_COMPANIONS = 10


@dataclass(frozen=True)
class FitsFile:
    """A file that is named as FITS files are: its path without ending, and the ending."""

    entry: Entry
    stem: str
    form: str


@dataclass
class TreeFiles:
    """The files of a tree.

    Attributes
    ----------
    images
        Those named as FITS images, in order of their paths.
    companions
        What lies beside an image, each with what it is.
    inventories
        How many are below ``inventory/``, which holds what earlier runs made.
    of_surveys
        How many are those of surveys that have inventories of their own, by survey.
    others
        How many have other endings, by ending.
    problems
        FITS files that no inventory can hold.
    """

    images: list[FitsFile] = field(default_factory=list)
    companions: list[tuple[str, str]] = field(default_factory=list)
    inventories: int = 0
    of_surveys: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)

    def summary(self) -> list[str]:
        """Return what was not taken for an image, a line each."""
        lines = []
        if self.companions:
            kinds = Counter(kind for _, kind in self.companions)
            counts = ", ".join(f"{count} {kind}" for kind, count in kinds.items())
            lines.append(f"companions of images are ignored ({counts}):")
            lines += [f"  {path}: {kind}" for path, kind in self.companions[:SHOWN_COMPANIONS]]
            more = len(self.companions) - SHOWN_COMPANIONS
            lines += [f"  … and {more} more"] if more > 0 else []
        if self.others:
            endings = ", ".join(
                f"{count} {ending}" for ending, count in self.others.most_common(SHOWN_ENDINGS)
            )
            more_endings = ", …" if len(self.others) > SHOWN_ENDINGS else ""
            lines.append(f"files that are not named as FITS are ignored ({endings}{more_endings})")
        if self.inventories:
            lines.append(f"files of earlier runs are ignored ({self.inventories} below {INVENTORIES})")
        left = self.of_surveys.items()
        return [*lines, *(f"files of the survey {name} are left to it ({count})" for name, count in left)]


def list_tree(tree: Tree, prefixes: Iterable[tuple[str, str]] = ()) -> TreeFiles:
    """List a tree; ``prefixes`` are (prefix, survey) of keys that are images of other surveys."""
    found, named = TreeFiles(), []
    others = tuple(prefixes)
    for entry in tree.entries(""):
        survey = next((name for prefix, name in others if entry.path.startswith(prefix)), None)
        ending = _ENDING.fullmatch(entry.path)
        if entry.path.startswith(INVENTORIES):
            found.inventories += 1
        elif survey is not None:
            found.of_surveys[survey] += 1
        elif ending is None:
            found.others[_ending(entry.path)] += 1
        elif reason := _refusal(entry):
            found.problems.append(Problem(entry.path, reason))
        else:
            named.append(FitsFile(entry, ending["stem"], ending["form"]))
    _part(named, found)
    return found


def _ending(path: str) -> str:
    name, dot, ending = path.rpartition("/")[2].rpartition(".")
    return f".{ending}" if name and dot else "without ending"


def _refusal(entry: Entry) -> str | None:
    if not (entry.path.isascii() and entry.path.isprintable()):
        return "its name has characters that inventories cannot hold: use printable ASCII"
    if len(entry.path) > LONGEST_PATH:
        return f"its path has {len(entry.path)} characters; {LONGEST_PATH} can be kept"
    if not entry.size:
        return "the file is empty, or a link to nothing"
    return None if entry.size <= MAX_BYTES else f"{entry.size} bytes; 1 to {MAX_BYTES} can be kept"


def _part(named: Iterable[FitsFile], found: TreeFiles) -> None:
    """Part images from their companions."""
    folders: dict[str, set[str]] = defaultdict(set)
    files = list(named)
    for file in files:
        folder, _, stem = file.stem.rpartition("/")
        folders[folder].add(stem)
    for file in files:
        folder, _, stem = file.stem.rpartition("/")
        kind = companion_kind(stem, folders[folder])
        if kind is None:
            found.images.append(file)
        else:
            found.companions.append((file.entry.path, kind))
