"""Programs on this machine that packaging and deploying need."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from skybatch.deployment.aws_calls import Clients
from skybatch.deployment.findings import Finding, error, ok, warning
from skybatch.deployment.preflight.planned_stack import PlannedStack

Which = Callable[[str], str | None]

DEFAULT_RUNTIME = "python3.13"


def check_tools(stack: PlannedStack, _: Clients, which: Which = shutil.which) -> Iterator[Finding]:
    """Look for the AWS CLI, and for the Python that compiles the layers."""
    aws = _version(which("aws"))
    yield ok("tools", aws) if aws else error("tools", "there is no AWS CLI on this machine", "install it")
    wanted = str(stack.document.get("Globals", {}).get("Function", {}).get("Runtime", DEFAULT_RUNTIME))
    python = next(filter(None, map(_version, [*_of_pyenv(wanted), which(wanted)])), "")
    if python:
        yield ok("tools", f"{python} compiles the layers")
    else:
        fact = f"there is no {wanted} on this machine: layers are not compiled, and cold starts take longer"
        yield warning("tools", fact, f"install {wanted}")


def _of_pyenv(runtime: str) -> list[str]:
    """Return the interpreters that pyenv has of a runtime such as ``python3.13``, active or not."""
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    return sorted(map(str, versions.glob(f"{runtime.removeprefix('python')}.*/bin/{runtime}")))


def _version(path: str | None) -> str:
    """Return what a program says of its version; empty where it does not run (a placeholder of pyenv)."""
    if path is None:
        return ""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 (on PATH)
    return done.stdout.strip().partition("\n")[0] if done.returncode == 0 else ""
