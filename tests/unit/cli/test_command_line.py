"""The command line: every command has help, and whatever ends a command has an exit code."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest

from skybatch.cli import main, make_parser
from skybatch.cli.terminal.output import EXIT_CODES
from skybatch.version import VERSION
from tests.support.servers.fake_server import fake_server
from tests.support.servers.made_batches import BATCH_ID


def parsers(parser: argparse.ArgumentParser, name: str) -> list[tuple[str, argparse.ArgumentParser]]:
    found = [(name, parser)]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for word, subparser in action.choices.items():
                found += parsers(subparser, f"{name} {word}")
    return found


PARSERS = parsers(make_parser(), "skybatch")


@pytest.mark.parametrize(("name", "parser"), PARSERS, ids=[name for name, _ in PARSERS])
def test_every_option_has_help(name: str, parser: argparse.ArgumentParser) -> None:
    text = parser.format_help()
    assert text.startswith(f"usage: {name}")
    without = [action.dest for action in parser._actions if action.option_strings and not action.help]
    assert without == []


def test_the_help_lists_the_exit_codes() -> None:
    assert EXIT_CODES in make_parser().format_help()


def test_the_version_is_that_of_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--version"])
    assert stopped.value.code == 0
    assert capsys.readouterr().out == f"skybatch {VERSION}\n"


def test_ctrl_c_exits_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("skybatch.client.Client.status", interrupt)
    with fake_server() as server:
        assert main(["status", BATCH_ID, "--server", server.url]) == 130
    assert "continues" in capsys.readouterr().err


def test_a_closed_output_ends_without_a_traceback() -> None:
    command = f"{sys.executable} -m skybatch.cli --help | head -1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: skybatch")
    assert "Traceback" not in done.stderr
    assert "Broken pipe" not in done.stderr


def test_importing_the_command_imports_nothing_heavy() -> None:
    heavy = "numpy", "astropy", "boto3", "obstore", "httpx", "urllib3", "tqdm", "shtab"
    code = f"import sys, skybatch.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
