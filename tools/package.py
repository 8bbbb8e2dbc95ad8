"""Build layers and functions for Lambda from pinned wheels; compile, weigh and import them.

`make package` runs this. build/package mirrors the repository's layout (template, state machine, layers,
functions), so that `sam deploy` or `aws cloudformation package` from there deploys what was checked here.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from local.template import Template, load_template
from tools.aws_services import services_used
from tools.lambda_imports import PACKAGE, ImportFailed, find_python, import_handler, imports_of
from tools.licences import PAGE, layer_table, unaccepted
from tools.wheels import compile_bytecode, install_layer, slim, unmet_requirements, unpinned_modules

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "build" / "package"

# Lambda's quota for a function with its layers, unzipped.
UNZIPPED_LIMIT = 250 * 1024 * 1024

UNWANTED = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.pyc")


# Lambda's name of a processor, and that of wheels.
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}


class PackageFailed(RuntimeError):
    """The packages cannot be deployed as they are; the text says why."""


@dataclass(frozen=True)
class Chosen:
    """What the template runs on: Python as ``3.13``, the machine as wheels name it (``x86_64``)."""

    python: str
    machine: str


def chosen(template: Template, architecture: str = "") -> Chosen:
    """Python as the template's Globals choose it, and the machine: that of ``architecture``, or the default.

    Raises PackageFailed for an architecture that Lambda does not have.
    """
    architecture = architecture or template["Parameters"]["Architecture"]["Default"]
    if architecture not in MACHINES:
        raise PackageFailed(f"ARCHITECTURE is {' or '.join(MACHINES)}, not {architecture}")
    runtime = str(template["Globals"]["Function"]["Runtime"])
    return Chosen(runtime.removeprefix("python"), MACHINES[architecture])


def template_for(text: str, wanted: Chosen) -> str:
    """Write the template of layers that were built for one machine: its parameter takes no other."""
    architecture = next(name for name, machine in MACHINES.items() if machine == wanted.machine)
    head, name, rest = text.partition("  Architecture:\n")
    rest = re.sub(r"(?<=Default: ).*", architecture, rest, count=1)
    return head + name + re.sub(r"(?<=AllowedValues: ).*", f"[{architecture}]", rest, count=1)


def function_folders(template: Template) -> list[str]:
    """Each function's CodeUri, in the template's order."""
    return [
        resource["Properties"]["CodeUri"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Serverless::Function"
    ]


def services() -> list[str]:
    """List the AWS services whose clients the functions make."""
    sources = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers/skybatch/python").rglob("*.py")]
    return services_used(sources)


def build(template: Template, wanted: Chosen) -> None:
    """Fill build/package anew. Raises PackageFailed for a package that the pins forget."""
    shutil.rmtree(TARGET, ignore_errors=True)
    for folder in ["layers/skybatch", "statemachine", *function_folders(template)]:
        shutil.copytree(ROOT / folder, TARGET / folder, ignore=UNWANTED)
    (TARGET / "template.yaml").write_text(template_for((ROOT / "template.yaml").read_text(), wanted))
    science = TARGET / "layers" / "science" / "python"
    install_layer(science, ROOT / "layers/science/requirements.txt", wanted.python, wanted.machine)
    slim(science, services())
    unmet = unmet_requirements(science, wanted.python, wanted.machine)
    if unmet:
        raise PackageFailed("layers/science/requirements.txt lacks\n  " + "\n  ".join(unmet))
    check_pins(science, function_folders(template))


def check_pins(science: Path, folders: list[str]) -> None:
    """Refuse a module that the functions import and the layer has not, and a licence not accepted."""
    ours = ROOT / "layers/skybatch/python"
    for folder in folders:
        modules = [
            name for name in imports_of(ROOT / folder / "app.py", ours) if not name.startswith(PACKAGE)
        ]
        lacking = unpinned_modules(science, modules)
        if lacking:
            raise PackageFailed(f"{folder} imports what no pin brings: {', '.join(lacking)}")
    refused = unaccepted(science)
    if refused:
        raise PackageFailed("licences not accepted in a deployed service:\n  " + "\n  ".join(refused))
    if layer_table(science) not in PAGE.read_text():
        raise PackageFailed(f"{PAGE.relative_to(ROOT)} is not of these pins: python -m tools.licences")


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
    """Import each handler, and all it may import later, from the packages alone; else say why not.

    Nothing else is there, not even what Lambda's runtime brings: its boto3 comes in whatever version AWS
    chooses, so the layer has its own.
    """
    if (platform.system(), platform.machine()) != ("Linux", wanted.machine):
        print(f"imports: skipped, this machine is not a Linux {wanted.machine}")
        return
    if python is None:
        print(f"imports: skipped, no Python {wanted.python} on this machine")
        return
    layers = [TARGET / "layers" / name / "python" for name in ("science", "skybatch")]
    for folder in folders:
        modules = imports_of(TARGET / folder / "app.py", layers[1])
        milliseconds = import_handler(python, [TARGET / folder, *layers], modules, services())
        print(f"{folder:22} handler imported in {milliseconds:5.0f} ms, {len(modules)} modules in all")


def main() -> int:
    """Build, weigh, import; 0 when the result can be deployed."""
    template = load_template(ROOT / "template.yaml")
    folders = function_folders(template)
    try:
        wanted = chosen(template, os.environ.get("ARCHITECTURE", ""))
        python = find_python(wanted.python)
        print(f"building for Python {wanted.python} on {wanted.machine} in {TARGET.relative_to(ROOT)}")
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
