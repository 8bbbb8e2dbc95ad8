"""The request that a table of an earlier batch makes when it is posted back."""

from __future__ import annotations

from dataclasses import replace

from skybatch.requests.model import Mode, Request
from skybatch.requests.table_rows import RowDefaults, read_rows


def request_from_table(table: bytes, parent: Request) -> Request:
    """Read one of the service's own tables as a request whose other fields are those of ``parent``."""
    listing = read_rows(
        table, Mode.COADD_KEYS, RowDefaults(parent.bands, best_only=False), max_rows=0, max_bytes=len(table)
    )
    return replace(
        parent,
        mode=Mode.COADD_KEYS,
        rows=listing.rows,
        from_service=True,
        region=None,
        notices=(),
        table_name=None,
    )
