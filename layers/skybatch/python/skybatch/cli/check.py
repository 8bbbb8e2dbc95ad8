"""The command `skybatch check`: how the server understands a table, before anything starts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from skybatch.cli.client_commands import add_client_command
from skybatch.cli.request_options import LIST_MODES, TABLE_HELP, read_table
from skybatch.cli.terminal import output
from skybatch.errors import SkybatchError

if TYPE_CHECKING:
    from skybatch.client import CheckedTable, Client

EXAMPLES = """\
examples:
  skybatch check targets.csv                               rows, and what is wrong with them
  skybatch check targets.fits --size 1arcmin
  skybatch check targets.vot --format ipac > targets.tbl   the table as it is understood

Names are shown, not looked up. Exit code 1: the table cannot be read, or has invalid values."""
TABLE_FORMATS = ("ipac", "votable", "csv")
FIELDS = ("mode", "size", "bands", "best")
Text = Callable[[Mapping[str, Any]], str]


def _plain(key: str) -> Text:
    return lambda row: "" if row.get(key) is None else str(row[key])


# The heading of each column, and its text; a column without any text is left out.
COLUMNS: tuple[tuple[str, Text], ...] = (
    ("row", _plain("row")),
    ("line", _plain("line")),
    ("ra", lambda row: _degrees(row.get("ra"))),
    ("dec", lambda row: _degrees(row.get("dec"))),
    ("name", _plain("name")),
    ("coadd_key", _plain("coadd_key")),
    ("date", _plain("date")),
    ("hem", _plain("hem")),
    ("scan", _plain("scan")),
    ("image", _plain("image")),
    ("size", lambda row: "" if row.get("size") is None else f"{row['size']:g}"),
    ("best", lambda row: "y" if row.get("best") else ""),
    ("band", _plain("band")),
    ("id", lambda row: str(row.get("given_id") or row.get("id") or "")),
    ("from", lambda row: _source(row.get("from"))),
)


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = add_client_command(
        subparsers,
        "check",
        _check,
        "show how a table is understood, without starting a batch",
        EXAMPLES,
        exit_code=check_exit_code,
    )
    parser.add_argument("table", metavar="FILE", help=TABLE_HELP)
    parser.add_argument("--mode", choices=LIST_MODES, help="what the table lists (default: positions)")
    parser.add_argument(
        "--size", metavar="SIZE", help="crop rows without a size of their own: arcsec, or as in 1arcmin"
    )
    parser.add_argument("--bands", metavar="J,H,K", help="bands (default: all)")
    parser.add_argument("--best", action="store_true", default=None, help="only the best image of each")
    parser.add_argument(
        "--format", choices=("text", "json", *TABLE_FORMATS), default="text", help="(default: %(default)s)"
    )


def check_exit_code(error: SkybatchError) -> int:
    """Return the exit code of an error: a table that cannot be read is one with errors."""
    return output.FAILED if error.status in (413, 422) else output.exit_code(error)


def _check(client: Client, options: argparse.Namespace) -> int:
    table = read_table(options.table)
    fields = {name: getattr(options, name) for name in FIELDS}
    checked = client.check(table, **fields)
    if options.json or options.format == "json":
        output.print_json(checked.response)
        return _exit_code(checked)
    output.print_notices(checked.notices)
    if options.format in TABLE_FORMATS:
        sys.stdout.buffer.write(client.understood_table(table, options.format, **fields))
        sys.stdout.buffer.flush()
    else:
        print("\n".join(table_lines(checked.rows)))
    if checked.errors:
        print(f"skybatch: {_counted(len(checked.errors), 'invalid value')}", file=sys.stderr)
        output.print_cell_errors(checked.errors)
    elif options.format == "text":
        print(summary(checked))
    return _exit_code(checked)


def _exit_code(checked: CheckedTable) -> int:
    return output.FAILED if checked.errors else output.COMPLETE


def table_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the rows as lines of aligned columns below their names."""
    texts = [(name, [text(row) for row in rows]) for name, text in COLUMNS]
    columns = [[name, *cells] for name, cells in texts if any(cells)]
    widths = [max(map(len, column)) for column in columns]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in zip(*columns, strict=True)
    ]


def summary(checked: CheckedTable) -> str:
    """Return one line on the rows and on the columns that were used, and those that were not."""
    used = [_use(column) for column in checked.columns if column["used_as"]]
    unused = [str(column["name"]) for column in checked.columns if not column["used_as"]]
    text = f"{_counted(len(checked.rows), 'row')} from {', '.join(used) or 'no named column'}"
    return f"{text}; not used: {', '.join(unused)}" if unused else text


def _use(column: Mapping[str, Any]) -> str:
    name, used_as, unit = (str(column[key] or "") for key in ("name", "used_as", "unit"))
    text = f"{name} in {unit}" if unit else name
    return text if name.lower() == used_as else f"{text} as {used_as}"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _degrees(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"


def _source(source: Mapping[str, Any] | None) -> str:
    """Return the frame where a position was read, unless it is ICRS degrees, as the position is shown."""
    if not source or not source.get("frame"):
        return ""
    frame, unit = str(source["frame"]), source.get("unit")
    shown = [*([] if frame == "icrs" else [frame]), *([] if unit in (None, "deg") else [str(unit)])]
    return ", ".join(shown)
