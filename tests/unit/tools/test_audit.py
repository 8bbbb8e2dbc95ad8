"""An audit fails on a known vulnerability, and says where none could be looked for."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tools.audit import audit

SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
UNKNOWN = {"name": "isal", "skip_reason": "not found"}
FLAWED = {
    "name": "urllib3",
    "version": "2.8.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.8.1"], "aliases": [], "description": "long"}],
}


def auditor(folder: Path, answer: str, code: int = 0) -> list[str]:
    """Return a command that prints an answer as pip-audit would."""
    script = folder / "pip_audit.py"
    script.write_text(f"import sys\nprint({answer!r})\nprint('cause', file=sys.stderr)\nsys.exit({code})\n")
    return [sys.executable, str(script)]


def report(*dependencies: dict[str, Any]) -> str:
    return json.dumps({"dependencies": dependencies, "fixes": []})


@pytest.mark.parametrize(
    ("answer", "code", "status", "said"),
    [
        (report(SOUND), 0, 0, "1 packages looked up, 0 known"),
        (report(SOUND, FLAWED), 1, 1, "urllib3 2.8.0: PYSEC-1, fixed in 2.8.1"),
        (report(SOUND, UNKNOWN), 0, 0, "isal could not be looked up"),
        (report(UNKNOWN), 0, 0, "skipped"),  # pip-audit itself says that nothing was found
        ("", 1, 0, "skipped, the database of vulnerabilities cannot be had (cause)"),
        ("[]", 0, 0, "skipped"),
    ],
)
def test_what_is_known_and_what_could_not_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], answer: str, code: int, status: int, said: str
) -> None:
    assert audit(auditor(tmp_path, answer, code), tmp_path / "requirements.txt") == status
    assert said in capsys.readouterr().out
