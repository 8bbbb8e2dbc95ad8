"""`skybatch submit --split`: a table of more rows than one batch may have, as several batches."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from skybatch.cli import output, request_options

if TYPE_CHECKING:
    from skybatch.client import Batch, Client, Download


def submit_split(client: Client, options: argparse.Namespace) -> int:
    """Submit a table in parts; with ``--download`` one after another, each to a folder named for its rows.

    Given again, the command continues with the part at which it stopped, as its folders hold what was
    submitted.
    """
    arguments = request_options.request_arguments(options)
    parts = client.split(arguments.pop("table"), **arguments)
    downloads: list[Download] = []
    batches: list[Batch] = []
    for number, (part, fields) in enumerate(parts, 1):
        fields["first_row"] = part.first_row
        if options.download:
            folder = Path(options.download) / f"rows-{part.first_row:05d}-{part.last_row:05d}"
            done = client.run(folder, part.body, all_parts=options.all_parts, force=options.force, **fields)
            downloads += done
            if not options.json:
                print("\n".join(map(output.download_text, done)), flush=True)
            continue
        key = f"{options.key}-{number}" if options.key else None
        batches.append(client.submit(part.body, idempotency_key=key, **fields))
        output.print_notices(batches[-1].notices)
        if not options.json:
            print(batches[-1].batch_id, flush=True)
    return _finished(client, options, batches, downloads)


def _finished(
    client: Client, options: argparse.Namespace, batches: list[Batch], downloads: list[Download]
) -> int:
    if options.download:
        if options.json:
            output.print_json(output.download_json(downloads))
        complete = all(each.status.retrieved_all for each in downloads)
        return output.COMPLETE if complete else output.INCOMPLETE
    if options.json:
        output.print_json({"batches": [batch.response for batch in batches]})
    if not options.wait:
        return output.COMPLETE
    codes = [output.status_exit_code(client.wait(batch.batch_id)) for batch in batches]
    return max(codes, default=output.COMPLETE)
