"""The command `skybatch completion SHELL`: completion scripts that shtab makes from the parser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

SHELLS = ("bash", "zsh", "fish")
EXAMPLES = """\
examples:
  skybatch completion bash > ~/.local/share/bash-completion/completions/skybatch
  skybatch completion zsh > ~/.zfunc/_skybatch      (a directory of your $fpath)
  skybatch completion fish > ~/.config/fish/completions/skybatch.fish"""
# Arguments with these metavars are completed as paths.
FILE_METAVARS = {"FILE", "TABLE"}
DIRECTORY_METAVARS = {"DIR", "TREE"}


def add_command(subparsers: Any, make_parser: Callable[[], argparse.ArgumentParser]) -> None:
    """Add the command to the parser; ``make_parser`` returns the parser of all commands."""
    parser = subparsers.add_parser(
        "completion",
        help="print a completion script for a shell",
        description="Print a script by which a shell completes this command.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("shell", choices=SHELLS)

    def run(options: argparse.Namespace) -> int:
        import shtab  # 36 ms that no other command needs

        complete_paths(everything := make_parser())
        print(shtab.complete(everything, options.shell))
        return 0

    parser.set_defaults(run=run)


def complete_paths(parser: argparse.ArgumentParser) -> None:
    """Tell shtab which arguments of a parser and its subparsers are files and directories."""
    import shtab

    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                complete_paths(subparser)
        elif action.metavar in FILE_METAVARS:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
        elif action.metavar in DIRECTORY_METAVARS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
