"""The command line: the parser of all commands, dispatch, and exit codes of errors."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from skybatch import errors
from skybatch.cli import (
    archive,
    batches,
    check,
    completion,
    decompress,
    deployment,
    local,
    machine,
    registry,
    survey,
)
from skybatch.cli.client_commands import add_server_option
from skybatch.cli.terminal.output import EXIT_CODES, FAILED, INTERRUPTED, USAGE, print_error
from skybatch.version import VERSION

EPILOG = f"""\
examples:
  export SKYBATCH_SERVER=https://sky.example.org
  skybatch check targets.csv                           shows how the table is understood
  skybatch plan targets.csv                            counts images and bytes without starting a batch
  skybatch submit targets.csv --download results       submit, wait, fetch and verify
  skybatch submit --center M83 --diameter 0.5 --bands J --download m83 --all-parts
  skybatch COMMAND --help                              more examples for each command

{EXIT_CODES}"""


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    parser = argparse.ArgumentParser(
        prog="skybatch",
        description="Batch image retrieval for sky surveys.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"skybatch {VERSION}")
    add_server_option(parser)
    subparsers = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    check.add_command(subparsers)
    batches.add_commands(subparsers)
    local.add_command(subparsers)
    machine.add_commands(subparsers)
    registry.add_command(subparsers)
    decompress.add_command(subparsers)
    archive.add_commands(subparsers)
    survey.add_commands(subparsers)
    deployment.add_commands(subparsers)
    completion.add_command(subparsers, make_parser)
    return parser


def local_failure(_: errors.SkybatchError) -> int:
    """Return the exit code of an error in a command that needs no server."""
    return FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (`skybatch --help` lists them)."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except errors.SkybatchError as error:
        print_error(error, as_json=getattr(options, "json", False))
        return int(getattr(options, "exit_code", local_failure)(error))
    except BrokenPipeError:  # the reader of the output has closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except FileNotFoundError as error:
        print(f"skybatch: {error.filename or error}: there is no such file", file=sys.stderr)
        return USAGE
    except OSError as error:
        print(f"skybatch: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("skybatch: stopped; the same command continues where it stopped", file=sys.stderr)
        return INTERRUPTED
