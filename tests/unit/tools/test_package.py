"""A package is built as the template says, from exact pins."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from local.template import load_template
from tests.support.batches.template import PARAMETERS, ROOT, TEMPLATE
from tests.support.tools.wheels import PINS, REQUIREMENTS
from tools.lambda_imports import imports_of
from tools.licences import own_requirements
from tools.package import PackageFailed, chosen, template_for, unzipped_bytes


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


# Imported by the client that the package contains, which no function starts.
CLIENT_ONLY = {"certifi", "shtab", "tqdm"}


def imported_packages() -> set[str]:
    """Name the distributions, installed here, of the modules that the handlers can come to import."""
    source = ROOT / "layers/skybatch/python"
    modules = {name for app in ROOT.glob("functions/*/app.py") for name in imports_of(app, source)}
    owners = packages_distributions()
    roots = {name.split(".")[0] for name in modules} - set(sys.stdlib_module_names) - {"skybatch"}
    return {canonicalize_name(owners[root][0]) for root in roots}


def test_every_pin_is_exact_and_has_hashes() -> None:
    lines = REQUIREMENTS.read_text().splitlines()
    blocks = [line for line in lines if line and not line.startswith((" ", "#"))]
    assert len(blocks) == len(PINS) > 20
    assert list(PINS) == sorted(PINS)
    starts = [lines.index(line) for line in blocks]
    assert all(lines[start + 1].startswith("    --hash=sha256:") for start in starts)


@pytest.mark.no_cover
def test_all_that_the_functions_import_is_asked_for_by_name_and_pinned() -> None:
    asked = {canonicalize_name(Requirement(line).name) for line in own_requirements("service")}
    assert imported_packages() <= asked
    assert asked <= set(PINS) | CLIENT_ONLY
    assert not CLIENT_ONLY & set(PINS)


def test_the_template_chooses_python_and_machine() -> None:
    wanted = chosen(TEMPLATE)
    assert (wanted.python, wanted.machine) == ("3.13", "x86_64")


def test_the_processor_can_be_chosen() -> None:
    assert chosen(TEMPLATE, "arm64").machine == "aarch64"
    with pytest.raises(PackageFailed, match="sparc"):
        chosen(TEMPLATE, "sparc")


@pytest.mark.parametrize("architecture", ["x86_64", "arm64"])
def test_a_package_can_only_be_deployed_for_its_processor(tmp_path: Path, architecture: str) -> None:
    text = (ROOT / "template.yaml").read_text()
    path = write(tmp_path / "template.yaml", template_for(text, chosen(TEMPLATE, architecture)))
    packaged = load_template(path)
    parameter = packaged["Parameters"].pop("Architecture")
    assert (parameter["Default"], parameter["AllowedValues"]) == (architecture, [architecture])
    rest = {name: each for name, each in PARAMETERS.items() if name != "Architecture"}
    assert packaged == TEMPLATE | {"Parameters": rest}


def test_every_binary_wheel_of_the_layer_is_pinned_for_both_processors() -> None:
    """As many hashes as there are wheels: a package of compiled code has one for each processor at least."""
    compiled = (
        "astropy",
        "isal",
        "markupsafe",
        "numpy",
        "obstore",
        "pydantic-core",
        "pyerfa",
        "python-calamine",
    )
    text = REQUIREMENTS.read_text()
    for name in compiled:
        block = text.partition(f"\n{name}==")[2].partition("\n#")[0].split("==")[0]
        assert block.count("--hash=sha256:") >= 2, name


def test_size_counts_files_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path / "a/b/c", "x" * 10)
    write(tmp_path / "d", "x" * 5)
    assert unzipped_bytes(tmp_path) == 15
