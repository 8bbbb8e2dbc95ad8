"""Known vulnerabilities of the pinned packages, where their database can be had.

``make audit`` runs this. pip-audit asks the package index for its advisories. Where they cannot be had this
says so and is no failure: what could not be looked up is not thereby vulnerable.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PINS = ROOT / "layers" / "science" / "requirements.txt"
PIP_AUDIT = ROOT / ".venv-supply" / "bin" / "pip-audit"
TIMEOUT_SECONDS = 10  # of one question; there is one for each package


def audit(command: Sequence[str | Path], pins: Path) -> int:
    """Run pip-audit over exact pins, print what it found, return 1 where a package is vulnerable.

    ``command`` is pip-audit with its path. Returns 0, and says so, where the advisories cannot be had.
    """
    options = ["--requirement", str(pins), "--require-hashes", "--disable-pip", "--format", "json"]
    options += ["--progress-spinner", "off", "--timeout", str(TIMEOUT_SECONDS)]
    done = subprocess.run([*command, *options], capture_output=True, text=True, check=False)  # noqa: S603
    report = _report(done.stdout)
    if report is None:
        # pip-audit's traceback, or its own words, end with the reason.
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        print(f"audit: skipped, the database of vulnerabilities cannot be had ({last})")
        return 0
    return _told(report["dependencies"])


def _report(text: str) -> dict[str, Any] | None:
    """Read pip-audit's answer; None where it gave none, as without a database."""
    try:
        report = json.loads(text)
    except ValueError:
        return None
    return report if isinstance(report, dict) and report.get("dependencies") else None


def _told(dependencies: Sequence[dict[str, Any]]) -> int:
    skipped = [one for one in dependencies if "skip_reason" in one]
    if len(skipped) == len(dependencies):
        print(f"audit: skipped, the database of vulnerabilities knows none of {len(skipped)} packages")
        return 0
    found = [(one, flaw) for one in dependencies for flaw in one.get("vulns", ())]
    for one in skipped:
        print(f"audit: {one['name']} could not be looked up: {one['skip_reason']}")
    for one, flaw in found:
        fixed = ", ".join(flaw["fix_versions"]) or "no version"
        print(f"audit: {one['name']} {one['version']}: {flaw['id']}, fixed in {fixed}")
    print(f"audit: {len(dependencies) - len(skipped)} packages looked up, {len(found)} known vulnerabilities")
    return 1 if found else 0


def main() -> int:
    """Audit the science layer's pins; 1 where one of them is known to be vulnerable."""
    return audit([PIP_AUDIT], PINS)


if __name__ == "__main__":
    sys.exit(main())
