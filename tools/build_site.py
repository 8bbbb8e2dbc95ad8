"""Build the documentation site: ``python -m tools.build_site [FOLDER [OPTION …]]``.

The folder is ``build/site`` by default; options are those of ``sphinx-build``. Ends with 1 where Sphinx warns
of anything.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str]) -> int:
    """Build the site into the folder named."""
    folder = Path(arguments[0]) if arguments else ROOT / "build" / "site"
    more = arguments[1:]
    options = ["-q", "--fail-on-warning", "-b", "html", "-c", str(ROOT / "docs" / "site")]
    parsed = ["-d", str(folder.with_name(f"{folder.name}.doctrees"))]
    ended = build_main([*options, *parsed, *more, str(ROOT / "docs"), str(folder)])
    if ended == 0:
        print(folder / "index.html")
    return ended


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
