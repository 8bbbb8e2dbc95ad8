"""A planned stack, the account it is planned for, and answers of services that can be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, Level
from skybatch.deployment.preflight.planned_stack import PlannedStack

TEMPLATE = Path(__file__).resolve().parents[3] / "template.yaml"
REGION = "us-east-1"


def planned(name: str = "sky", template: Path = TEMPLATE) -> PlannedStack:
    """The stack as a test means to deploy it: buckets `images` and `code`, no parameters."""
    return PlannedStack(name, REGION, "images", "", "code", template)


def planned_with(**given: str) -> PlannedStack:
    """The same with parameters."""
    return replace(planned(), given=given)


class Refused:
    """The code that a service answers with instead."""

    def __init__(self, code: str) -> None:
        self.code = code


class SetClient:
    """A client whose methods answer what was set, or refuse; a method not set is a fault of the test."""

    def __init__(self, answers: Mapping[str, Any]) -> None:
        self._answers = answers

    def __getattr__(self, method: str) -> Any:
        answer = self._answers[method]

        def call(**given: Any) -> Any:
            said = answer(**given) if callable(answer) else answer
            if isinstance(said, Refused):
                raise ClientError({"Error": {"Code": said.code, "Message": "set"}}, method)
            return said

        return call


def set_clients(**services: Mapping[str, Any]) -> Clients:
    """Clients by service; each a mapping of methods to answers."""
    made = {name: SetClient(answers) for name, answers in services.items()}
    return lambda service: made[service]


def levels(findings: list[Finding]) -> dict[str, Level]:
    """The gravest level of each check."""
    order = list(Level)
    gravest: dict[str, Level] = {}
    for finding in findings:
        known = gravest.get(finding.check, Level.OK)
        gravest[finding.check] = max(known, finding.level, key=order.index)
    return gravest


def faults(findings: list[Finding]) -> set[str]:
    """The checks that are not well."""
    return {name for name, level in levels(findings).items() if level in (Level.WARNING, Level.ERROR)}
