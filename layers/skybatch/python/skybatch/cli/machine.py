"""The commands `skybatch list|open`: what this machine submitted, and the page of a batch."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from skybatch.cli.client_commands import add_client_command, add_common_options
from skybatch.cli.terminal import output
from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import Client
    from skybatch.client.machine.history import Submission

LIST_EXAMPLES = """\
examples:
  skybatch list                  the newest first
  skybatch list --status         asks each server how its batches are
  skybatch list --json

The list is kept in ~/.local/state/skybatch, readable by you alone; SKYBATCH_HISTORY=off keeps none."""
OPEN_EXAMPLES = """\
examples:
  skybatch open                  the batch submitted last
  skybatch open BATCH"""


def add_commands(subparsers: Any) -> None:
    """Add the commands to the parser."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "list",
        help="list the batches that this machine submitted",
        description="List the batches that this machine submitted.",
        epilog=LIST_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_common_options(parser)
    parser.add_argument("--status", action="store_true", help="ask the servers for the state of each")
    parser.set_defaults(run=_list, exit_code=output.exit_code)
    opened = add_client_command(
        subparsers, "open", _open, "open the page of a batch in the browser", OPEN_EXAMPLES
    )
    opened.add_argument(
        "batch", metavar="BATCH", nargs="?", help="id or URL of a batch (default: the one submitted last)"
    )


def _list(options: argparse.Namespace) -> int:
    from skybatch.client.machine.history import submissions

    server = (getattr(options, "server", None) or "").rstrip("/")
    found = [each for each in submissions() if not server or each.server == server]
    states = [_state(each) if options.status else "" for each in found]
    if options.json:
        listed = [
            asdict(each) | ({"state": state} if state else {})
            for each, state in zip(found, states, strict=True)
        ]
        output.print_json({"batches": listed})
        return output.COMPLETE
    for each, state in zip(found, states, strict=True):
        words = (each.submitted, each.batch_id, f"{each.rows} rows", state, each.server, each.label)
        print("  ".join(word for word in words if word))
    if not found:
        print("nothing was submitted from here", file=sys.stderr)
    return output.COMPLETE


def _state(submission: Submission) -> str:
    """Return the state of a batch, or the code of the error by which it cannot be told."""
    from skybatch.client import Client, RetryPolicy

    try:
        # Without a token, which may be of another server; a batch is read by its id.
        with Client(submission.server, retry=RetryPolicy(max_attempts=2), token="") as client:
            return str(client.status(submission.batch_id).state)
    except SkybatchError as error:
        return error.code


def _open(client: Client, options: argparse.Namespace) -> int:
    import webbrowser

    url = f"{client.server}/batches/{options.batch}/results"
    print(url)
    if not webbrowser.open(url):
        print("skybatch: no browser could be opened; the address is above", file=sys.stderr)
    return output.COMPLETE
