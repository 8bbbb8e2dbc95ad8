"""`skybatch plan|submit|status|wait|download|resubmit|cancel`."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from skybatch.cli import output, request_options
from skybatch.cli.progress import progress

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

With --download the same command, given again after a lost connection or Ctrl-C, goes on with the same
batch and with what has come already. Without it every submission is a batch of its own."""
WAIT_EXAMPLES = """\
example:
  skybatch wait "$(skybatch submit targets.csv)" && echo done"""
DOWNLOAD_EXAMPLES = """\
examples:
  skybatch download BATCH results
  skybatch download https://sky.example.org/batches/BATCH/results results --all-parts
  skybatch download BATCH results --as-they-finish          images while the batch still runs

Images go to DIR/images, tables to DIR, later parts to DIR/part-2 and so on. Every file is checked by its
MD5. Given again, it goes on where it stopped."""
Run = Callable[["Client", argparse.Namespace], int]


def add_commands(topics: Any) -> None:
    """Add the commands on batches."""
    plan = _command(topics, "plan", _plan, "what a request would give; nothing is started", PLAN_EXAMPLES)
    request_options.add_request(plan)
    submit = _command(topics, "submit", _submit, "start a batch", SUBMIT_EXAMPLES)
    request_options.add_request(submit)
    submit.add_argument("--key", help="idempotency key: the same request with the same key is the same batch")
    _add_following(submit)
    _command(topics, "status", _status, "how a batch fares", "", batch=True)
    wait = _command(topics, "wait", _wait, "wait for a batch's end", WAIT_EXAMPLES, batch=True)
    wait.add_argument(
        "--timeout", type=float, metavar="SECONDS", help="wait no longer than this (exit code 5)"
    )
    fetch = _command(topics, "download", _download, "fetch and verify results", DOWNLOAD_EXAMPLES, batch=True)
    fetch.add_argument("directory", nargs="?", default=".", metavar="DIR", help="where to (here)")
    fetch.add_argument("--all-parts", action="store_true", help="this batch and all that follow, to the last")
    fetch.add_argument("--as-they-finish", action="store_true", help="images one by one while it still runs")
    again = _command(topics, "resubmit", _resubmit, "a batch of what one left over", "", batch=True)
    again.add_argument(
        "--failed", action="store_true", help="of what failed, not of what was beyond the limit"
    )
    _add_following(again)
    _command(topics, "cancel", _cancel, "end a batch; what is finished can be had", "", batch=True)


