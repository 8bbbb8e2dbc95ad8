"""What a check found: its name, how grave it is, the fact, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is.

    ``SKIPPED`` says that something could not be checked, and why; only an ``ERROR`` fails the command.
    """

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True)
class Finding:
    """One fact found by the check of this name; ``action`` says what to do, empty where nothing is."""

    check: str
    level: Level
    fact: str
    action: str = ""

    def lines(self) -> str:
        """Write it for a terminal: a line for the fact, another for what to do."""
        line = f"{self.level.value:8} {self.check:20} {self.fact}"
        return f"{line}\n{'':29} → {self.action}" if self.action else line

    def to_json(self) -> dict[str, str]:
        """Return its four parts by name."""
        return asdict(self)


def ok(check: str, fact: str) -> Finding:
    """Return a finding that is as it should be."""
    return Finding(check, Level.OK, fact)


def skipped(check: str, fact: str, action: str = "") -> Finding:
    """Return a finding of what could not be checked."""
    return Finding(check, Level.SKIPPED, fact, action)


def warning(check: str, fact: str, action: str) -> Finding:
    """Return a finding that makes the service less than it could be."""
    return Finding(check, Level.WARNING, fact, action)


def error(check: str, fact: str, action: str = "") -> Finding:
    """Return a finding that fails the deployment, or is a fault of it."""
    return Finding(check, Level.ERROR, fact, action)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(finding.level is Level.ERROR for finding in findings)
