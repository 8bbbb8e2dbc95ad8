"""Commands that talk to a server: options that all of them have, and what ends them before a request."""

from __future__ import annotations

import argparse

import pytest

from skybatch.cli.client_commands import add_client_command
from skybatch.cli.terminal import output
from skybatch.errors import InvalidRequest
from tests.support.servers.made_batches import BATCH_ID


def command(*, batch: bool = False) -> tuple[argparse.ArgumentParser, list[argparse.Namespace]]:
    """Return the parser of a command, and the options it was run with."""
    parser, ran = argparse.ArgumentParser(), []

    def run(_: object, options: argparse.Namespace) -> int:
        ran.append(options)
        return 7

    add_client_command(parser.add_subparsers(), "do", run, "do it", "", batch=batch)
    return parser, ran


def test_a_command_runs_with_a_client_and_returns_its_exit_code() -> None:
    parser, ran = command()
    options = parser.parse_args(["do", "--server", "http://sky.example.org", "--in-flight", "3"])
    assert options.run(options) == 7
    assert ran[0].in_flight == 3
    assert options.exit_code(InvalidRequest("x")) == output.REJECTED


def test_a_url_of_a_batch_names_its_server() -> None:
    parser, ran = command(batch=True)
    options = parser.parse_args(["do", f"http://sky.example.org/batches/{BATCH_ID}/results"])
    options.run(options)
    assert ran[0].batch == BATCH_ID


@pytest.mark.parametrize("count", ["0", "33", "x"])
def test_transfers_are_bounded(count: str) -> None:
    with pytest.raises(SystemExit) as raised:
        command()[0].parse_args(["do", "--in-flight", count])
    assert raised.value.code == 2


def test_what_is_no_batch_is_wrong_usage() -> None:
    parser, ran = command(batch=True)
    options = parser.parse_args(["do", "no-id"])
    with pytest.raises(SystemExit) as raised:
        options.run(options)
    assert (raised.value.code, ran) == (2, [])
