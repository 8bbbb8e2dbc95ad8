"""The client of one skybatch server: plan, submit, wait, download."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from skybatch.client.directory import (
    IMAGES,
    check_batch,
    check_free,
    claim_directory,
    default_directory,
    lock_directory,
    reserve_directory,
)
from skybatch.client.download import Download, download_batch, fetch_table
from skybatch.client.exceptions import TransferFailed
from skybatch.client.images import fetch_pages, iter_finished_images, iter_finished_pages
from skybatch.client.machine.access_token import TokenCommand, access_token
from skybatch.client.machine.configuration import configuration_path, read_configuration
from skybatch.client.models import Batch, Image, id_of, read_status
from skybatch.client.polling import poll_until_ended
from skybatch.client.progress import NoProgress, ProgressListener
from skybatch.client.request_body import encode_request
from skybatch.client.request_calls import RequestCalls
from skybatch.client.retry import RetryPolicy
from skybatch.client.transport import Transport
from skybatch.errors import CellError, InvalidRequest
from skybatch.status import BatchStatus

if TYPE_CHECKING:
    from astropy.table import Table

SERVER_VARIABLE = "SKYBATCH_SERVER"
IN_FLIGHT = 8
Directory: TypeAlias = str | os.PathLike[str]
FetchedImages: TypeAlias = Iterator[tuple[Image, Path]]
JSON_BODY = {"Content-Type": "application/json"}


class Client(RequestCalls):
    """Client of one skybatch server.

    Requests are repeated where that can help (a lost connection, 429, 5xx), after growing delays and never
    sooner than the server's Retry-After says. A repeated submission never makes a second batch. Safe to use
    from several threads; use it in a ``with`` statement, or `close` it.

    Parameters
    ----------
    server
        Root URL; the environment variable ``SKYBATCH_SERVER`` if not given, else the configuration file's.
    in_flight
        The number of simultaneous transfers.
    retry
        How often requests are repeated, and after which delays.
    progress
        Receives events of batches and transfers.
    token
        Of a private service, or what returns one; by default as `skybatch.client.machine.access_token` says.

    Raises
    ------
    InvalidRequest
        There is no server given, or it is no HTTP URL.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        in_flight: int = IN_FLIGHT,
        retry: RetryPolicy | None = None,
        progress: ProgressListener | None = None,
        token: str | TokenCommand | None = None,
    ) -> None:
        configured = read_configuration()
        root_url = server or os.environ.get(SERVER_VARIABLE, "") or configured.server
        if not root_url:
            rule = f"must be given, or set as {SERVER_VARIABLE} or in {configuration_path()}"
            raise InvalidRequest(f"The server {rule}.", errors=[CellError("server", "", rule)])
        self.in_flight = in_flight
        self._progress = progress or NoProgress()
        # A command of the file is for the file's server; others shall not be shown its tokens.
        command = configured.token_command if root_url.rstrip("/") == configured.server.rstrip("/") else ""
        given = access_token(token, command)
        self._transport = Transport(root_url, retry, self._progress, given)

    @property
    def server(self) -> str:
        """The server's root URL."""
        return self._transport.server

    def close(self) -> None:
        """Close all connections and end running transfers."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # Requests ---------------------------------------------------------------------------------------

    def resubmit(self, batch: object, what: str = "unretrieved") -> Batch:
        """Start a batch of the images beyond an ended batch's limit, or (``what="failed"``) of its failures.

        A second call returns the same batch. Raises Conflict where there are no such images.
        """
        body = json.dumps({"what": what}).encode()
        path = f"/batches/{id_of(batch)}/resubmit"
        return Batch.read(self._transport.request_json("POST", path, body, JSON_BODY))

    def cancel(self, batch: object) -> None:
        """Request that a batch ends; images finished by then are kept and can be downloaded."""
        self._transport.request_json("POST", f"/batches/{id_of(batch)}/cancel", b"{}", JSON_BODY)

    # Status -----------------------------------------------------------------------------------------

    def status(self, batch: object) -> BatchStatus:
        """Return the status of a batch. Raises NotFound, or Expired once its results have been deleted."""
        status = read_status(self._transport.request_json("GET", f"/batches/{id_of(batch)}"))
        self._progress.on_status(status)
        return status

    def wait(self, batch: object, timeout: float | None = None) -> BatchStatus:
        """Wait until a batch is complete or cancelled and return its status.

        Raises
        ------
        BatchFailed
            The batch as a whole failed.
        StillRunning
            It has not ended after ``timeout`` seconds.
        """
        return poll_until_ended(lambda: self.status(batch), self._transport.sleep, timeout)

    def images(self, batch: object) -> Iterator[Image]:
        """Yield every image once, as they finish, until the batch has ended in whatever state."""
        return iter_finished_images(self._transport, id_of(batch))

    # Downloads --------------------------------------------------------------------------------------------

    def fetch(self, batch: object, directory: Directory, *, force: bool = False) -> FetchedImages:
        """Fetch every image to ``directory/images`` as they finish, several at a time.

        Files are verified by size; a `download` to the same directory afterwards verifies each by its MD5
        and adds the tables. ``force`` overwrites files of others.

        Raises
        ------
        Conflict
            The directory holds another batch or files of others, or another download is writing to it.
        TransferFailed, Unreachable
            Not every file could be fetched.
        """
        batch_id, target = id_of(batch), Path(directory)
        with lock_directory(target):
            if not (force or check_batch(target, batch_id).batch_id):
                check_free(target)
            claim_directory(target, self.server, batch_id)
            pages = iter_finished_pages(self._transport, batch_id)
            yield from fetch_pages(self._transport, batch_id, pages, target / IMAGES, self.in_flight)

    def download(self, batch: object, directory: Directory | None = None, *, force: bool = False) -> Download:
        """Fetch and verify all results of an ended batch; called again, it continues where it stopped.

        The directory is ``skybatch-`` and the batch's id where none is given. A file that is there and is
        not of this download is overwritten only with ``force``.

        Raises
        ------
        StillRunning, BatchFailed
            The batch has not ended, or has no results.
        Conflict
            The directory holds another batch or files of others, or another download is writing to it.
        TransferFailed, Unreachable
            Not every file could be fetched.
        """
        status = self.status(batch)
        return self._download(status, Path(directory or default_directory(status)), force)

    def _download(self, status: BatchStatus, directory: Path, force: bool) -> Download:
        return download_batch(self._transport, status, directory, self.in_flight, self._progress, force=force)

    def download_parts(
        self, batch: object, directory: Directory | None = None, *, force: bool = False
    ) -> Iterator[Download]:
        """Download a batch and those that continue it; yield each when it is complete.

        The files of the batch are in ``directory``, those of the following parts in ``directory/part-2``
        and so on. The server makes the next part while one is downloaded.
        """
        first, current = Path(directory or default_directory(batch)), id_of(batch)
        target = first
        while True:
            status = self.wait(current)
            following = self._following(status)
            yield self._download(status, target, force)
            if following is None:
                return
            target, current = first / f"part-{status.chain.part + 1}", following

    def _following(self, status: BatchStatus) -> str | None:
        """Return the batch that continues one, starting it if need be; None at the end of the chain."""
        if not status.left_over or status.state == "cancelled":
            return None
        if not status.images.retrieved and not status.images.failed:
            raise TransferFailed(
                "A part of the batch delivered nothing although images are left over; no other is started."
            )
        return status.chain.next or self.resubmit(status).batch_id

    def run(
        self,
        directory: Directory,
        table: Any = None,
        *,
        all_parts: bool = False,
        force: bool = False,
        **fields: Any,
    ) -> list[Download]:
        """Submit a batch, wait for it and download its results.

        Called again with the same request and directory after an interruption, it continues the same batch.
        ``table`` and ``fields`` are those of `submit`; with ``all_parts`` the batches that continue this
        one are downloaded too, as `download_parts` does; ``force`` overwrites files of others. Raises what
        `start`, `wait` and `download` raise.
        """
        batch = self.start(directory, table, force=force, **fields)
        if all_parts:
            return list(self.download_parts(batch, directory, force=force))
        return [self._download(self.wait(batch), Path(directory), force)]

    def run_parts(
        self, directory: Directory, table: Any, *, rows: int | None = None, **options: Any
    ) -> Iterator[Download]:
        """Do what `run` does for a table of more rows than one batch may have, part after part.

        Each part is in a folder of ``directory`` that is named for its rows; ``rows`` is as for
        `submit_parts`, ``options`` are those of `run`.
        """
        for part, fields in self.split(table, rows=rows, **options):
            folder = Path(directory) / f"rows-{part.first_row:05d}-{part.last_row:05d}"
            yield from self.run(folder, part.body, **fields)

    def start(
        self,
        directory: Directory,
        table: Any = None,
        *,
        idempotency_key: str | None = None,
        force: bool = False,
        **fields: Any,
    ) -> Batch:
        """Submit a batch to be downloaded to ``directory``, or find the one that was.

        Raises
        ------
        Conflict
            The directory holds another batch or request, or (without ``force``) files of others, or another
            download is writing to it.
        """
        target, request = Path(directory), encode_request(table, **fields)
        with lock_directory(target):
            state = reserve_directory(target, self.server, request.digest, idempotency_key, force)
            batch = self._submit(request, state.idempotency_key)
            if not state.batch_id:
                replace(state, batch_id=batch.batch_id).save(target)
            return batch

    def table(self, batch: object, name: str = "images") -> Table:
        """Return a table of an ended batch: ``images``, ``rows``, ``unretrieved`` or ``failed``.

        One of images of which the batch has none is empty. Raises NotFound where there is no such table,
        PackageMissing where astropy is not installed.
        """
        return fetch_table(self._transport, self.status(batch), name)
