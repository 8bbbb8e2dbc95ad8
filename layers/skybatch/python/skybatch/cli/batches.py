"""The commands `skybatch plan|submit|status|wait|download|resubmit|cancel`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from skybatch.cli import request_options
from skybatch.cli.client_commands import add_client_command
from skybatch.cli.terminal import output

if TYPE_CHECKING:
    from skybatch.client import Batch, Client, Download

PLAN_EXAMPLES = """\
examples:
  skybatch plan targets.csv
  skybatch plan --center "204.2538 -29.8654" --diameter 1 --bands J --json"""
SUBMIT_EXAMPLES = """\
examples:
  skybatch submit targets.csv --email you@example.org       prints the batch's id
  skybatch submit targets.tbl --bands K --download out      submit, wait, fetch and verify, in one line
  skybatch submit --center M83 --diameter 2 --download m83 --all-parts
  skybatch submit --date 990320 --hemisphere s --scan 71 --wait
  some-query | skybatch submit - --mode coadd_keys --download out

With --download the same command, given again after a lost connection or Ctrl-C, continues the same batch
and keeps the files already fetched. Without it every submission is a batch of its own."""
WAIT_EXAMPLES = """\
example:
  skybatch wait "$(skybatch submit targets.csv)" && echo done"""
DOWNLOAD_EXAMPLES = """\
examples:
  skybatch download BATCH                                   into skybatch-BATCH
  skybatch download BATCH results
  skybatch download https://sky.example.org/batches/BATCH/results results --all-parts
  skybatch download BATCH results --as-they-finish          images while the batch still runs

