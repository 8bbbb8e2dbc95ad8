"""The commands `skybatch archive …`: an operator fills an archive and maintains its inventory.

They write with the operator's own credentials; the service only reads the archive. They need the extra
``archive``.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skybatch.cli.generic import GENERIC, index_generic
from skybatch.cli.request_options import positive
from skybatch.cli.survey import UNFIT, add_index_options, described_reports
from skybatch.cli.terminal.output import USAGE, inventory_text, print_report
from skybatch.cli.terminal.progress import progress_bar
from skybatch.errors import InvalidSurvey, InventoryError
from skybatch.surveys.known import DEFAULT_DATASET
from skybatch.surveys.twomass.bands import BANDS
from skybatch.surveys.twomass.datasets import DATASETS

if TYPE_CHECKING:
    from skybatch.storage.trees import Tree

EPILOG = (
    "TREE is a directory or s3://bucket/prefix. Credentials, region and endpoint are found as AWS tools find "
    "them: environment variables (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, ...), "
    "shared files, SSO."
)

OF_2MASS = "the tree has the archive's layout: data sets of 2MASS are indexed; --survey generic: other FITS"


def add_commands(subparsers: Any) -> None:
    """Add `archive` and its commands to the parser."""
    archive = subparsers.add_parser(
        "archive", help="fill an archive and maintain its inventory", epilog=EPILOG
    )
    commands = archive.add_subparsers(title="commands", required=True, metavar="COMMAND")

    _add_index(commands)
    _add_import(commands)
    _add_mirror(commands)
    _add_repack(commands)
    _command(commands, "quicklooks", _quicklooks, "make the Quicklook of every image that lacks one")


def _add_index(commands: Any) -> None:
    index = _command(
        commands, "index", _index, "publish inventories from the headers of all images", dataset=None
    )
    add_index_options(index)
    index.add_argument(
        "--in-flight", type=positive, default=32, help="number of simultaneous reads (default: %(default)s)"
    )


def _add_import(commands: Any) -> None:
    tables = _command(commands, "import", _import, "publish an inventory from the archive's metadata tables")
    tables.add_argument(
        "tables", nargs="+", type=Path, metavar="TABLE", help="IPAC, CSV, TSV or VOTable file"
    )
    tables.add_argument(
        "--header-blocks",
        type=positive,
        default=4,
        help="2880-byte blocks of a FITS header (default: %(default)s)",
    )


def _add_mirror(commands: Any) -> None:
    mirror = _command(commands, "mirror", _mirror, "copy images from a server into the tree")
    mirror.add_argument("server", help="root URL, such as https://irsa.ipac.caltech.edu")
    wanted = mirror.add_mutually_exclusive_group(required=True)
    wanted.add_argument(
        "--region", nargs=3, type=_finite, metavar=("RA", "DEC", "SIZE"), help="a box, in ICRS degrees"
    )
    wanted.add_argument("--list", type=Path, dest="keys", help="a file with one key, path or URL per line")
    mirror.add_argument("--bands", nargs="+", choices=BANDS, default=BANDS, help="(default: all)")
    mirror.add_argument(
        "--in-flight",
        type=positive,
        default=4,
        help="number of simultaneous requests (default: %(default)s)",
    )
    mirror.add_argument(
        "--pause", type=_finite, default=0.1, help="seconds between requests (default: %(default)s)"
    )
    mirror.add_argument(
        "--tries", type=positive, default=6, help="attempts of each request (default: %(default)s)"
    )


def _add_repack(commands: Any) -> None:
    repack = _command(
        commands, "repack", _repack, "store Atlas images tile-compressed, so that cutouts read only a part"
    )
    repack.add_argument(
        "--delete-originals",
        "--instead",  # its name until 0.1; still accepted
        action="store_true",
        help="afterwards delete the other forms of tile-compressed images (let running batches end first)",
    )
    repack.add_argument("--quicklooks", action="store_true", help="also make tile-compressed Quicklooks")
    repack.add_argument(
        "--processes",
        type=positive,
        default=os.cpu_count() or 1,
        help="number of processes (default: %(default)s)",
    )
    repack.add_argument(
        "--price",
        type=_finite,
        default=0.023,
        help="dollars per GB and month of storage (default: %(default)s, S3 Standard in us-east-1)",
    )


def _command(
    commands: Any,
    name: str,
    run: Callable[[Any], int],
    summary: str,
    *,
    dataset: str | None = DEFAULT_DATASET,
) -> argparse.ArgumentParser:
    """Add a command on a tree; ``dataset`` is the default, None for all that the tree holds."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=summary, description=summary, epilog=EPILOG
    )
    parser.add_argument("tree", metavar="TREE")
    parser.add_argument(
        "--dataset",
        choices=tuple(DATASETS),
        default=dataset,
        help=f"data set (default: {dataset or 'all that the tree holds'})",
    )
    parser.set_defaults(run=run)
    return parser


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise argparse.ArgumentTypeError(f"{text} is not a finite number")
    return number


