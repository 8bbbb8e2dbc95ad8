"""What all commands that talk to a server share: their options, and a client to run with."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from skybatch.cli import request_options
from skybatch.cli.terminal import output
from skybatch.cli.terminal.progress import make_listener
from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import Client

Run = Callable[["Client", argparse.Namespace], int]


def add_client_command(
    subparsers: Any,
    name: str,
    run: Run,
    summary: str,
    examples: str,
    *,
    batch: bool = False,
    exit_code: Callable[[SkybatchError], int] = output.exit_code,
) -> argparse.ArgumentParser:
    """Add a command that runs with a client; ``batch``: its first argument is a batch."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if batch:
        parser.add_argument("batch", metavar="BATCH", help="id or URL of a batch")
    add_common_options(parser)
    parser.add_argument("--quiet", "-q", action="store_true", help="show no progress")
    parser.add_argument(
        "--in-flight",
        type=_transfer_count,
        metavar="N",
        help="number of simultaneous transfers (default: the configuration's, else 8)",
    )
    parser.set_defaults(run=lambda options: _with_client(parser, run, options), exit_code=exit_code)
    return parser


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of every command that knows of servers."""
    add_server_option(parser, default=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print JSON, also for errors (on standard error)")


def add_server_option(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add ``--server``, which may stand before the command and behind it."""
    parser.add_argument(
        "--server",
        metavar="URL",
        default=default,
        help="root URL of the server (default: $SKYBATCH_SERVER, else the configuration file's)",
    )


def _transfer_count(text: str) -> int:
    from skybatch.client.machine.configuration import MAX_IN_FLIGHT

    number = int(text)
    if not 1 <= number <= MAX_IN_FLIGHT:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {MAX_IN_FLIGHT}")
    return number


def _with_client(parser: argparse.ArgumentParser, run: Run, options: argparse.Namespace) -> int:
    """Run one command with a client; usage errors end it before any request is sent."""
    if hasattr(options, "table"):
        request_options.validate(parser, options)
    if getattr(options, "download", "-") is None and options.all_parts:
        parser.error("--all-parts needs --download DIR")
    from skybatch.client import Client
    from skybatch.client.machine.configuration import read_configuration
    from skybatch.client.models import id_of

    server, configured = getattr(options, "server", None), read_configuration()
    if hasattr(options, "batch"):
        options.batch = options.batch or _last_batch(parser)
        try:
            batch_id = id_of(options.batch)
        except ValueError as error:
            parser.error(str(error))
        server = server or options.batch.partition("/batches/")[0] * ("/batches/" in options.batch)
        options.batch = batch_id
    if hasattr(options, "email") and options.email is None:
        options.email = configured.email or None
    in_flight = options.in_flight or configured.in_flight
    with Client(server or None, in_flight=in_flight, progress=make_listener(options.quiet)) as client:
        return run(client, options)


def _last_batch(parser: argparse.ArgumentParser) -> str:
    """Return the address of the batch that was submitted last; a usage error where there is none."""
    from skybatch.client.machine.history import submissions

    found = submissions()
    if not found:
        parser.error("nothing was submitted from here: name a BATCH")
    return found[0].results_url