def _command(
    topics: Any, name: str, run: Run, summary: str, examples: str, *, batch: bool = False
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = topics.add_parser(
        name,
        help=summary,
        description=f"{summary[0].upper()}{summary[1:]}.",
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if batch:
        parser.add_argument("batch", metavar="BATCH", help="a batch's id, or its address")
    parser.add_argument("--server", metavar="URL", help="the server (default: SKYBATCH_SERVER)")
    parser.add_argument(
        "--json", action="store_true", help="JSON on standard output, also for errors (on standard error)"
    )
    parser.add_argument("--quiet", "-q", action="store_true", help="no progress")
    parser.add_argument(
        "--in-flight", type=_count, default=8, metavar="N", help="transfers at a time (%(default)s)"
    )
    parser.set_defaults(run=lambda options: _with_client(parser, run, options), exit_code=output.exit_code)
    return parser


def _add_following(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--wait", action="store_true", help="wait for the batch's end")
    parser.add_argument("--download", metavar="DIR", help="wait, then fetch and verify everything")
    parser.add_argument(
        "--all-parts", action="store_true", help="with --download: follow the chain of parts to its end"
    )


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 32:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and 32")
    return number


def _with_client(parser: argparse.ArgumentParser, run: Run, options: argparse.Namespace) -> int:
    """Run one command with its client; wrong usage ends it before the server hears of it."""
    if hasattr(options, "table"):
        request_options.check(parser, options)
    if getattr(options, "download", "-") is None and options.all_parts:
        parser.error("--all-parts needs --download DIR")
    from skybatch.client import Client
    from skybatch.client.models import id_of

    server = options.server
    if hasattr(options, "batch"):
        try:
            batch_id = id_of(options.batch)
        except ValueError as error:
            parser.error(str(error))
        server = server or options.batch.partition("/batches/")[0] * ("/batches/" in options.batch)
        options.batch = batch_id
    with Client(server or None, in_flight=options.in_flight, watch=progress(options.quiet)) as client:
        return run(client, options)


def _plan(client: Client, options: argparse.Namespace) -> int:
    plan = client.plan(**request_options.asked(options))
    if options.json:
        output.print_json(plan.answer)
    else:
        output.print_notices(plan.notices)
        print(output.plan_text(plan))
    return output.DONE


def _submit(client: Client, options: argparse.Namespace) -> int:
    asked = request_options.asked(options)
    if options.download:
        batch = client.start(options.download, key=options.key, **asked)
    else:
        batch = client.submit(key=options.key, **asked)
    return _follow(client, options, batch)


def _resubmit(client: Client, options: argparse.Namespace) -> int:
    batch = client.resubmit(options.batch, "failed" if options.failed else "unretrieved")
    return _follow(client, options, batch)


def _follow(client: Client, options: argparse.Namespace, batch: Batch) -> int:
    """Tell of a new batch, and see it through as far as was asked."""
    output.print_notices(batch.notices)
    if options.download:
        return _fetch(client, options, batch.batch_id, options.download)
    if not options.wait:
        if options.json:
            output.print_json(batch.answer)
        else:
            print(batch.batch_id)
        return output.DONE
    return _await(client, options, batch.batch_id)


def _status(client: Client, options: argparse.Namespace) -> int:
    status = client.status(options.batch)
    if options.json:
        output.print_json(status.answer)
    else:
        print(output.status_text(status))
    return output.DONE


def _wait(client: Client, options: argparse.Namespace) -> int:
    return _await(client, options, options.batch, options.timeout)


def _await(client: Client, options: argparse.Namespace, batch_id: str, timeout: float | None = None) -> int:
    status = client.wait(batch_id, timeout)
    if options.json:
        output.print_json(status.answer)
    else:
        print(output.status_text(status))
    return output.of_status(status)


def _download(client: Client, options: argparse.Namespace) -> int:
    if options.as_they_finish:
        for _, path in client.fetch(options.batch, options.directory):
            if not options.json:
                print(path, flush=True)
        client.wait(options.batch)
    return _fetch(client, options, options.batch, options.directory)


def _fetch(client: Client, options: argparse.Namespace, batch_id: str, directory: str) -> int:
    parts: list[Download] = []
    if not options.all_parts:
        if getattr(options, "download", None):
            client.wait(batch_id)
        parts.append(client.download(batch_id, directory))
        _tell(options, parts[-1])
    else:
        for part in client.download_parts(batch_id, directory):
            parts.append(part)
            _tell(options, part)
    if options.json:
        output.print_json(output.download_json(parts))
    elif parts[-1].status.left_over:
        print(f"{parts[-1].status.left_over} images are beyond the limit of a batch; --all-parts brings them")
    return _worst(parts, options.all_parts)


def _tell(options: argparse.Namespace, part: Download) -> None:
    if not options.json:
        print(output.download_text(part), flush=True)


def _worst(parts: Sequence[Download], all_parts: bool) -> int:
    """What a part left over is not wanting where the next part brought it."""
    whole = [
        part.status.whole or (all_parts and part is not parts[-1] and part.status.whole_but_for_limit)
        for part in parts
    ]
    return output.DONE if all(whole) else output.WANTING


def _cancel(client: Client, options: argparse.Namespace) -> int:
    client.cancel(options.batch)
    if options.json:
        output.print_json({"batch_id": options.batch, "cancelled": True})
    else:
        print(f"{options.batch}: asked to end")
    return output.DONE