def _index(options: argparse.Namespace) -> int:
    """Index the data sets asked for; exit code 1 only where no inventory could be published."""
    from skybatch.archive.index import datasets_in
    from skybatch.storage.locations import open_tree

    tree = open_tree(options.tree)
    if options.survey not in (None, GENERIC):
        return _index_described(tree, options)
    if options.tables or options.images:
        option = "--table" if options.tables else "--images"
        print(f"skybatch: {option} is of --survey with a description", file=sys.stderr)
        return USAGE
    if options.survey == GENERIC:
        return index_generic(tree, options)
    datasets = [options.dataset] if options.dataset else datasets_in(tree)
    if not datasets:
        return index_generic(tree, options)
    if not options.dataset:
        print(OF_2MASS, file=sys.stderr)
    published = [_index_dataset(tree, dataset, options.in_flight) for dataset in datasets]
    return 0 if any(published) else 1


def _index_described(tree: Tree, options: argparse.Namespace) -> int:
    """Index the data sets of a description; nothing is published where it does not fit."""
    try:
        with progress_bar(f"index {Path(options.survey).stem}", "images") as progress:
            reports = described_reports(tree, options, progress)
    except InvalidSurvey as error:
        print(error.detail, file=sys.stderr)
        return UNFIT
    for dataset, report in reports.items():
        print_report(f"{dataset}: {inventory_text(report)}", report.problems)
    return 0


def _index_dataset(tree: Tree, dataset: str, in_flight: int) -> bool:
    """Index one data set and print what was found; return whether its inventory was published."""
    from skybatch.archive.index import index

    try:
        with progress_bar(f"index {dataset}", "images") as progress:
            report = index(tree, dataset, in_flight=in_flight, progress=progress)
    except InventoryError as error:
        print(f"skybatch: {error.detail}", file=sys.stderr)
        return False
    print_report(f"{dataset}: {inventory_text(report)}", report.problems)
    return True


def _import(options: argparse.Namespace) -> int:
    from skybatch.archive.import_tables import import_tables
    from skybatch.storage.locations import open_tree

    tree = open_tree(options.tree)
    with progress_bar("import", "rows") as progress:
        report = import_tables(
            tree, options.dataset, options.tables, header_blocks=options.header_blocks, progress=progress
        )
    return print_report(inventory_text(report), report.problems)


def _mirror(options: argparse.Namespace) -> int:
    from skybatch.archive.image_server import ImageServer, RequestPolicy
    from skybatch.archive.mirror import mirror, parse_key_list
    from skybatch.storage.locations import open_tree

    policy = RequestPolicy(in_flight=options.in_flight, pause=options.pause, tries=options.tries)
    with ImageServer(options.server, policy) as server:
        if options.keys is not None:
            keys = parse_key_list(options.keys.read_text().splitlines())
        else:
            keys = server.images(options.dataset, *options.region)
        with progress_bar("mirror", "images", len(keys)) as progress:
            report = mirror(
                open_tree(options.tree),
                server,
                keys,
                bands=options.bands,
                in_flight=options.in_flight,
                progress=progress,
            )
    text = f"{report.fetched} images fetched ({report.bytes} bytes), {report.present} existed already"
    return print_report(text, report.problems)


def _repack(options: argparse.Namespace) -> int:
    from skybatch.archive.repack import repack
    from skybatch.storage.locations import open_tree

    with progress_bar("repack", "images") as progress:
        report = repack(
            open_tree(options.tree),
            options.dataset,
            delete_originals=options.delete_originals,
            quicklooks=options.quicklooks,
            processes=options.processes,
            progress=progress,
        )
    text = f"{report.packed} images compressed, {report.present} were already"
    if options.quicklooks:
        text += f", {report.quicklooks} Quicklooks made"
    text += f"; {report.removed} files removed" if options.delete_originals else ""
    text += f"; inventory {report.version}" if report.version else ""
    text += f"\n{_savings_text(report, options.delete_originals, options.price)}"
    return print_report(text, report.problems)


def _savings_text(report: Any, originals_deleted: bool, price: float) -> str:
    """Format the size of the tile-compressed images and what they save or would save."""
    before, after = report.original_bytes, report.tiled_bytes
    share = 100 * (1 - after / before) if before else 0.0
    saves = "saves" if originals_deleted else "alone would save"
    return (
        f"tile-compressed images take {after:,} bytes, the other forms {before:,}: that {saves} "
        f"{before - after:,} bytes ({share:.1f} %), ${report.dollars_saved(price):,.2f} per month"
    )


def _quicklooks(options: argparse.Namespace) -> int:
    from skybatch.archive.make_quicklooks import make_quicklooks
    from skybatch.storage.locations import open_tree

    with progress_bar("quicklooks", "images") as progress:
        report = make_quicklooks(open_tree(options.tree), options.dataset, progress=progress)
    text = f"{report.made} Quicklooks made, {report.present} existed already"
    if report.version:
        text += f"; inventory {report.version}"
    return print_report(text, report.problems)
