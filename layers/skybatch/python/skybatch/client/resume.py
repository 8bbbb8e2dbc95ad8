"""What a download directory remembers, so that the same command goes on where it stopped."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

NAME = ".skybatch.json"


@dataclass(frozen=True)
class Ledger:
    """Kept as ``.skybatch.json`` in the directory.

    Attributes
    ----------
    server, request, key
        What was submitted, by its digest, and under which idempotency key: known before the server is
        asked, so that a submission whose answer was lost is found again.
    batch_id
        The batch whose files lie here.
    offset, members
        Where in its archive to go on, and how many images come before.
    """

    server: str = ""
    request: str = ""
    key: str = ""
    batch_id: str = ""
    offset: int = 0
    members: int = 0

    @classmethod
    def load(cls, directory: Path) -> Ledger:
        """What the directory remembers; an empty ledger where there is none, or none that can be read."""
        try:
            told = json.loads((directory / NAME).read_text())
            return cls(**{field.name: told[field.name] for field in fields(cls)})
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def save(self, directory: Path) -> None:
        """Write it in one step."""
        directory.mkdir(parents=True, exist_ok=True)
        fresh = directory / (NAME + ".part")
        fresh.write_text(json.dumps(asdict(self)))
        fresh.replace(directory / NAME)
