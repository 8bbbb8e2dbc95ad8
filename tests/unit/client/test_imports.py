"""The client imports nothing heavy, and of the package only `errors`, `status` and `version`."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skybatch

PACKAGE = Path(skybatch.__file__).parent
HEAVY: tuple[str, ...] = (
    "numpy",
    "astropy",
    "pandas",
    "boto3",
    "botocore",
    "obstore",
    "pydantic",
    "isal",
    "jinja2",
)
HEAVY += ("tqdm", "httpx", "shtab")
ALLOWED = ("skybatch", "skybatch.concurrency", "skybatch.errors", "skybatch.status", "skybatch.version")


def modules_after(code: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import skybatch; skybatch.Client",
        "import skybatch.client",
        "from skybatch.cli import make_parser; make_parser().format_help()",
    ],
)
def test_importing_brings_nothing_heavy(code: str) -> None:
    assert modules_after(code).isdisjoint(HEAVY)


def test_the_package_alone_brings_not_even_the_client() -> None:
    assert modules_after("import skybatch, skybatch.errors").isdisjoint({"urllib3", "skybatch.client"})


@pytest.mark.parametrize("path", sorted((PACKAGE / "client").glob("*.py")), ids=lambda path: path.stem)
def test_the_client_imports_only_the_ground(path: Path) -> None:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    ours = {name for name in names if name.split(".")[0] == "skybatch"}
    assert {name for name in ours if not name.startswith("skybatch.client")} <= set(ALLOWED)
