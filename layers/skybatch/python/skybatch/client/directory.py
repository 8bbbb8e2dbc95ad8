"""The directory of a download: of one batch and one process at a time, and never over files of others."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from skybatch.client.models import id_of
from skybatch.client.request_body import new_idempotency_key
from skybatch.errors import Conflict

LOCK = ".skybatch.lock"
STATE_FILE = ".skybatch.json"
IMAGES = "images"
TABLES = ("images", "unretrieved", "failed", "rows")
TABLE_FORMATS = ("tbl", "xml", "csv", "html")
# Files that every batch may bring, whose names are known before it has ended.
USUAL_FILES = (
    *("README.txt", "manifest.json", "md5sums.txt", "download.sh", "request.json"),
    *(f"{table}.{suffix}" for table in TABLES for suffix in TABLE_FORMATS),
)
NAMED_FILES = 3


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
            stored = json.loads((directory / STATE_FILE).read_text())
            return cls(**{field: stored[name] for field, name in STORED_NAMES.items()})
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return cls()

    def save(self, directory: Path) -> None:
        """Write the state to a directory, replacing the file in one step."""
        directory.mkdir(parents=True, exist_ok=True)
        partial = directory / (STATE_FILE + ".part")
        partial.write_text(json.dumps({name: getattr(self, field) for field, name in STORED_NAMES.items()}))
        partial.replace(directory / STATE_FILE)


# Field to its name in the file.
STORED_NAMES = {
    "server": "server",
    "request_digest": "request",
    "idempotency_key": "key",
    "batch_id": "batch_id",
    "archive_offset": "offset",
    "images_unpacked": "members",
}


@contextmanager
def lock_directory(directory: Path) -> Iterator[None]:
    """Keep other downloads out of a directory, made if need be, for the length of a ``with`` block.

    The lock ends with the process, whatever ends that. Raises Conflict where another download holds it.
    """
    directory.mkdir(parents=True, exist_ok=True)
    file = _open_locked(directory)
    try:
        yield
    finally:
        with suppress(OSError):  # an open file cannot be removed everywhere; it does no harm
            (directory / LOCK).unlink()
        file.close()


def _open_locked(directory: Path) -> IO[bytes]:
    path = directory / LOCK
    while True:
        file = path.open("ab")
        if not _lock(file):
            file.close()
            raise Conflict(
                f"Another download is writing to {directory}; wait for its end, or choose another directory."
            )
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), path.stat()):
                return file
        file.close()  # the download before removed this file when it ended


def _lock(file: IO[bytes]) -> bool:
    """Lock a file; whether that succeeded. A file system without locks keeps nobody out."""
    try:
        import fcntl
    except ImportError:
        return _lock_on_windows(file)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _lock_on_windows(file: IO[bytes]) -> bool:
    import msvcrt

    try:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    except OSError:
        return False
    return True


def check_free(directory: Path) -> None:
    """Raise Conflict where a directory that no batch has claimed holds files of names that a batch brings."""
    images = directory / IMAGES
    others = sorted(images.iterdir()) if images.is_dir() else []
    of_surveys = [path for suffix in TABLE_FORMATS for path in sorted(directory.glob(f"images_*.{suffix}"))]
    refuse_foreign([*(directory / name for name in USUAL_FILES), *of_surveys, *others])


def refuse_foreign(paths: Iterable[Path]) -> None:
    """Raise Conflict, naming the first few, where any of these files exists."""
    foreign = [path for path in paths if os.path.lexists(path)]
    if foreign:
        named = ", ".join(str(path) for path in foreign[:NAMED_FILES])
        more = f" and {len(foreign) - NAMED_FILES} more" if len(foreign) > NAMED_FILES else ""
        raise Conflict(
            f"The download would overwrite files that are not of it: {named}{more}. Choose another "
            "directory, or overwrite them with force (--force)."
        )


def check_batch(directory: Path, batch_id: str) -> ResumeState:
    """Return a directory's state. Raises Conflict where it holds another batch."""
    state = ResumeState.load(directory)
    if state.batch_id and state.batch_id != batch_id:
        raise Conflict(f"{directory} holds another batch, {state.batch_id}; please choose another directory.")
    return state


def claim_directory(directory: Path, server: str, batch_id: str) -> ResumeState:
    """Return a directory's state, marked as of this batch. Raises Conflict where it holds another one."""
    state = check_batch(directory, batch_id)
    if not state.batch_id:
        state = replace(state, server=state.server or server, batch_id=batch_id)
        state.save(directory)
    return state


def reserve_directory(
    directory: Path, server: str, request_digest: str, idempotency_key: str | None, force: bool
) -> ResumeState:
    """Return the state of a directory for the results of a request, with the key to submit that by.

    Raises Conflict where the directory holds another batch or request, or (without ``force``) files of
    others.
    """
    state = ResumeState.load(directory)
    if state.idempotency_key:
        if (state.server, state.request_digest) != (server, request_digest):
            raise Conflict(
                f"{directory} holds the images of another request; please choose another directory."
            )
        return state
    if state.batch_id:
        raise Conflict(f"{directory} holds batch {state.batch_id}; please choose another directory.")
    if not force:
        check_free(directory)
    state = ResumeState(server, request_digest, idempotency_key or new_idempotency_key())
    state.save(directory)
    return state


def default_directory(batch: object) -> str:
    """Name the directory for the results of a batch where none is given."""
    return f"skybatch-{id_of(batch)}"
