"""The science layer keeps what astropy imports, and what it lacks is named."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tools.wheels import add_distribution, make_wheel
from tools.wheels import compile_bytecode, install_layer, slim, unmet_requirements, unpinned_modules


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def distribution(layer: Path, name: str, version: str, *requires: str) -> None:
    add_distribution(layer, name, version, *(f"Requires-Dist: {needed}" for needed in requires))


def test_slimming_leaves_what_astropy_imports(tmp_path: Path) -> None:
    kept = [
        tmp_path / name
        for name in (
            "astropy/tests/helper.py",
            "astropy/wcs/wcs.py",
            "botocore/data/endpoints.json",
            "botocore/data/s3/2006-03-01/service-2.json.gz",
            "numpy-2.dist-info/licenses/numpy/include/LICENSE",
            "numpy/testing/a.py",
        )
    ]
    gone = [
        tmp_path / name
        for name in (
            "a/b.pyx",
            "astropy/wcs/tests/test_wcs.py",
            "bin/f2py",
            "botocore/data/ec2/2016-11-15/service-2.json.gz",
            "numpy/include/numpy.h",
            "numpy/tests/__pycache__/a.pyc",
        )
    ]
    for path in kept + gone:
        write(path)
    slim(tmp_path, ["s3"])
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


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A wheel in the only place where pip looks."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return make_wheel(tmp_path, "thing", "1.0", "value = 1\n")


def pinned(folder: Path, digest: str) -> Path:
    return write(folder / "requirements.txt", f"thing==1.0 --hash=sha256:{digest}\n")


def test_a_wheel_is_installed_only_as_it_was_pinned(wheel: Path, tmp_path: Path) -> None:
    requirements = pinned(tmp_path, hashlib.sha256(wheel.read_bytes()).hexdigest())
    install_layer(tmp_path / "first", requirements, "3.13", "x86_64")
    assert (tmp_path / "first/thing.py").read_text() == "value = 1\n"
    make_wheel(tmp_path, "thing", "1.0", "value = 'another'\n")
    with pytest.raises(subprocess.CalledProcessError):
        install_layer(tmp_path / "second", requirements, "3.13", "x86_64")
    assert not (tmp_path / "second/thing.py").exists()


@pytest.mark.usefixtures("wheel")
def test_a_pin_without_hash_is_refused(tmp_path: Path) -> None:
    requirements = write(tmp_path / "requirements.txt", "thing==1.0\n")
    with pytest.raises(subprocess.CalledProcessError):
        install_layer(tmp_path / "layer", requirements, "3.13", "x86_64")


def test_modules_that_no_pin_brings_are_named(tmp_path: Path) -> None:
    write(tmp_path / "numpy/__init__.py")
    write(tmp_path / "six.py")
    write(tmp_path / "fast.cpython-313-x86_64-linux-gnu.so")
    modules = ["json", "numpy.typing", "six", "fast", "urllib3.connection", "urllib3"]
    assert unpinned_modules(tmp_path, modules) == ["urllib3"]
