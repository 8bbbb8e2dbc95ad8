"""Which modules a handler can come to import, and whether all of them can be, as Lambda would."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

PACKAGE = "skybatch"

# -I -S: nothing of this machine's site-packages, user site or PYTHONPATH; -B: no bytecode into the package.
ISOLATED = ("-I", "-S", "-B")
SCRIPT = """
import importlib, json, sys, time
given = json.loads(sys.argv[1])
sys.path[:0] = given["path"]
start = time.perf_counter()
handler = importlib.import_module("app").handler
taken = time.perf_counter() - start
assert callable(handler)
for name in given["modules"]:
    importlib.import_module(name)
if given["services"]:
    import boto3
    for name in given["services"]:
        boto3.client(name)
print(taken * 1000)
"""
# What boto3 and powertools look for in Lambda's environment.
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "none",
    "AWS_SECRET_ACCESS_KEY": "none",
    "HOME": "/tmp",  # noqa: S108
}


class ImportFailed(RuntimeError):
    """A handler, or what it imports later, is not to be had from the packages; the text is Python's."""


def find_python(version: str) -> Path | None:
    """Find a working interpreter of ``version`` (``3.13``), on PATH or among pyenv's, or return None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [*sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
    on_path = shutil.which(f"python{version}")
    if on_path:
        candidates.append(Path(on_path))
    return next((path for path in candidates if _version(path) == version), None)


def _version(python: Path) -> str:
    """Ask an interpreter for its version; pyenv's shims of versions that are not active fail."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([str(python), "-c", code], capture_output=True, text=True, check=False)  # noqa: S603
    return answer.stdout.strip()


def import_handler(python: Path, path: list[Path], modules: list[str], services: Sequence[str] = ()) -> float:
    """Import ``app`` and then ``modules`` from ``path`` alone; the milliseconds that ``app`` took.

    Then make boto3's clients of ``services``, which read their models from botocore's data files.

    Raises ImportFailed with the interpreter's own words.
    """
    folders = [str(folder) for folder in path]
    given = json.dumps({"path": folders, "modules": modules, "services": list(services)})
    command = [str(python), *ISOLATED, "-c", SCRIPT, given]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT)  # noqa: S603
    if answer.returncode:
        raise ImportFailed(f"{path[0]}\n{answer.stderr.strip()}")
    return float(answer.stdout.split()[-1])


def imports_of(handler: Path, package_root: Path) -> list[str]:
    """Every module that ``handler`` imports, at once or inside a function, through our own package.

    Ours are followed in the source below ``package_root``; those of others are listed, not followed.
    """
    found: set[str] = set()
    waiting = list(_imported(handler, ""))
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        source = _source(name, package_root)
        if name.split(".")[0] == PACKAGE and source is None:
            continue  # `from skybatch.errors import NotFound` names a class, not a module
        found.add(name)
        # The package's own front door opens the client where a user asks for it; no handler does.
        if source is not None and name != PACKAGE:
            waiting.extend(_imported(source, name))
    return sorted(found)


def _source(name: str, root: Path) -> Path | None:
    stem = root.joinpath(*name.split("."))
    return next((path for path in (stem.with_suffix(".py"), stem / "__init__.py") if path.is_file()), None)


def _imported(source: Path, module: str) -> Iterator[str]:
    """Names of modules in the import statements of ``source``; for ours also what may be a submodule."""
    for node in _running(ast.parse(source.read_text(), str(source))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, source, module)
            yield base
            if base.split(".")[0] == PACKAGE:
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those below ``if TYPE_CHECKING``, which never run."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING"):
            continue
        yield child
        yield from _running(child)


def _absolute(node: ast.ImportFrom, source: Path, module: str) -> str:
    """Return the module that ``from … import`` names, its leading dots resolved."""
    if not node.level:
        return node.module or ""
    parents = module.split(".") if source.name == "__init__.py" else module.split(".")[:-1]
    kept = parents[: len(parents) - node.level + 1]
    return ".".join([*kept, *([node.module] if node.module else [])])
