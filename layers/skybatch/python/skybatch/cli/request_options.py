"""The words of a request in the shell, shared by `plan` and `submit`."""

from __future__ import annotations

import argparse
import sys
from typing import Any

DATASETS = ("asky", "askyw", "sx", "sxw", "cal")
FIELDS = (
    "mode",
    "center",
    "diameter",
    "relation",
    "date",
    "hemisphere",
    "scan",
    "best",
    "bands",
    "dataset",
    "image_type",
    "form",
    "label",
    "email",
)
MODES = ("region", "positions", "coadd_keys", "scan", "scans")


def add_request(parser: argparse.ArgumentParser) -> None:
    """Add what can be asked for."""
    parser.add_argument(
        "table",
        nargs="?",
        metavar="TABLE",
        help="table of positions, coadd keys or scans (IPAC, CSV, VOTable, FITS …); - reads standard input",
    )
    add = parser.add_argument_group("what to ask for").add_argument
    add("--mode", choices=MODES, help="told by the rest; a TABLE is of positions unless this says otherwise")
    add("--center", metavar="PLACE", help="a region's centre: any coordinate, or an object's name")
    add("--diameter", metavar="DEG", help="a region's diameter, 0.05 to 7 degrees")
    add("--relation", choices=("overlap", "cover", "enclosed"), help="how images lie to the region (overlap)")
    add("--date", metavar="YYMMDD", help="a single scan: its date")
    add("--hemisphere", choices=("n", "s", "north", "south"), help="a single scan: its telescope")
    add("--scan", metavar="NUMBER", help="a single scan: its number, 1 to 999")
    add("--best", action="store_true", default=None, help="positions: only the most centred image of each")
    add("--bands", metavar="J,H,K", help="bands (all)")
    add("--dataset", choices=DATASETS, help="data set (asky)")
    add("--image-type", choices=("atlas", "quicklook"), help="Quicklooks are lossy: never for photometry")
    add("--compressed", action="store_true", help="leave Quicklooks compressed, for `skybatch decompress`")
    add("--form", choices=("fits.gz", "fits", "fz"), help="whole Atlas images: as stored, plain, in tiles")
    add("--label", metavar="TEXT", help="your name for the batch")
    add("--email", metavar="ADDRESS", help="where to say that it is done")


def asked(options: argparse.Namespace) -> dict[str, Any]:
    """The arguments for the client's `plan` and `submit`."""
    fields = {name: getattr(options, name) for name in FIELDS}
    if options.compressed:
        fields["decompress"] = False
    return {"table": _table(options.table), **fields}


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse, as wrong usage, what asks for nothing or for two things."""
    single = [name for name in ("center", "date") if getattr(options, name)]
    if options.table and single:
        parser.error(f"a TABLE and --{single[0]} ask for two things")
    if not options.table and not single and options.mode not in ("region", "scan"):
        parser.error("give a TABLE, or --center and --diameter, or --date, --hemisphere and --scan")


def _table(named: str | None) -> Any:
    return sys.stdin.buffer.read() if named == "-" else named
