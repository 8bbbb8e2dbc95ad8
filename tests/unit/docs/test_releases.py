"""A release: its files install where nothing else is, and one page says how."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml

from local.deploy import ROOT
from skybatch.version import VERSION

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
TEXTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *(ROOT / "docs").rglob("*.md"),
    ROOT / "docs/tour.ipynb",
]
TEXTS += [*(ROOT / "layers/skybatch/python/skybatch").rglob("*.py")]
TEXTS += [*(ROOT / "layers/skybatch/python/skybatch").rglob("*.html")]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
INSTALLATION = ROOT / "docs/releases.md"
# The client's whole environment: what it needs, and nothing that happens to be here.
NEEDED = [re.match(r"[\w-]+", requirement)[0] for requirement in PROJECT["dependencies"]]  # type: ignore[index]
IMPORT = (
    "import skybatch, sys; print([name for name in ('numpy', 'astropy', 'boto3') if name in sys.modules])"
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the source archive, built from a copy: builds leave files beside the code."""
    copy = tmp_path_factory.mktemp("project")
    built = shutil.ignore_patterns("__pycache__", "*.egg-info")
    for folder in ("layers", "tools"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=built)
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy / file)
    command = [sys.executable, "-m", "tools.distributions", str(copy / "dist")]
    subprocess.run(command, cwd=copy, check=True, capture_output=True)
    (wheel,), (archive,) = (copy / "dist").glob("*.whl"), (copy / "dist").glob("*.tar.gz")
    return {"wheel": wheel, "source archive": archive}


def fresh_environment(folder: Path) -> Path:
    """Make an environment with the client's requirements, taken from this one; return its Python."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    for name in NEEDED:
        for file in distribution(name).files or ():
            if not file.parts[0].startswith(".."):
                (packages / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(file.locate()), packages / file)
    return folder / "bin" / "python"


@pytest.mark.parametrize("kind", ["wheel", "source archive"])
def test_it_installs_alone_and_the_client_is_light(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    python = fresh_environment(tmp_path / "fresh")
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--no-index", "--no-deps"]
    if kind == "source archive":  # built to a wheel by this environment's setuptools
        wheels = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-index",
            "--no-deps",
            "--no-build-isolation",
        ]
        subprocess.run([*wheels, "-w", str(tmp_path), str(files[kind])], check=True)
    wheel = files[kind] if kind == "wheel" else next(tmp_path.glob("*.whl"))
    subprocess.run([*install, str(wheel)], check=True)
    said = subprocess.run([python, "-c", IMPORT], check=True, capture_output=True, text=True, cwd=tmp_path)
    assert said.stdout.strip() == "[]"
    command = [str(python.with_name("skybatch")), "--version"]
    version = subprocess.run(command, check=True, capture_output=True, text=True, cwd=tmp_path).stdout
    assert VERSION in version


def test_the_source_archive_has_the_data_of_the_package(files: dict[str, Path]) -> None:
    with tarfile.open(files["source archive"]) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    package = "layers/skybatch/python/skybatch"
    assert {f"{package}/surveys/twomass/2mass.toml", f"{package}/py.typed", "LICENSE"} <= names


def test_the_changelog_has_the_version_with_its_day() -> None:
    headings = re.findall(r"^## (.*)$", CHANGELOG, re.M)
    released = [heading for heading in headings if heading != "Unreleased"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ \(\d{4}-\d{2}-\d{2}\)", heading) for heading in released)
    assert released[0].split()[0] == VERSION
    assert str(CITATION["date-released"]) in released[0]


def test_one_page_says_how_to_install() -> None:
    told = [text for text in TEXTS if re.search(r"pip install (?!pre-commit)", text.read_text("utf-8"))]
    assert told == [INSTALLATION]
    for extra in re.findall(r"'\.\[(\w+)\]'", INSTALLATION.read_text()):
        assert extra in PROJECT["optional-dependencies"]
