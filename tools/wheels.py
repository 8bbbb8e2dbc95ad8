"""The science layer: wheels for a machine other than this one, made small, checked for what they lack."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# glibc of the wheels that Amazon Linux 2023 (2.34) runs; pip takes the names as they are, and infers none.
GLIBC_TAGS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_26", "manylinux_2_24", "manylinux_2_17")
LEGACY_TAGS = ("manylinux2014",)

PIP_INSTALL = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")

# `import astropy` needs astropy/tests; every other package's tests stay at home.
KEPT_TESTS = ("astropy/tests",)
# Console scripts, C headers and Cython sources serve nobody on Lambda.
NEEDLESS = ("bin", "**/__pycache__", "**/include", "**/*.pyx", "**/*.pxd")


def install_layer(target: Path, requirements: Path, python: str, machine: str) -> None:
    """Unpack the pinned wheels for ``python`` (``3.13``) on ``machine`` (``x86_64``) into ``target``.

    A wheel whose SHA-256 is not among its pin's is refused, and so is a pin that names none.
    """
    platforms = [f"--platform={tag}_{machine}" for tag in GLIBC_TAGS + LEGACY_TAGS]
    command = [*PIP_INSTALL, "--target", str(target), *platforms]
    command += ["--implementation=cp", f"--python-version={python}"]
    command += ["--only-binary=:all:", "--no-deps", "--no-compile", "--require-hashes"]
    command += ["--requirement", str(requirements)]
    subprocess.run(command, check=True)  # noqa: S603 (our own words, no shell)


def slim(layer: Path, services: Iterable[str]) -> None:
    """Remove what no function imports, and botocore's models of all but these AWS services."""
    models = layer / "botocore/data"
    doomed = [folder for folder in models.glob("*/") if folder.name not in set(services)]
    doomed += [path for pattern in NEEDLESS for path in layer.glob(pattern)]
    doomed += [path for path in layer.rglob("tests") if path.relative_to(layer).as_posix() not in KEPT_TESTS]
    for path in doomed:
        if ".dist-info" in path.relative_to(layer).parts[0]:
            continue  # licence texts, in folders named as those of their sources
        if path.is_dir():
            shutil.rmtree(path)
        elif path.exists():  # not gone with its folder already
            path.unlink()


def compile_bytecode(python: Path, folder: Path, mounted: str) -> None:
    """Compile ``folder`` for where Lambda mounts it, read-only: else every cold start compiles anew.

    The bytecode is never checked against its source, whose times a zip does not keep.
    """
    options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", mounted]
    subprocess.run([str(python), "-m", "compileall", *options, str(folder)], check=True)  # noqa: S603


def unmet_requirements(layer: Path, python: str, machine: str) -> list[str]:
    """List unmet requirements of the distributions in ``layer`` as sentences; extras aside."""
    present: dict[str, Distribution] = {
        canonicalize_name(found.metadata["Name"]): found for found in distributions(path=[str(layer)])
    }
    environment = {
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_machine": machine,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    return [
        f"{needed} (wanted by {name})"
        for name, found in sorted(present.items())
        for needed in map(Requirement, found.requires or [])
        if (needed.marker is None or needed.marker.evaluate(environment)) and not _met(needed, present)
    ]


def _met(needed: Requirement, present: dict[str, Distribution]) -> bool:
    found = present.get(canonicalize_name(needed.name))
    return found is not None and needed.specifier.contains(found.version, prereleases=True)


def unpinned_modules(layer: Path, modules: Iterable[str]) -> list[str]:
    """List the top-level packages among imported ``modules`` that neither the layer nor Python has."""
    roots = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names)
    return sorted(name for name in roots if not _in_layer(layer, name))


def _in_layer(layer: Path, name: str) -> bool:
    return (layer / name).is_dir() or any(layer.glob(f"{name}.*"))
