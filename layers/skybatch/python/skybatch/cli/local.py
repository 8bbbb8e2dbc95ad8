"""The command `skybatch local`: a batch of an archive on this machine, without a server."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

from skybatch.cli import request_options
from skybatch.cli.terminal import output
from skybatch.errors import DatasetAbsent

EXAMPLES = """\
examples:
  skybatch archive index /data/2mass                        once: an inventory of the images
  skybatch local targets.csv --archive /data/2mass --out results
  skybatch local targets.csv --size 30 --bands K --archive /data/2mass --out crops --processes 16

Writes images.tar, tables, manifest and checksums to DIR. A run that was stopped goes on when the same command
is given again. It needs skybatch with the extra "service"."""
SECONDS_BETWEEN_LINES = 5.0


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "local",
        help="run a batch on images of this machine, without a server",
        description="Run a batch on images of this machine, without a server and without its limits.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    request_options.add_request_options(parser, email=False)
    parser.add_argument("--archive", type=Path, required=True, metavar="TREE", help="directory of the images")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="directory for the results")
    parser.add_argument(
        "--processes",
        type=request_options.positive,
        default=os.cpu_count() or 1,
        metavar="N",
        help="(default: %(default)s)",
    )
    parser.add_argument("--json", action="store_true", help="print the final status as JSON")
    parser.add_argument("--quiet", "-q", action="store_true", help="show no progress")
    parser.set_defaults(run=lambda options: _local(parser, options))


def _local(parser: argparse.ArgumentParser, options: argparse.Namespace) -> int:
    request_options.validate(parser, options)
    if not options.archive.is_dir():
        parser.error(f"{options.archive}: there is no such directory")
    from skybatch.client.request_body import encode_request
    from skybatch.settings import Settings
    from skybatch.standalone.acceptance import PostedRequest
    from skybatch.standalone.bundle_worker import Places
    from skybatch.standalone.run import LocalRun

    encoded = encode_request(**request_options.request_arguments(options))
    places = Places(options.archive.absolute(), options.out.absolute())
    run = LocalRun(places, options.processes, make_progress(options.quiet), Settings.from_environment())
    try:
        status = run.run(PostedRequest(encoded.body, encoded.content_type))
    except DatasetAbsent as error:
        raise DatasetAbsent(
            f"{error.detail}; make one by: skybatch archive index {options.archive}"
        ) from None
    if options.json:
        output.print_json(status.to_json())
    else:
        print(output.status_text(status))
    return output.status_exit_code(status)


def make_progress(quiet: bool) -> Any:
    """Return what shows progress on standard error: a bar on a terminal, a line now and then elsewhere."""
    if quiet:
        return lambda *_: None
    return Bar() if sys.stderr.isatty() else Lines()


class Lines:
    """A line from time to time, and one for each state."""

    def __init__(self) -> None:
        self._state = ""
        self._next = 0.0

    def __call__(self, state: str, done: int, failed: int, wanted: int) -> None:
        """Show how many images are finished."""
        now = time.monotonic()
        if state == self._state and now < self._next and done + failed < wanted:
            return
        self._state, self._next = state, now + SECONDS_BETWEEN_LINES
        numbers = f": {done + failed:,} of {wanted:,} images" if wanted else ""
        print(f"{state}{numbers}{f', {failed:,} failed' if failed else ''}", file=sys.stderr, flush=True)


class Bar:
    """A bar of images."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, state: str, done: int, failed: int, wanted: int) -> None:
        """Show how many images are finished."""
        if self._bar is None:
            from tqdm import tqdm

            self._bar = tqdm(unit=" images", leave=False, file=sys.stderr)
        self._bar.total = wanted or None
        self._bar.set_description_str(state, refresh=False)
        self._bar.n = done + failed
        self._bar.refresh()
        if state == "packaging":
            self._bar.close()
            self._bar = None
