"""The command `skybatch registry`: records of a service for the registry of the Virtual Observatory."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skybatch.cli.client_commands import add_client_command
from skybatch.cli.terminal import output

if TYPE_CHECKING:
    from skybatch.client import Client

EXAMPLES = """\
examples:
  skybatch registry                      lists the records
  skybatch registry service              prints one, VOResource as XML
  skybatch registry --directory records  writes them all, for a publishing registry"""


def add_command(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = add_client_command(
        subparsers, "registry", _run, "show the records of a service for the VO registry", EXAMPLES
    )
    parser.add_argument("record", nargs="?", metavar="ID", help="id of a record")
    parser.add_argument("--directory", metavar="DIR", help="write every record to a file there")


def _run(client: Client, options: argparse.Namespace) -> int:
    if options.record:
        print(client.registry_record(options.record).decode(), end="")
        return output.COMPLETE
    records = client.registry_records()
    if options.directory:
        folder = Path(options.directory)
        folder.mkdir(parents=True, exist_ok=True)
        for each in records:
            path = folder / f"{each['id']}.xml"
            path.write_bytes(client.registry_record(each["id"]))
            print(path)
    elif options.json:
        output.print_json({"records": records})
    else:
        for each in records:
            print(f"{each['id']}  {each['ivoid']}")
    return output.COMPLETE
