"""The client of a skybatch server."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from skybatch.client.download import Download, claim, download, read_table
from skybatch.client.exceptions import BatchFailed, StillRunning, TransferFailed
from skybatch.client.images import as_they_finish, fetch_images
from skybatch.client.models import Batch, Image, Plan, Status, id_of, safe_name
from skybatch.client.progress import Unwatched, Watch
from skybatch.client.request_body import Asked, ask, new_key
from skybatch.client.resume import Ledger
from skybatch.client.retry import Backoff
from skybatch.client.transfer import Wanted, fetch
from skybatch.client.transport import Transport
from skybatch.errors import CellError, Conflict, InvalidRequest, NotFound

if TYPE_CHECKING:
    from astropy.table import Table

SERVER_VARIABLE = "SKYBATCH_SERVER"
IN_FLIGHT = 8
# Status is asked for at a twentieth of the batch's age: late by 5 % at most, and politely.
POLL_SHARE = 0.05
SHORTEST_POLL, LONGEST_POLL = 0.2, 10.0
JSON_BODY = {"Content-Type": "application/json"}


class Client:
    """Asks one server for images in batches.

    Every call is made again where that can help (a lost connection, 429, 5xx), with growing pauses, never
    sooner than the server's Retry-After says. No call made twice makes two batches. Safe to use from
    several threads; use it in a ``with`` statement, or `close` it.

    Parameters
    ----------
    server
        Root URL; the environment's ``SKYBATCH_SERVER`` if not given.
    in_flight
        Transfers at a time.
    backoff
        How often and how patiently to try.
    watch
        Told of progress.

    Raises
    ------
    InvalidRequest
        No server is named, or by something that is no address.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        in_flight: int = IN_FLIGHT,
        backoff: Backoff | None = None,
        watch: Watch | None = None,
    ) -> None:
        named = server or os.environ.get(SERVER_VARIABLE, "")
        if not named:
            rule = f"must be given, or stand in the environment as {SERVER_VARIABLE}"
            raise InvalidRequest(f"The server {rule}.", errors=[CellError("server", "", rule)])
        self.in_flight = in_flight
        self._watch = watch or Unwatched()
        self._transport = Transport(named, backoff, self._watch)

    @property
    def server(self) -> str:
        """The server's root URL."""
        return self._transport.server

    def close(self) -> None:
        """Close all connections; transfers under way end."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Asking -----------------------------------------------------------------------------------------

    def plan(self, table: Any = None, **fields: Any) -> Plan:
        """What a request would give, without starting it; arguments as for `submit`."""
        asked = ask(table, **fields)
        headers = {"Content-Type": asked.content_type}
        return Plan.read(self._transport.call("POST", "/plans", asked.body, headers))

    def submit(self, table: Any = None, *, key: str | None = None, **fields: Any) -> Batch:
        """Start a batch.

        Parameters
        ----------
        table
            Positions, coadd keys or scans: a path, text, an astropy Table, a SkyCoord, a pandas DataFrame.
        key
            An idempotency key: the same call with the same key is the same batch, also from another
            process. By default each call is a batch of its own, however often it has to be sent.
        fields
            As `skybatch.client.request_body.ask` takes them: ``mode``, ``bands``, ``center``, ``diameter``,
            ``size`` and so on.

        Raises
        ------
        InvalidRequest, TooLarge, MalformedRequest
            The server's reasons; ``errors`` names line, column, value and rule of each bad value.
        TooMany, Transient, Unreachable
            After the last try.
        """
        return self._submit(ask(table, **fields), key or new_key())

    def _submit(self, asked: Asked, key: str) -> Batch:
        headers = {"Content-Type": asked.content_type, "Idempotency-Key": key}
        return Batch.read(self._transport.call("POST", "/batches", asked.body, headers))

    def resubmit(self, batch: object, what: str = "unretrieved") -> Batch:
        """A batch of what an ended one left over, or (``what="failed"``) of what failed.

        Asked for twice, it is the same batch. Raises Conflict where nothing of the kind is left.
        """
        body = json.dumps({"what": what}).encode()
        path = f"/batches/{id_of(batch)}/resubmit"
        return Batch.read(self._transport.call("POST", path, body, JSON_BODY))

    def cancel(self, batch: object) -> None:
        """Ask a batch to end; what is finished by then is kept, and can be had."""
        self._transport.call("POST", f"/batches/{id_of(batch)}/cancel", b"{}", JSON_BODY)

    # Watching ---------------------------------------------------------------------------------------

    def status(self, batch: object) -> Status:
        """How a batch fares. Raises NotFound, or Expired once its results are gone."""
        status = Status.read(self._transport.call("GET", f"/batches/{id_of(batch)}"))
        self._watch.status(status)
        return status

    def wait(self, batch: object, timeout: float | None = None) -> Status:
        """The status of a batch once it is complete or cancelled.

        Raises BatchFailed where it failed, StillRunning after ``timeout`` seconds.
        """
        began = time.monotonic()
        while not (status := self.status(batch)).ended:
            waited = time.monotonic() - began
            if timeout is not None and waited >= timeout:
                raise StillRunning(f"The batch is {status.state} after {timeout:g} s.")
            pause = min(LONGEST_POLL, max(SHORTEST_POLL, POLL_SHARE * waited))
            self._transport.rest(pause if timeout is None else min(pause, timeout - waited))
        if status.state == "failed":
            raise BatchFailed(status.reason or "The batch failed.")
        return status

    def images(self, batch: object) -> Iterator[Image]:
        """Every image once, as they finish; ends with the batch, however that ends."""
        return as_they_finish(self._transport, id_of(batch))

    # Fetching ---------------------------------------------------------------------------------------

    def fetch(self, batch: object, directory: str | os.PathLike[str]) -> Iterator[tuple[Image, Path]]:
        """Every image as a file in ``directory/images``, as they finish and come; several at a time.

        Checked by size; a `download` to the same directory afterwards checks each by its MD5 and brings the
        tables. Raises Conflict where the directory holds another batch, TransferFailed, Unreachable.
        """
        batch_id, home = id_of(batch), Path(directory)
        claim(home, self.server, batch_id)
        images = as_they_finish(self._transport, batch_id)
        yield from fetch_images(self._transport, batch_id, images, home / "images", self.in_flight)

    def download(self, batch: object, directory: str | os.PathLike[str]) -> Download:
        """Everything an ended batch delivered, verified; called again, it goes on where it stopped.

        Raises StillRunning, BatchFailed, Conflict (the directory holds another batch), TransferFailed,
        Unreachable.
        """
        status = self.status(batch)
        return download(self._transport, status, Path(directory), self.in_flight, self._watch)

    def download_parts(self, batch: object, directory: str | os.PathLike[str]) -> Iterator[Download]:
        """A batch and all that follow it, until nothing is left over; each is given when it is on disk.

        The batch's own files lie in ``directory``, those of the following in ``directory/part-2`` and so
        on. The next part is made while one is fetched.
        """
        home, current = Path(directory), id_of(batch)
        where = home
        while True:
            status = self.wait(current)
            following = self._following(status)
            yield download(self._transport, status, where, self.in_flight, self._watch)
            if following is None:
                return
            where, current = home / f"part-{status.part + 1}", following

    def _following(self, status: Status) -> str | None:
        """The batch of what one left over, started if need be; None at the end of the chain."""
        if not status.left_over or status.state == "cancelled":
            return None
        if not status.images.get("retrieved") and not status.images.get("failed"):
            raise TransferFailed("A part of the batch brought nothing and left images over; it stops here.")
        return status.next_id or self.resubmit(status).batch_id

    def run(
        self, directory: str | os.PathLike[str], table: Any = None, *, all_parts: bool = False, **fields: Any
    ) -> list[Download]:
        """The whole job: submit, wait, download.

        Called again with the same request and directory, after whatever ended it, it goes on with the same
        batch. Arguments as for `submit`; ``all_parts`` as `download_parts` does. Raises what those raise,
        and Conflict where the directory holds another batch or request.
        """
        batch = self.start(directory, table, **fields)
        if all_parts:
            return list(self.download_parts(batch, directory))
        return [download(self._transport, self.wait(batch), Path(directory), self.in_flight, self._watch)]

    def start(
        self, directory: str | os.PathLike[str], table: Any = None, *, key: str | None = None, **fields: Any
    ) -> Batch:
        """Submit a batch whose files are to lie in ``directory``, or find it again by what lies there."""
        home, asked = Path(directory), ask(table, **fields)
        ledger = Ledger.load(home)
        if not ledger.key:
            if ledger.batch_id:
                raise Conflict(f"{home} holds batch {ledger.batch_id}; please choose another directory.")
            ledger = Ledger(server=self.server, request=asked.digest, key=key or new_key())
            ledger.save(home)
        elif (ledger.server, ledger.request) != (self.server, asked.digest):
            raise Conflict(f"{home} holds the images of another request; please choose another directory.")
        batch = self._submit(asked, ledger.key)
        if not ledger.batch_id:
            replace(ledger, batch_id=batch.batch_id).save(home)
        return batch

    def table(self, batch: object, name: str = "images") -> Table:
        """A table of an ended batch (``images``, ``rows``, ``unretrieved``, ``failed``) as an astropy Table.

        Raises NotFound where the batch has no such table, PackageMissing without astropy.
        """
        import tempfile

        status = self.status(batch)
        file = status.file(safe_name(f"{name}.xml"))
        if file is None:
            raise NotFound(f"The batch has no table {name}; it is {status.state}.")
        with tempfile.TemporaryDirectory(prefix="skybatch-") as folder:
            wanted = Wanted(f"/batches/{status.batch_id}/files/{file.name}", file.bytes, file.md5)
            return read_table(fetch(self._transport, wanted, Path(folder) / file.name))
