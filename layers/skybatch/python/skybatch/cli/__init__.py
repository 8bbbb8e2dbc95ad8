"""The `skybatch` command."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from skybatch import errors
from skybatch.cli import archive, batches, completion, decompress
from skybatch.cli.output import EXIT_CODES, FAILED, STOPPED, print_error
from skybatch.version import VERSION

EPILOG = f"""\
examples:
  export SKYBATCH_SERVER=https://sky.example.org
  skybatch plan targets.csv                            what it would give, before anything is started
  skybatch submit targets.csv --download results       the whole job: submit, wait, fetch, verify
  skybatch submit --center M83 --diameter 0.5 --bands J --download m83 --all-parts
  skybatch COMMAND --help                              more examples for each command

{EXIT_CODES}"""


def make_parser() -> argparse.ArgumentParser:
    """The parser of every command."""
    parser = argparse.ArgumentParser(
        prog="skybatch",
        description="Batch image retrieval for sky surveys.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"skybatch {VERSION}")
    topics = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    batches.add_commands(topics)
    decompress.add_command(topics)
    archive.add_commands(topics)
    completion.add_command(topics, make_parser)
    return parser


def local_failure(_: errors.SkybatchError) -> int:
    """The exit code of a command that asks no server."""
    return FAILED


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers its exit code (`skybatch --help` lists them)."""
    options = make_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except errors.SkybatchError as error:
        print_error(error, as_json=getattr(options, "json", False))
        return int(getattr(options, "exit_code", local_failure)(error))
    except BrokenPipeError:  # whoever reads our output has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        print(f"skybatch: {error}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print("skybatch: stopped; the same command goes on where it was", file=sys.stderr)
        return STOPPED
