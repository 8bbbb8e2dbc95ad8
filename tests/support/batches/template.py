"""The template and the state machine as the tests read them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.template import load_template

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = load_template(ROOT / "template.yaml")
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
MACHINE: dict[str, Any] = json.loads((ROOT / "statemachine/batch.asl.json").read_text())
STATES: dict[str, Any] = MACHINE["States"]


def of_type(kind: str) -> dict[str, dict[str, Any]]:
    """Properties of every resource of a type, by logical name."""
    return {name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == kind}


FUNCTIONS = of_type("AWS::Serverless::Function")


def properties(name: str) -> dict[str, Any]:
    """Properties of one resource."""
    found: dict[str, Any] = RESOURCES[name]["Properties"]
    return found


def statements(role: str) -> Iterator[dict[str, Any]]:
    """The statements of a role's policies, those under a condition included."""
    for policy in properties(role)["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            yield statement["Fn::If"][1] if "Fn::If" in statement else statement


def listed(value: Any) -> list[Any]:
    """A policy's one thing or list of things, as a list."""
    return value if isinstance(value, list) else [value]


def text(value: Any) -> str:
    """An intrinsic function's words, to look for names in."""
    return value if isinstance(value, str) else json.dumps(value)


def event(name: str) -> dict[str, Any]:
    """One of the sample events."""
    loaded: dict[str, Any] = json.loads((ROOT / f"events/{name}.json").read_text())
    return loaded
