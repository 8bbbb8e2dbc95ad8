"""Build layers and functions for Lambda from pinned wheels; compile, weigh and import them.

`make package` runs this. build/package mirrors the repository's layout (template, state machine, layers,
functions), so that `sam deploy` or `aws cloudformation package` from there deploys what was checked here.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.template import Template, load_template
from tools.lambda_imports import ImportFailed, find_python, import_handler, imports_of
from tools.wheels import PIP_INSTALL, compile_bytecode, install_layer, slim, unmet_requirements

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "package"

# Lambda's quota for a function with its layers, unzipped.
UNZIPPED_LIMIT = 250 * 1024 * 1024

# What Lambda's runtime brings by itself, installed beside the packages for the import check only. The
# oldest version that pyproject.toml allows, so that nothing newer than that is taken for granted.
RUNTIME_PACKAGES = ("boto3==1.40.0",)

UNWANTED = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")


class PackageFailed(RuntimeError):
    """The packages cannot be deployed as they are; the text says why."""


@dataclass(frozen=True)
class Chosen:
    """What the template runs on: Python as ``3.13``, the machine as wheels name it (``x86_64``)."""

    python: str
    machine: str


def chosen(template: Template) -> Chosen:
    """Python and machine as the template's Globals choose them."""
    common = template["Globals"]["Function"]
    machines = {"x86_64": "x86_64", "arm64": "aarch64"}
    return Chosen(str(common["Runtime"]).removeprefix("python"), machines[common["Architectures"][0]])


def function_folders(template: Template) -> list[str]:
    """Each function's CodeUri, in the template's order."""
    return [
        resource["Properties"]["CodeUri"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def build(template: Template, wanted: Chosen) -> None:
    """Fill build/package anew. Raises PackageFailed for a package that the pins forget."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for folder in ["layers/skybatch", "statemachine", *function_folders(template)]:
        shutil.copytree(ROOT / folder, TARGET / folder, ignore=UNWANTED)
    shutil.copy2(ROOT / "template.yaml", TARGET)
    science = TARGET / "layers" / "science" / "python"
    install_layer(science, ROOT / "layers/science/requirements.txt", wanted.python, wanted.machine)
    slim(science)
    unmet = unmet_requirements(science, wanted.python, wanted.machine)
    if unmet:
        raise PackageFailed("layers/science/requirements.txt lacks\n  " + "\n  ".join(unmet))


def compile_parts(folders: list[str], python: Path | None, wanted: Chosen) -> None:
    """Bytecode for all parts, which takes more than half off a cold start's imports."""
    if python is None:
        print(f"bytecode: skipped, no Python {wanted.python} on this machine; cold starts will take longer")
        return
    for part in ("layers/science", "layers/skybatch"):
        compile_bytecode(python, TARGET / part, "/opt")
    for folder in folders:
        compile_bytecode(python, TARGET / folder, "/var/task")


def unzipped_bytes(folder: Path) -> int:
    """Bytes of all files below ``folder``."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def weigh(folders: list[str]) -> None:
    """Print every part's size; PackageFailed if a function with both layers is over Lambda's quota."""
    sizes = {part: unzipped_bytes(TARGET / part) for part in ["layers/science", "layers/skybatch", *folders]}
    for part, size in sizes.items():
        print(f"{part:22} {size / 2**20:8.2f} MB")
    heaviest = max(sizes[part] for part in folders)
    total = sizes["layers/science"] + sizes["layers/skybatch"] + heaviest
    print(f"{'unzipped together':22} {total / 2**20:8.2f} MB of {UNZIPPED_LIMIT / 2**20:.0f}")
    if total > UNZIPPED_LIMIT:
        raise PackageFailed("a function and its layers exceed what Lambda takes")


def check_imports(folders: list[str], python: Path | None, wanted: Chosen) -> None:
    """Import each handler, and all it may import later, from the packages alone; else say why not."""
    if (platform.system(), platform.machine()) != ("Linux", wanted.machine):
        print(f"imports: skipped, this machine is not a Linux {wanted.machine}")
        return
    if python is None:
        print(f"imports: skipped, no Python {wanted.python} on this machine")
        return
    runtime = _runtime_packages()
    layers = [TARGET / "layers" / name / "python" for name in ("science", "skybatch")]
    for folder in folders:
        modules = imports_of(TARGET / folder / "app.py", layers[1])
        milliseconds = import_handler(python, [TARGET / folder, *layers, runtime], modules)
        print(f"{folder:22} handler imported in {milliseconds:5.0f} ms, {len(modules)} modules in all")


def _runtime_packages() -> Path:
    target = ROOT / "build" / "runtime"
    stamp = target / " ".join(RUNTIME_PACKAGES)
    if not stamp.exists():
        shutil.rmtree(target, ignore_errors=True)
        # These are for no environment of ours, so that conflicts with the running one do not matter.
        command = [*PIP_INSTALL, "--no-warn-conflicts", "--target", str(target), *RUNTIME_PACKAGES]
        subprocess.run(command, check=True)  # noqa: S603 (our own words, no shell)
        stamp.touch()
    return target


def main() -> int:
    """Build, weigh, import; 0 when the result can be deployed."""
    template = load_template(ROOT / "template.yaml")
    wanted, folders = chosen(template), function_folders(template)
    python = find_python(wanted.python)
    print(f"building for Python {wanted.python} on {wanted.machine} in {TARGET.relative_to(ROOT)}")
    try:
        missing = [folder for folder in folders if not (ROOT / folder / "app.py").exists()]
        build(template, wanted)
        compile_parts(folders, python, wanted)
        weigh(folders)
        check_imports([folder for folder in folders if folder not in missing], python, wanted)
        if missing:
            raise PackageFailed(f"no app.py in {', '.join(missing)}")
    except (PackageFailed, ImportFailed) as error:
        print(f"not deployable: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
