"""API clients made from ``/openapi.json`` by generators: they submit a FITS file, wait and download.

Generators and linters are installed by ``make clients``; what is missing is skipped.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from astropy.table import Table

from local.stack import Stack
from tests.contract.addresses import DEC, RA
from tests.e2e.service import Service

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(__file__).with_name("generated")
INSTALLED = Path(os.environ.get("SKYBATCH_CLIENTS", ROOT / "build" / "clients"))
PYTHON = INSTALLED / "python" / "bin"
NODE = INSTALLED / "node_modules" / ".bin"

pytestmark = [
    pytest.mark.soak,
    pytest.mark.skipif(not INSTALLED.is_dir(), reason=f"no generators at {INSTALLED}: make clients"),
]


def run(program: Path | str, *words: object, cwd: Path, **variables: str) -> str:
    """Return the standard output of a program that must succeed."""
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    ran = subprocess.run(
        [str(program), *map(str, words)],
        cwd=cwd,
        env=os.environ | {"PATH": f"{PYTHON}:{os.environ['PATH']}"} | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout[-2000:] + ran.stderr[-2000:]
    return ran.stdout


@pytest.fixture(scope="module")
def document(service: Service, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(service.call("/openapi.json").body)
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("table") / "targets.fits"
    Table({"ra": [RA], "dec": [DEC], "size": [60.0]}).write(path)
    return path


def check(printed: str) -> None:
    result: dict[str, Any] = json.loads(printed.splitlines()[-1])
    assert (result["state"], result["code"]) == ("complete", "invalid")
    assert result["bytes"] > 10_240


def test_spectral_and_redocly_find_nothing(document: Path, tmp_path: Path) -> None:
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    run(NODE / "spectral", "lint", document, "-r", ".spectral.yaml", "-F", "hint", cwd=tmp_path)
    found = json.loads(run(NODE / "redocly", "lint", document, "--format=json", cwd=tmp_path))
    assert found["problems"] == []


def test_openapi_python_client(stack: Stack, document: Path, table: Path, tmp_path: Path) -> None:
    program = shutil.copy(PROGRAMS / "by_openapi_python_client.py", tmp_path / "program.py")
    words = ("generate", "--path", document, "--output-path", "client", "--fail-on-warning")
    run(PYTHON / "openapi-python-client", *words, cwd=tmp_path)
    check(run(PYTHON / "python", program, stack.url, table, cwd=tmp_path, PYTHONPATH="client"))


def test_openapi_generator(stack: Stack, document: Path, table: Path, tmp_path: Path) -> None:
    program = shutil.copy(PROGRAMS / "by_openapi_generator.py", tmp_path / "program.py")
    words = ("generate", "-i", document, "-g", "python", "-o", "client")
    run(PYTHON / "openapi-generator-cli", *words, cwd=tmp_path)
    check(run(PYTHON / "python", program, stack.url, table, cwd=tmp_path, PYTHONPATH="client"))


def test_openapi_typescript(stack: Stack, document: Path, table: Path, tmp_path: Path) -> None:
    shutil.copy(PROGRAMS / "by_openapi_typescript.ts", tmp_path / "program.ts")
    (tmp_path / "node_modules").symlink_to(INSTALLED / "node_modules")
    run(NODE / "openapi-typescript", document, "-o", "api.ts", cwd=tmp_path)
    options = ("--strict", "--target", "es2022", "--module", "nodenext", "--skipLibCheck", "--types", "node")
    (tmp_path / "package.json").write_text("{}")
    run(NODE / "tsc", *options, "program.ts", cwd=tmp_path)
    check(run("node", "program.js", stack.url, table, cwd=tmp_path))
