"""The batches that this machine submitted: a line of JSON for each, which only its owner can read.

A batch's id opens the batch, so the file is private, and nothing of it is sent anywhere.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "SKYBATCH_HISTORY"  # "off": nothing is kept
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Submission:
    """One batch that was submitted: where, when (UTC), and how many rows it has."""

    batch_id: str
    server: str
    submitted: str
    rows: int
    label: str = ""

    @property
    def results_url(self) -> str:
        """The page of the batch."""
        return f"{self.server}/batches/{self.batch_id}/results"


def history_path(environment: Mapping[str, str] | None = None) -> Path:
    """Return the path of the list, which need not exist."""
    env = os.environ if environment is None else environment
    folder = env.get("XDG_STATE_HOME") or "~/.local/state"
    return Path(folder).expanduser() / "skybatch" / "submissions.jsonl"


def is_kept() -> bool:
    """Whether submissions are kept: not where the environment says ``off``."""
    return os.environ.get(VARIABLE, "").strip().lower() not in ("off", "0", "no", "false")


def record(batch_id: str, server: str, rows: int, label: str = "") -> None:
    """Add a batch to the list; a list that cannot be written is logged, as the batch is none the worse."""
    submitted = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    line = json.dumps(asdict(Submission(batch_id, server, submitted, rows, label))) + "\n"
    path = history_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "w") as file:
            file.write(line)
    except OSError as error:
        logger.warning("the batch is not in the list of submissions: %s", error)


def submissions() -> list[Submission]:
    """Return the batches of the list, the newest first, each once; lines that are none are skipped."""
    try:
        lines = history_path().read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    found: dict[str, Submission] = {}
    for line in lines:
        try:
            entry = Submission(**json.loads(line))
        except (ValueError, TypeError):
            continue
        found.setdefault(entry.batch_id, entry)
    return list(reversed(found.values()))
