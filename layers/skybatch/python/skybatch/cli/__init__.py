"""The command `skybatch`."""

from skybatch.cli.command_line import main, make_parser

__all__ = ["main", "make_parser"]
