"""`skybatch archive index TREE` of a tree that no description describes: every FITS image below it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from skybatch.cli.terminal.output import inventory_text, print_report
from skybatch.cli.terminal.progress import progress_bar
from skybatch.errors import InventoryError

if TYPE_CHECKING:
    from skybatch.storage.trees import Tree

GENERIC = "generic"
"""What `--survey` takes for it, where the tree is of the archive's layout too."""


def index_generic(tree: Tree, options: argparse.Namespace) -> int:
    """Index a tree without a description; exit code 1 where no inventory could be published."""
    from skybatch.archive.generic.index import index_tree

    location = str(options.tree)
    if not location.startswith("s3://") and not Path(location).is_dir():
        print(f"skybatch: {location}: there is no such directory", file=sys.stderr)
        return 1
    print("no description: every FITS image of the tree is indexed, as it is", file=sys.stderr)
    try:
        with progress_bar("index", "images") as progress:
            report = index_tree(tree, tree_name(location), in_flight=options.in_flight, progress=progress)
    except InventoryError as error:
        print(f"skybatch: {location}: {error.detail}", file=sys.stderr)
        return 1
    for line in report.notices:
        print(line, file=sys.stderr)
    print_report(f"{report.survey}: {inventory_text(report.index)}", report.index.problems)
    return 0


def tree_name(location: str) -> str:
    """Return the name of a tree: of its folder, or the last part of its prefix, or its bucket."""
    if location.startswith("s3://"):
        return location.removeprefix("s3://").rstrip("/").rpartition("/")[2]
    return Path(location).resolve().name or GENERIC
