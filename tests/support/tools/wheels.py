"""The science layer's pins, and distributions and wheels made for tests."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from tests.support.batches.template import ROOT

REQUIREMENTS = ROOT / "layers/science/requirements.txt"

# Name -> exact version, as pinned.
PINS = dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", REQUIREMENTS.read_text(), re.M))


def metadata(name: str, version: str, *fields: str) -> str:
    """Return the METADATA of a distribution with more header lines."""
    return "\n".join(["Metadata-Version: 2.4", f"Name: {name}", f"Version: {version}", *fields]) + "\n"


def add_distribution(layer: Path, name: str, version: str, *fields: str) -> None:
    """Lay the metadata of an installed distribution into a folder."""
    folder = layer / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(metadata(name, version, *fields))


def make_wheel(folder: Path, name: str, version: str, text: str) -> Path:
    """Write a wheel of one module whose source is ``text``."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}.py", text)
        wheel.writestr(f"{info}/METADATA", metadata(name, version))
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return path
