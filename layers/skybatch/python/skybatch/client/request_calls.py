"""The calls that send a request: check its table, plan it, submit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from skybatch.client.models import Batch, CheckedTable, Plan
from skybatch.client.request_body import EncodedRequest, encode_request, new_idempotency_key
from skybatch.client.transport import Transport


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

    def _submit(self, request: EncodedRequest, idempotency_key: str) -> Batch:
        return Batch.read(self._post("/batches", request, {"Idempotency-Key": idempotency_key}))

    def _post(self, path: str, request: EncodedRequest, headers: Mapping[str, str] | None = None) -> Any:
        sent = {"Content-Type": request.content_type, **(headers or {})}
        return self._transport.request_json("POST", path, request.body, sent)
