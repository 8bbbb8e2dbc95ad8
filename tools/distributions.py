"""Build the wheel and the source archive of a release: ``python -m tools.distributions FOLDER``.

Both are built by the tools of this environment: nothing is fetched.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from setuptools import build_meta

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path) -> tuple[Path, Path]:
    """Build both below ``folder``; return the paths of wheel and source archive."""
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    os.chdir(ROOT)  # the backend takes the project from where it is called (PEP 517)
    try:
        return folder / build_meta.build_wheel(str(folder)), folder / build_meta.build_sdist(str(folder))
    finally:
        os.chdir(before)


def main(arguments: Sequence[str]) -> int:
    """Build both into the folder named, and say what they are."""
    for path in build(Path(arguments[0])):
        print(f"{path}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
