"""The structure of the package, read from its imports: one direction, narrow folders, tests for all."""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "layers" / "skybatch" / "python" / "skybatch"
UNIT_TESTS = ROOT / "tests" / "unit"
MOST_MODULES = 16
MOST_LINES = 300
# Folders beside the package, which have more modules.
TESTS_OF_WIDE_FOLDERS = {"tests/unit/local", "tests/unit/tools"}

Graph = Mapping[str, set[str]]


def module_name(file: Path) -> str:
    """Give the dotted name below the package: ``fits.header``; a package's own is its folder's."""
    parts = file.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


MODULES = {module_name(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def imported_modules(file: Path) -> Iterator[str]:
    """List the package's modules that a file imports, at its top, in functions or for types alone."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            if name.split(".")[0] == "skybatch":
                yield nearest_module(name)


def nearest_module(name: str) -> str:
    """Give the module that holds ``skybatch.room.module.symbol``."""
    parts = name.split(".")[1:]
    while ".".join(parts) not in MODULES:
        parts.pop()
    return ".".join(parts)


def room(module: str) -> str:
    """Give the folder of a module; each module at the top of the package is a room of its own."""
    file = MODULES[module]
    folder = file.parent.relative_to(PACKAGE).as_posix()
    return module if folder == "." else folder


IMPORTS: Graph = {name: set(imported_modules(file)) - {name} for name, file in MODULES.items()}


def rooms() -> dict[str, set[str]]:
    """Draw the graph of folders: which import from which."""
    graph: dict[str, set[str]] = defaultdict(set)
    for module, targets in IMPORTS.items():
        graph[room(module)] |= {room(target) for target in targets} - {room(module)}
    return graph


@pytest.mark.parametrize("graph", [IMPORTS, rooms()], ids=["modules", "folders"])
def test_imports_have_one_direction(graph: Graph) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_folders_are_narrow() -> None:
    modules = Counter(file.parent for file in MODULES.values() if file.name != "__init__.py")
    assert {str(folder): count for folder, count in modules.items() if count > MOST_MODULES} == {}


def test_folders_of_tests_are_narrow() -> None:
    tests = Counter(file.parent for file in (ROOT / "tests").rglob("test_*.py"))
    wide = {folder.relative_to(ROOT).as_posix() for folder, count in tests.items() if count > MOST_MODULES}
    assert wide - TESTS_OF_WIDE_FOLDERS == set()


def test_files_are_short() -> None:
    lines = {name: file.read_text().count("\n") for name, file in MODULES.items()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_each_module_has_tests_at_the_same_place() -> None:
    assert [name for name, file in MODULES.items() if has_code(file) and not has_tests(file)] == []


def has_code(file: Path) -> bool:
    """Tell whether a file defines anything; a package's docstring or re-exports need no test."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return any(isinstance(node, definitions) for node in ast.walk(ast.parse(file.read_text())))


def has_tests(file: Path) -> bool:
    """Tell whether ``tests/unit`` has the file's test, or for a package's own code one named after it."""
    folder = UNIT_TESTS / file.parent.relative_to(PACKAGE)
    stem = file.stem if file.stem != "__init__" else file.parent.name
    return (folder / f"test_{stem.strip('_')}.py").is_file()
