"""The science layer keeps what astropy imports, and what it lacks is named."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.wheels import compile_bytecode, slim, unmet_requirements


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def distribution(layer: Path, name: str, version: str, *requires: str) -> None:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {needed}" for needed in requires]
    write(layer / f"{name}-{version}.dist-info/METADATA", "\n".join(lines) + "\n")


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


def test_bytecode_is_used_whatever_the_sources_time(tmp_path: Path) -> None:
    source = write(tmp_path / "python/thing.py", "value = 1\n")
    compile_bytecode(Path(sys.executable), tmp_path, "/opt")
    (compiled,) = tmp_path.rglob("*.pyc")
    flags = int.from_bytes(compiled.read_bytes()[4:8], "little")
    assert flags == 0b01  # PEP 552: by hash, and the source not checked
    assert b"/opt/python/thing.py" in compiled.read_bytes()
    assert source.exists()
