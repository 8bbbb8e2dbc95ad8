"""The state that a download directory keeps, so that the same command continues where it stopped."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

NAME = ".skybatch.json"


@dataclass(frozen=True)
class ResumeState:
    """What ``.skybatch.json`` in a download directory says.

    Attributes
    ----------
    server, request_digest, idempotency_key
        What was submitted. Written before the request is sent, so that a submission whose response was
        lost is found again.
    batch_id
        The batch whose files the directory holds.
    archive_offset, images_unpacked
        Where in the batch's archive to continue, and how many images lie before that.
    """

    server: str = ""
    request_digest: str = ""
    idempotency_key: str = ""
    batch_id: str = ""
    archive_offset: int = 0
    images_unpacked: int = 0

    @classmethod
    def load(cls, directory: Path) -> ResumeState:
        """Read the state of a directory; a missing or unreadable file is an empty state."""
        try:
            stored = json.loads((directory / NAME).read_text())
            return cls(**{field: stored[name] for field, name in STORED_NAMES.items()})
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def save(self, directory: Path) -> None:
        """Write the state to a directory, replacing the file in one step."""
        directory.mkdir(parents=True, exist_ok=True)
        partial = directory / (NAME + ".part")
        partial.write_text(json.dumps({name: getattr(self, field) for field, name in STORED_NAMES.items()}))
        partial.replace(directory / NAME)


# Field to its name in the file.
STORED_NAMES = {
    "server": "server",
    "request_digest": "request",
    "idempotency_key": "key",
    "batch_id": "batch_id",
    "archive_offset": "offset",
    "images_unpacked": "members",
}
