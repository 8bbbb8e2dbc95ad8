"""The `skybatch` command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from skybatch import __version__, errors
from skybatch.cli import archive


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit code: 0 done, 1 not or not all of it, 2 wrong usage."""
    parser = argparse.ArgumentParser(prog="skybatch", description="Batch image retrieval for sky surveys.")
    parser.add_argument("--version", action="version", version=f"skybatch {__version__}")
    topics = parser.add_subparsers(title="topics", required=True, metavar="TOPIC")
    archive.add_commands(topics)
    options = parser.parse_args(arguments)
    try:
        return int(options.run(options))
    except errors.SkybatchError as error:
        print(f"skybatch: {error.detail}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("skybatch: stopped; the same command goes on where it was", file=sys.stderr)
        return 130
