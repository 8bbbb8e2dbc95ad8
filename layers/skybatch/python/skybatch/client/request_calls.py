"""The calls that send a request: check its table, plan it, submit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from skybatch.client.machine.configuration import read_configuration
from skybatch.client.machine.history import is_kept, record
from skybatch.client.models import Batch, CheckedTable, Plan
from skybatch.client.request_body import EncodedRequest, encode_request, new_idempotency_key, sizes_of_rows
from skybatch.client.tables.parts import TablePart, table_parts
from skybatch.client.transport import Transport

MAX_ROWS = 2500  # of a server that does not tell


class RequestCalls:
    """What a client asks with a table or fields; `skybatch.client.Client` adds the calls on batches."""

    _transport: Transport

    def check(self, table: Any, **fields: Any) -> CheckedTable:
        """Read a table as the server understands it: rows, columns, notices and errors; nothing is started.

        Parameters
        ----------
        table, fields
            As for `submit`; ``mode``, ``bands``, ``best`` and ``size`` change what a table means.

        Raises
        ------
        InvalidRequest, TooLarge
            The table cannot be read. Invalid cells are among the errors of the result instead.
        """
        return CheckedTable.read(self._post("/tables", encode_request(table, **fields)))

    def understood_table(self, table: Any, format: str = "votable", **fields: Any) -> bytes:
        """Return a table as the server understands it, as ``ipac``, ``votable`` or ``csv``.

        Submitted, it is the same request as ``table``. Arguments and errors as for `check`.
        """
        request = encode_request(table, **fields)
        headers = {"Content-Type": request.content_type}
        return self._transport.request_bytes("POST", f"/tables?format={format}", request.body, headers)

    def plan(self, table: Any = None, **fields: Any) -> Plan:
        """Count the images and bytes of a request without starting a batch; arguments as for `submit`."""
        return Plan.read(self._post("/plans", encode_request(table, **fields)))

    def submit(self, table: Any = None, *, idempotency_key: str | None = None, **fields: Any) -> Batch:
        """Start a batch.

        Parameters
        ----------
        table
            Positions, coadd keys or scans: a path, text, an astropy Table, a SkyCoord, a pandas DataFrame.
        idempotency_key
            The same call with the same key returns the same batch, also from another process. By default
            each call makes a batch of its own, however often it has to be sent.
        fields
            ``mode``, ``bands``, ``center``, ``diameter``, ``size`` and so on, as described at
            `skybatch.client.request_body.encode_request`.

        Raises
        ------
        InvalidRequest, TooLarge, MalformedRequest
            The request is invalid; ``errors`` has line, column, value and rule of each invalid value.
        TooMany, Transient, Unreachable
            The server is busy or gone, after the last attempt.
        """
        return self._submit(encode_request(table, **fields), idempotency_key or new_idempotency_key())

    def submit_parts(
        self, table: Any, *, rows: int | None = None, idempotency_key: str | None = None, **fields: Any
    ) -> list[Batch]:
        """Start as many batches as a table needs that has more rows than one may have.

        Row numbers run on from one to the next, in tables and file names. ``rows`` is the most rows of a
        batch, by default the server's limit; the others and errors are those of `submit`.
        """
        batches = []
        for part, remaining in self.split(table, rows=rows, **fields):
            key = f"{idempotency_key}-{part.first_row}" if idempotency_key else None
            batches.append(self.submit(part.body, idempotency_key=key, **remaining))
        return batches

    def split(
        self, table: Any, *, rows: int | None = None, **fields: Any
    ) -> list[tuple[TablePart, dict[str, Any]]]:
        """Return the parts of a table, each with the fields to submit it with."""
        epoch, sizes = fields.pop("epoch", None), sizes_of_rows(fields)
        before = int(fields.pop("first_row", None) or 1) - 1
        parts = table_parts(table, rows or self.max_rows(), epoch, sizes)
        return [(part, {**fields, "first_row": before + part.first_row}) for part in parts]

    def max_rows(self) -> int:
        """Return the most rows of one batch of the server."""
        health = self._transport.request_json("GET", "/health")
        limit = (health.get("limits") or {}).get("max_rows")
        return limit if isinstance(limit, int) and limit > 0 else MAX_ROWS

    def registry_records(self) -> list[dict[str, str]]:
        """Return the records that a VO registry can take: ``id``, ``ivoid`` and ``url`` of each."""
        listed = self._transport.request_json("GET", "/registry/records").get("records", [])
        return [{name: str(value) for name, value in each.items()} for each in listed]

    def registry_record(self, record_id: str) -> bytes:
        """Return one record as XML. Raises NotFound."""
        return self._transport.request_bytes("GET", f"/registry/record/{quote(record_id, safe='')}")

    def _submit(self, request: EncodedRequest, idempotency_key: str) -> Batch:
        batch = Batch.read(self._post("/batches", request, {"Idempotency-Key": idempotency_key}))
        if is_kept() and read_configuration().history:
            record(batch.batch_id, self._transport.server, batch.rows, request.label)
        return batch

    def _post(self, path: str, request: EncodedRequest, headers: Mapping[str, str] | None = None) -> Any:
        sent = {"Content-Type": request.content_type, **(headers or {})}
        return self._transport.request_json("POST", path, request.body, sent)
