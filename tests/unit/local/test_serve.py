"""The command reads its parameters and ends cleanly on signals."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError
from obstore.exceptions import GenericError

from local import serve
from local.deploy import DeployFailed
from local.emulator import EmulatorFailed
from local.serve import (
    DEFAULT_PORT,
    archive_folder,
    port_number,
    run_folder,
    stop_on_signals,
    survey_names,
    template_parameters,
)
from skybatch.errors import InventoryError


@pytest.fixture
def handlers() -> Iterator[None]:
    """The handlers of this process, put back afterwards."""
    names = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {name: signal.getsignal(name) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(name, handler)


def test_parameters_are_words_with_equals_signs() -> None:
    assert template_parameters("A=1 B='two words' C=x=y") == {"A": "1", "B": "two words", "C": "x=y"}
    assert template_parameters("") == {}
    with pytest.raises(ValueError, match="not so: MaxRows"):
        template_parameters("A=1 MaxRows")


def test_a_signal_interrupts_once(handlers: None) -> None:
    stop_on_signals()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)  # ignored: the clean-up is not disturbed


def test_the_environment_says_what_is_served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PORT", "ARCHIVE", "PARAMS"):
        monkeypatch.delenv(name, raising=False)
    plan = serve._plan(few=True)
    assert (plan.port, plan.archive, plan.sky.few, plan.parameters) == (DEFAULT_PORT, None, True, {})
    monkeypatch.setenv("PORT", "1234")
    monkeypatch.setenv("ARCHIVE", str(tmp_path))
    monkeypatch.setenv("PARAMS", "MaxRows=5")
    plan = serve._plan(few=False)
    assert (plan.port, plan.archive, plan.parameters) == (1234, tmp_path.resolve(), {"MaxRows": "5"})


def test_each_run_has_a_folder_of_its_kind() -> None:
    assert f"-demo-{os.getpid()}" in run_folder("demo").name


@pytest.mark.parametrize("port", ["abc", "-1", "65536", "80.5", "٣"])
def test_a_port_that_is_none_is_refused_in_words(port: str) -> None:
    with pytest.raises(ValueError, match="from 0 to 65535"):
        port_number(port)


@pytest.mark.parametrize("text", ["~nobody-of-this-name/x", "null\0"])
def test_an_archive_that_can_be_no_folder_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="ARCHIVE is"):
        archive_folder(text)


@pytest.mark.parametrize(
    "failure",
    [
        InventoryError("no image"),
        DeployFailed("refused"),
        EmulatorFailed("ended"),
        OSError("taken"),
        GenericError("the emulator did not answer"),
        EndpointConnectionError(endpoint_url="http://127.0.0.1:1"),
    ],
)
def test_what_cannot_be_served_is_a_line_and_a_status(
    failure: Exception, handlers: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(plan: object) -> None:
        raise failure

    monkeypatch.setattr("sys.argv", ["serve"])
    monkeypatch.setattr(serve, "serve", fail)
    assert serve.main() == 1
    told = capsys.readouterr().err
    assert told.startswith("skybatch cannot serve")
    assert told.endswith(f": {failure}\n")
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ("2mass", "allwise")),
        ("allwise", ("allwise",)),
        ("allwise, 2mass", ("allwise", "2mass")),
        ("2mass 2mass", ("2mass",)),
    ],
)
def test_surveys_are_given_by_their_names(text: str, names: tuple[str, ...]) -> None:
    assert survey_names(text) == names


def test_an_unknown_survey_is_named() -> None:
    with pytest.raises(ValueError, match="ukidss"):
        survey_names("2mass,ukidss")
