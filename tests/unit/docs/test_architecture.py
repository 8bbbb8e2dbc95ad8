"""docs/architecture.md: its diagrams agree with the state machine and with the imports of the package."""

from __future__ import annotations

import ast
import re

import pytest

from local.deploy import ROOT
from skybatch.batch import keys
from tests.support.batches.template import STATES

PAGE = (ROOT / "docs" / "architecture.md").read_text()
PACKAGE = ROOT / "layers" / "skybatch" / "python" / "skybatch"
FLOW, ROOMS = re.findall(r"```mermaid\n(.*?)```", PAGE, flags=re.DOTALL)
FOLDERS = sorted(
    path.name
    for path in PACKAGE.iterdir()
    if path.is_dir() and any(module.name != "__init__.py" for module in path.rglob("*.py"))
)


def arrows(diagram: str) -> set[tuple[str, str]]:
    found = re.findall(r"^\s*(\w+)\S*(?:\[.*?\]|\(.*?\))* -->(?:\|.*?\|)? (\w+)", diagram, flags=re.MULTILINE)
    return set(found)


def imported(folder: str) -> set[str]:
    """Return the folders that a folder imports at any place in its code."""
    names = set()
    for module in (PACKAGE / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("skybatch."):
                names.add(node.module.split(".")[1])
    return names.intersection(FOLDERS) - {folder}


def reachable(start: str, edges: set[tuple[str, str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        here = waiting.pop()
        new = {end for begin, end in edges if begin == here} - found
        found |= new
        waiting += new
    return found


def test_the_states_of_the_flow_are_those_of_the_state_machine() -> None:
    drawn = {name for pair in arrows(FLOW) for name in pair if name[0].isupper()} - {"SES"}
    assert drawn <= STATES.keys()
    assert {name for name, state in STATES.items() if state["Type"] == "Task"} - drawn == {
        "RecordFailure",
        "NotifyFailure",
    }


def test_objects_named_in_the_flow_are_objects_of_a_batch() -> None:
    names = set(re.findall(r"[\w.]+\.jsonl?\b", PAGE))
    assert names <= {value for value in vars(keys).values() if isinstance(value, str)}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_import_follows_the_arrows(folder: str) -> None:
    assert f"| `{folder}/` |" in PAGE
    assert imported(folder) <= reachable(folder, arrows(ROOMS))


def test_arrows_go_down_only() -> None:
    edges = arrows(ROOMS)
    assert not [start for start, _ in edges if start in reachable(start, edges)]


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`([a-z]+/)`", PAGE))))
def test_folders_named_exist(path: str) -> None:
    assert any((base / path).is_dir() for base in (ROOT, PACKAGE)) or list(PACKAGE.rglob(path.rstrip("/")))
