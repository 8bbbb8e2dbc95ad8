"""Clients of an operator, and refusals as facts."""

from __future__ import annotations

import pytest

from skybatch.deployment.aws_calls import operator_clients, refusal
from tests.support.deployment.planned import Refused, SetClient


def test_clients_are_of_the_region_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert operator_clients("eu-west-1")("sqs").meta.region_name == "eu-west-1"
    assert operator_clients("")("sqs").meta.region_name == "us-east-1"


def test_each_client_is_made_once() -> None:
    clients = operator_clients("eu-west-1")
    assert clients("sqs") is clients("sqs")


def test_a_refusal_is_its_code() -> None:
    client = SetClient({"look": {"a": 1}, "touch": Refused("AccessDenied")})
    assert refusal(client.look) == ({"a": 1}, "")
    assert refusal(client.touch) == (None, "AccessDenied")