Images are written to DIR/images, tables to DIR, later parts to DIR/part-2 and so on. Every file is verified
by its MD5. Given again, the command continues where it stopped. Files that are there and are not of this
download are never overwritten without --force."""


def add_commands(subparsers: Any) -> None:
    """Add the commands on batches to the parser."""
    plan = add_client_command(
        subparsers, "plan", _plan, "count images and bytes without starting a batch", PLAN_EXAMPLES
    )
    request_options.add_request_options(plan)
    _add_submit(subparsers)
    add_client_command(subparsers, "status", _status, "show the status of a batch", "", batch=True)
    wait = add_client_command(
        subparsers, "wait", _wait, "wait until a batch has ended", WAIT_EXAMPLES, batch=True
    )
    wait.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="wait at most this long (then exit code 5)"
    )
    _add_download(subparsers)
    _add_resubmit(subparsers)
    add_client_command(
        subparsers, "cancel", _cancel, "end a batch; images finished so far can be downloaded", "", batch=True
    )


def _add_submit(subparsers: Any) -> None:
    submit = add_client_command(subparsers, "submit", _submit, "start a batch", SUBMIT_EXAMPLES)
    request_options.add_request_options(submit)
    submit.add_argument("--key", help="idempotency key: the same request with the same key is the same batch")
    submit.add_argument(
        "--split",
        action="store_true",
        help="a TABLE of more rows than one batch may have: several batches, their row numbers running on",
    )
    _add_download_options(submit)


def _add_download(subparsers: Any) -> None:
    summary = "fetch and verify the results of a batch"
    download = add_client_command(subparsers, "download", _download, summary, DOWNLOAD_EXAMPLES, batch=True)
    download.add_argument(
        "directory", nargs="?", metavar="DIR", help="target directory (default: skybatch-BATCH)"
    )
    _add_force(download)
    download.add_argument("--all-parts", action="store_true", help="this batch and all that continue it")
    download.add_argument(
        "--as-they-finish", action="store_true", help="fetch images one by one while the batch still runs"
    )


def _add_resubmit(subparsers: Any) -> None:
    summary = "start a batch of the images beyond the limit of another"
    resubmit = add_client_command(subparsers, "resubmit", _resubmit, summary, "", batch=True)
    resubmit.add_argument(
        "--failed", action="store_true", help="of the images that failed, instead of those beyond the limit"
    )
    _add_download_options(resubmit)


def _add_download_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help="wait until the batch has ended")
    parser.add_argument("--download", metavar="DIR", help="wait, then fetch and verify all results")
    parser.add_argument(
        "--all-parts", action="store_true", help="with --download: also the batches that continue this one"
    )
    _add_force(parser)


def _add_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--force", action="store_true", help="overwrite files in the directory that are not of this download"
    )


def _plan(client: Client, options: argparse.Namespace) -> int:
    plan = client.plan(**request_options.request_arguments(options))
    if options.json:
        output.print_json(plan.response)
    else:
        output.print_notices(plan.notices)
        print(output.plan_text(plan))
    return output.COMPLETE


def _submit(client: Client, options: argparse.Namespace) -> int:
    arguments = request_options.request_arguments(options)
    if options.split:
        return _submit_split(client, options, arguments)
    if options.download:
        batch = client.start(options.download, idempotency_key=options.key, force=options.force, **arguments)
    else:
        batch = client.submit(idempotency_key=options.key, **arguments)
    return _finish_submission(client, options, batch)


def _submit_split(client: Client, options: argparse.Namespace, arguments: dict[str, Any]) -> int:
    """Submit a table in parts; with ``--download`` one after another, each to a folder of its own."""
    table = arguments.pop("table")
    if options.download:
        chosen = {"all_parts": options.all_parts, "force": options.force}
        parts = []
        for part in client.run_parts(options.download, table, **chosen, **arguments):
            parts.append(part)
            _print_download(options, part)
        if options.json:
            output.print_json(output.download_json(parts))
        return _download_exit_code(parts, options.all_parts)
    batches = client.submit_parts(table, idempotency_key=options.key, **arguments)
    output.print_notices([notice for batch in batches for notice in batch.notices])
    if options.json:
        output.print_json({"batches": [batch.response for batch in batches]})
    else:
        print("\n".join(batch.batch_id for batch in batches))
    ended = [client.wait(batch.batch_id) for batch in batches] if options.wait else []
    return max(map(output.status_exit_code, ended), default=output.COMPLETE)


def _resubmit(client: Client, options: argparse.Namespace) -> int:
    batch = client.resubmit(options.batch, "failed" if options.failed else "unretrieved")
    return _finish_submission(client, options, batch)


def _finish_submission(client: Client, options: argparse.Namespace, batch: Batch) -> int:
    """Print a new batch, then wait for it and download it as far as the options say."""
    output.print_notices(batch.notices)
    if options.download:
        return _fetch(client, options, batch.batch_id, options.download)
    if not options.wait:
        if options.json:
            output.print_json(batch.response)
        else:
            print(batch.batch_id)
        return output.COMPLETE
    return _wait_and_print(client, options, batch.batch_id)


def _status(client: Client, options: argparse.Namespace) -> int:
    status = client.status(options.batch)
    if options.json:
        output.print_json(status.to_json())
    else:
        print(output.status_text(status))
    return output.COMPLETE


def _wait(client: Client, options: argparse.Namespace) -> int:
    return _wait_and_print(client, options, options.batch, options.timeout)


def _wait_and_print(
    client: Client, options: argparse.Namespace, batch_id: str, timeout: float | None = None
) -> int:
    status = client.wait(batch_id, timeout)
    if options.json:
        output.print_json(status.to_json())
    else:
        print(output.status_text(status))
    return output.status_exit_code(status)


def _download(client: Client, options: argparse.Namespace) -> int:
    from skybatch.client.directory import default_directory

    directory = options.directory or default_directory(options.batch)
    if options.as_they_finish:
        for _, path in client.fetch(options.batch, directory, force=options.force):
            if not options.json:
                print(path, flush=True)
        client.wait(options.batch)
    return _fetch(client, options, options.batch, directory)


def _fetch(client: Client, options: argparse.Namespace, batch_id: str, directory: str) -> int:
    parts: list[Download] = []
    if not options.all_parts:
        if getattr(options, "download", None):
            client.wait(batch_id)
        parts.append(client.download(batch_id, directory, force=options.force))
        _print_download(options, parts[-1])
    else:
        for part in client.download_parts(batch_id, directory, force=options.force):
            parts.append(part)
            _print_download(options, part)
    if options.json:
        output.print_json(output.download_json(parts))
    elif parts[-1].status.left_over:
        print("--all-parts downloads the images beyond the limit too")
    return _download_exit_code(parts, options.all_parts)


def _print_download(options: argparse.Namespace, part: Download) -> None:
    if not options.json:
        print(output.download_text(part), flush=True)


def _download_exit_code(parts: Sequence[Download], all_parts: bool) -> int:
    """Return the exit code of all parts; images that a later part delivered are not missing."""
    complete = [
        part.status.retrieved_all
        or (all_parts and part is not parts[-1] and part.status.retrieved_within_limit)
        for part in parts
    ]
    return output.COMPLETE if all(complete) else output.INCOMPLETE


def _cancel(client: Client, options: argparse.Namespace) -> int:
    client.cancel(options.batch)
    if options.json:
        output.print_json({"batch_id": options.batch, "cancelled": True})
    else:
        print(f"{options.batch}: cancellation requested")
    return output.COMPLETE
