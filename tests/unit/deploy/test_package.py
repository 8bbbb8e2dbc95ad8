"""Packaging: pins are whole, slimming leaves what is needed, imports are found however they are written."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.support.template import ROOT, TEMPLATE
from tools.lambda_imports import ImportFailed, find_python, import_handler, imports_of
from tools.package import chosen, unzipped_bytes
from tools.wheels import compile_bytecode, slim, unmet_requirements


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def distribution(layer: Path, name: str, version: str, *requires: str) -> None:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {needed}" for needed in requires]
    write(layer / f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n")


def test_every_pin_is_exact() -> None:
    lines = (ROOT / "layers/science/requirements.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9][0-9.]*", pin) for pin in pins)
    names = [pin.split("==")[0] for pin in pins]
    assert names == sorted(set(names))


def test_the_template_chooses_python_and_machine() -> None:
    wanted = chosen(TEMPLATE)
    assert (wanted.python, wanted.machine) == ("3.13", "x86_64")


def test_slimming_leaves_what_astropy_imports(tmp_path: Path) -> None:
    kept = [
        tmp_path / name for name in ("astropy/tests/helper.py", "astropy/wcs/wcs.py", "numpy/testing/a.py")
    ]
    gone = [
        tmp_path / name
        for name in ("astropy/wcs/tests/test_wcs.py", "numpy/tests/__pycache__/a.pyc", "bin/f2py", "a/b.pyx")
    ]
    for path in kept + gone:
        write(path)
    slim(tmp_path)
    assert all(path.exists() for path in kept)
    assert not any(path.exists() for path in gone)


def test_a_forgotten_pin_is_named(tmp_path: Path) -> None:
    distribution(tmp_path, "jinja2", "3.1.6", "MarkupSafe>=2.0", 'Babel>=2.7; extra == "i18n"')
    assert unmet_requirements(tmp_path, "3.13", "x86_64") == ["MarkupSafe>=2.0 (wanted by jinja2)"]


def test_a_pin_too_old_is_named(tmp_path: Path) -> None:
    distribution(tmp_path, "pydantic", "2.13.5", "pydantic-core==2.46.5")
    distribution(tmp_path, "pydantic_core", "2.46.4")
    assert len(unmet_requirements(tmp_path, "3.13", "x86_64")) == 1


def test_needs_of_other_pythons_and_systems_do_not_count(tmp_path: Path) -> None:
    old, other = 'tomli; python_version < "3.11"', 'colorama; sys_platform == "win32"'
    distribution(tmp_path, "thing", "1.0", old, other)
    assert unmet_requirements(tmp_path, "3.13", "x86_64") == []


def test_imports_are_followed_through_our_package(tmp_path: Path) -> None:
    source = "from skybatch import batch\nfrom skybatch.batch import work\nimport json\n"
    handler = write(tmp_path / "app.py", source)
    root = tmp_path / "python"
    write(root / "skybatch/__init__.py", "def __getattr__(name):\n    import client_only\n")
    write(root / "skybatch/batch/__init__.py")
    write(root / "skybatch/batch/work.py", "from .plan import Task\ndef f():\n    import astropy.io.fits\n")
    write(root / "skybatch/batch/plan.py", "if TYPE_CHECKING:\n    import mypy_only\nclass Task: ...\n")
    write(root / "skybatch/cli.py", "import tqdm\n")
    ours = {"skybatch", "skybatch.batch", "skybatch.batch.plan", "skybatch.batch.work"}
    assert set(imports_of(handler, root)) == ours | {"json", "astropy.io.fits"}


def test_a_handler_is_imported_from_the_given_folders_alone(tmp_path: Path) -> None:
    python = find_python(f"{sys.version_info.major}.{sys.version_info.minor}") or Path(sys.executable)
    write(tmp_path / "app.py", "import here\ndef handler(event, context): ...\n")
    write(tmp_path / "layer/here.py")
    assert import_handler(python, [tmp_path, tmp_path / "layer"], ["json"]) > 0
    with pytest.raises(ImportFailed, match="No module named 'numpy'"):
        import_handler(python, [tmp_path, tmp_path / "layer"], ["numpy"])


def test_bytecode_is_used_whatever_the_sources_time(tmp_path: Path) -> None:
    source = write(tmp_path / "python/thing.py", "value = 1\n")
    compile_bytecode(Path(sys.executable), tmp_path, "/opt")
    (compiled,) = tmp_path.rglob("*.pyc")
    flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
    assert flags == 0b01  # PEP 552: by hash, and the source not checked
    assert b"/opt/python/thing.py" in compiled.read_bytes()
    assert source.exists()


def test_size_counts_files_at_any_depth(tmp_path: Path) -> None:
    write(tmp_path / "a/b/c", "x" * 10)
    write(tmp_path / "d", "x" * 5)
    assert unzipped_bytes(tmp_path) == 15
