"""The options of a request become the fields that the client sends, or a usage error."""

from __future__ import annotations

import argparse
import io
import sys
from types import SimpleNamespace

import pytest

from skybatch.cli.request_options import (
    FIELDS,
    MODES,
    add_request_options,
    request_arguments,
    validate,
)
from skybatch.client.request_body import FIELDS as REQUEST_FIELDS
from skybatch.client.request_body import encode_request
from skybatch.requests.model import Mode
from skybatch.requests.parser import parse_body
from skybatch.settings import Settings


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    add_request_options(parser)
    return parser


def test_every_field_of_a_request_has_an_option() -> None:
    assert {*FIELDS, "decompress"} == REQUEST_FIELDS


def test_modes_are_those_of_the_service() -> None:
    assert set(MODES) == {mode.value for mode in Mode}


def test_the_service_reads_what_the_options_say(parser: argparse.ArgumentParser) -> None:
    options = parser.parse_args(
        [
            "--center",
            "10 20",
            "--diameter",
            "0.5",
            "--bands",
            "J,K",
            "--image-type",
            "quicklook",
            "--compressed",
            "--edge",
            "pad",
        ]
    )
    validate(parser, options)
    encoded = encode_request(**request_arguments(options))
    request = parse_body(encoded.body, encoded.content_type, Settings())[0]
    assert request.region is not None
    assert (request.region.diameter, request.bands) == (0.5, ("j", "k"))
    assert (request.decompress, request.edge) == (False, "pad")


@pytest.mark.parametrize(
    ("given", "datasets"),
    [
        (["2mass-sx"], ("sx",)),
        (["2mass-sx", "2mass-asky"], ("sx", "asky")),
        (["2mass-sx,2mass-cal"], ("sx", "cal")),
    ],
)
def test_surveys_are_named_by_repeating_the_option(
    parser: argparse.ArgumentParser, given: list[str], datasets: tuple[str, ...]
) -> None:
    words = [word for survey in given for word in ("--survey", survey)]
    options = parser.parse_args(["--center", "10 20", "--diameter", "0.5", *words])
    encoded = encode_request(**request_arguments(options))
    assert parse_body(encoded.body, encoded.content_type, Settings())[0].datasets == datasets


def test_options_not_given_are_not_sent(parser: argparse.ArgumentParser) -> None:
    arguments = request_arguments(parser.parse_args(["targets.csv", "--label", "mine"]))
    assert {name: value for name, value in arguments.items() if value is not None} == {
        "table": "targets.csv",
        "label": "mine",
    }


def test_a_hyphen_reads_the_table_from_standard_input(
    parser: argparse.ArgumentParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"ra,dec\n1,2\n")))
    assert request_arguments(parser.parse_args(["-"]))["table"] == b"ra,dec\n1,2\n"


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--bands", "J"],
        ["targets.csv", "--center", "M83"],
        ["targets.csv", "--date", "990320"],
        ["nowhere.csv"],
    ],
)
def test_no_request_or_two_are_wrong_usage(parser: argparse.ArgumentParser, arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        validate(parser, parser.parse_args(arguments))
    assert raised.value.code == 2
