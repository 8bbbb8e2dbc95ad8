"""The command-line options of a request, shared by `plan`, `submit` and `local`; numbers of options."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import DEFAULT_DATASET, default_survey

FIELDS = (
    "mode",
    "center",
    "diameter",
    "relation",
    "date",
    "hemisphere",
    "scan",
    "best",
    "size",
    "bands",
    "survey",
    "dataset",
    "image_type",
    "form",
    "edge",
    "first_row",
    "label",
    "email",
    "unknown_names",
)
Add = Callable[..., argparse.Action]
MODES = ("region", "positions", "image_ids", "coadd_keys", "scan", "scans")
LIST_MODES = ("positions", "image_ids", "coadd_keys", "scans")
TABLE_HELP = "table of positions, image sets or scans (IPAC, CSV, VOTable, FITS …); - reads standard input"


def positive(text: str) -> int:
    """Read the value of an option that is a whole number from 1 on."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def add_request_options(parser: argparse.ArgumentParser, *, email: bool = True) -> None:
    """Add the options that describe a request; ``email``: there is a server that may write."""
    parser.add_argument("table", nargs="?", metavar="TABLE", help=TABLE_HELP)
    add = parser.add_argument_group("request").add_argument
    add(
        "--mode",
        choices=MODES,
        help="follows from the other options; a TABLE lists positions unless this says otherwise",
    )
    _add_places(add)
    _add_images(add)
    _add_forms(add)
    add("--first-row", metavar="N", help="number of the TABLE's first row, where it continues another")
    add("--label", metavar="TEXT", help="your name for the batch")
    add(
        "--unknown-names",
        choices=("accept", "refuse"),
        help="refuse: do not start where no service knows an object's name",
    )
    if email:
        add("--email", metavar="ADDRESS", help="where to send an email when the batch has ended")


def _add_places(add: Add) -> None:
    """Add what says where on the sky images are wanted."""
    add("--center", metavar="POSITION", help="centre of a region: coordinates, or an object's name")
    add("--diameter", metavar="DEG", help="diameter of a region in degrees, 0.05 to 7 for 2MASS")
    add(
        "--relation",
        choices=("overlap", "cover", "enclosed"),
        help="how images must lie relative to the region (default: overlap)",
    )
    add("--date", metavar="YYMMDD", help="date of a single scan")
    add("--hemisphere", choices=("n", "s", "north", "south"), help="hemisphere of a single scan")
    add("--scan", metavar="NUMBER", help="number of a single scan, 1 to 999")
    add(
        "--best",
        action="store_true",
        default=None,
        help="positions: only the image in which the position is most central",
    )
    add(
        "--size",
        metavar="SIZE",
        help="positions: crop rows without a size of their own, in arcsec or with a unit, as in 1arcmin",
    )


def _add_images(add: Add) -> None:
    """Add what says which images are wanted there."""
    add("--bands", metavar="J,H,K", help="bands (default: all)")
    add(
        "--survey",
        metavar="ID",
        action="append",
        help="survey, of those that the service lists at /surveys; repeat it for several in one batch",
    )
    datasets = tuple(default_survey().datasets)
    add("--dataset", choices=datasets, help=f"data set of 2MASS (default: {DEFAULT_DATASET})")
    add("--image-type", choices=tuple(map(str, ImageType)), help="Quicklooks are lossy: never for photometry")


def _add_forms(add: Add) -> None:
    """Add what says how they are delivered."""
    add("--compressed", action="store_true", help="leave Quicklooks compressed, for `skybatch decompress`")
    add(
        "--form",
        choices=("fits.gz", "fits", "fz"),
        help="format of whole Atlas images: gzip, plain, or tile-compressed",
    )
    add(
        "--edge",
        choices=("clip", "pad"),
        help="crops that reach beyond their image: smaller there (default), or padded to their full size",
    )


def request_arguments(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments for the client's `plan` and `submit`."""
    fields = {name: getattr(options, name, None) for name in FIELDS}
    if options.compressed:
        fields["decompress"] = False
    if fields["survey"] is not None and len(fields["survey"]) == 1:
        (fields["survey"],) = fields["survey"]
    return {"table": read_table(options.table), **fields}


def validate(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """End with a usage error where the options describe no request, or two."""
    given = [name for name in ("center", "date") if getattr(options, name, None)]
    if options.table and given:
        parser.error(f"a TABLE and --{given[0]} exclude each other")
    require_file(parser, options.table)
    if not options.table and not given and options.mode not in ("region", "scan"):
        parser.error("give a TABLE, or --center and --diameter, or --date, --hemisphere and --scan")


def require_file(parser: argparse.ArgumentParser, argument: str | None) -> None:
    """End with a usage error where a TABLE is no file."""
    if argument and argument != "-" and not Path(argument).exists():
        parser.error(f"{argument}: there is no such file")


def read_table(argument: str | None) -> Any:
    """Return a table as the client takes it: the path of a file, or what standard input holds."""
    return sys.stdin.buffer.read() if argument == "-" else argument
