"""What fetches a finished batch outside of a browser: a line for the command, curl and Python each."""

from __future__ import annotations

from typing import NamedTuple

from skybatch.status import BatchStatus, ResultFile

ARCHIVE = "images.tar"


class Command(NamedTuple):
    """A text to copy, with what runs it."""

    name: str
    text: str


def download_commands(status: BatchStatus, archive: ResultFile | None) -> list[Command]:
    """Return the commands for a batch; none where it has no archive."""
    base = archive.url.partition("/batches/")[0] if archive else ""
    if archive is None or not base.startswith(("http://", "https://")):
        return []
    batch = status.batch_id
    call = f'Client("{base}").download("{batch}", "skybatch-{batch[:12]}")'
    return [
        Command("skybatch", f"skybatch download {batch} --server {base}"),
        Command("curl", f"curl --location --remote-name {archive.url}"),
        Command("Python", f"from skybatch.client import Client\n\n{call}"),
    ]
