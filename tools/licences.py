"""Licences of what we depend on, from the packages' own metadata, as ``docs/dependencies.md``.

``make package`` compares the page with the layer it built; ``python -m tools.licences`` writes the page anew.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "dependencies.md"
LAYER = ROOT / "build" / "package" / "layers" / "science" / "python"

# What a deployed service may contain: licences that ask for notice alone, or for changes to their own files.
ACCEPTED = {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT-0", "MPL-2.0"}
ACCEPTED |= {"PSF-2.0", "Zlib"}
NOT_STATED = "not stated"

# The free text of older metadata, and the trove classifiers, as SPDX identifiers.
SPELLINGS = {
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
}
# Extras in the order of the page; each lists what those before it do not have.
EXTRAS = (
    ("", "The Python client and its command, without extras"),
    ("quicklook", "`skybatch decompress` (extra `quicklook`)"),
    ("archive", "Operators' commands (extra `archive`)"),
    ("local", "The local stack (extra `local`)"),
    ("dev", "Development and tests (extra `dev`)"),
)


def licence_of(package: Distribution) -> str:
    """Return a package's licence as an SPDX expression, or ``not stated``.

    Where its metadata say nothing, the first line of its licence's text counts.
    """
    stated = [*_fields(package, "License-Expression"), *_fields(package, "License")]
    expression = _spdx(stated[0]) if stated else ""
    if expression:
        return expression
    classifiers = _fields(package, "Classifier")
    classified = [_spdx(one.rpartition("::")[2]) for one in classifiers if one.startswith("License ::")]
    return " OR ".join(sorted({one for one in classified if one})) or _title(package) or NOT_STATED


def _title(package: Distribution) -> str:
    """Return the licence that the first line of a package's licence file names, nothing for any other."""
    texts = (file for file in package.files or () if file.name.upper().startswith("LICEN"))
    return next((name for file in texts if (name := _spdx(file.read_text().partition("\n")[0]))), "")


def _fields(package: Distribution, name: str) -> list[str]:
    return package.metadata.get_all(name) or []


def _spdx(text: str) -> str:
    words = " ".join(text.split())
    known = SPELLINGS.get(words.lower())
    if known:
        return known
    try:
        return str(canonicalize_license_expression(words)) if words else ""
    except InvalidLicenseExpression:
        return ""


def unaccepted(layer: Path) -> list[str]:
    """List the packages of a layer, with their licences, that a deployed service may not contain."""
    return [
        f"{name} {version}: {licence}"
        for name, version, licence in layer_rows(layer)
        if not _acceptable(licence)
    ]


def _acceptable(expression: str) -> bool:
    """Tell whether every part of an expression is accepted, of alternatives one."""
    alternatives = re.split(r"\s+OR\s+", expression.replace("(", "").replace(")", ""))
    return any(set(re.split(r"\s+AND\s+", one)) <= ACCEPTED for one in alternatives)


def layer_rows(layer: Path) -> list[tuple[str, str, str]]:
    """List (name, version, licence) of the packages in a layer's folder, by name."""
    found = {canonicalize_name(one.metadata["Name"]): one for one in distributions(path=[str(layer)])}
    return [(name, one.version, licence_of(one)) for name, one in sorted(found.items())]


def layer_table(layer: Path) -> str:
    """Return the page's table of a layer's packages, and what is to be said of their licence texts."""
    table = _table(("package", "version", "licence"), layer_rows(layer))
    without = ", ".join(without_text(layer))
    return f"{table}\nWithout a licence text in their wheel: {without or 'none'}.\n"


def without_text(layer: Path) -> list[str]:
    """List the packages of a layer whose wheels bring no licence text."""
    words = ("licen", "copying", "notice")
    return sorted(
        canonicalize_name(one.metadata["Name"])
        for one in distributions(path=[str(layer)])
        if not any(word in Path(str(file)).name.lower() for file in one.files or () for word in words)
    )


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [titles, ("---",) * len(titles), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def required(extra: str) -> dict[str, str]:
    """Map each package that ``skybatch[extra]`` brings, here installed, to its licence."""
    found: dict[str, str] = {}
    seen = set()
    waiting = [("skybatch", extra)]
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        if name == "skybatch":
            waiting.extend(_needs(own_requirements(wanted), wanted))
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:
            found[name] = "not installed here"
            continue
        found[name] = licence_of(package)
        waiting.extend(_needs(package.requires or [], wanted))
    return dict(sorted(found.items()))


def own_requirements(extra: str) -> list[str]:
    """List what ``pyproject.toml`` asks for, with one extra or none (``""``)."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [*project["dependencies"], *(project["optional-dependencies"][extra] if extra else [])]


def _needs(requirements: Iterable[str], extra: str) -> Iterator[tuple[str, str]]:
    for needed in map(Requirement, requirements):
        if needed.marker is None or needed.marker.evaluate({"extra": extra}):
            yield from ((canonicalize_name(needed.name), one) for one in (needed.extras or {""}))


def page(layer: Path) -> str:
    """Return ``docs/dependencies.md`` whole."""
    parts = [INTRODUCTION, layer_table(layer)]
    listed: set[str] = set()
    for extra, title in EXTRAS:
        rows = {name: licence for name, licence in required(extra).items() if name not in listed}
        listed |= set(rows)
        parts += [f"\n## {title}\n\n", _table(("package", "licence"), rows.items())]
    return "".join(parts)


INTRODUCTION = """# Dependencies and their licences

What the service and its tools stand on, with the licence that each package's metadata states, as SPDX
identifiers. `python -m tools.licences` writes this page after `make package`, which refuses to build a layer
that differs from it, or that contains a licence other than those that ask for notice, or for changes to their
own files.

## The deployed functions

The science layer: everything that the functions import and that is not ours or Python's own, with all it
needs in turn. Versions and SHA-256 of every file are pinned in `layers/science/requirements.txt` (`make
pins`, with `UPGRADE=1` for newer ones); nothing is taken from what Lambda's runtime happens to bring.
Each package's licence text is deployed with it, in its `.dist-info` folder, if its wheel has one. `make
audit` asks for known vulnerabilities of these versions.

"""


def main() -> int:
    """Write the page from the layer that `make package` built and the packages installed here."""
    if not LAYER.is_dir():
        print(f"{LAYER.relative_to(ROOT)} is not there: run make package first")
        return 1
    PAGE.write_text(page(LAYER))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
