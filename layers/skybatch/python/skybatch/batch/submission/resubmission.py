"""The request that a table of an earlier batch makes when it is posted back."""

from __future__ import annotations

from dataclasses import replace

from skybatch.requests.model import Mode, Request, RowDefaults
from skybatch.requests.table_rows import read_rows
from skybatch.surveys.known import survey_of
from skybatch.tables.readers.model import Bounds

# More than one request may ask for: a table of what was left over is never refused for its rows.
MAX_IMAGES = 1_000_000


def request_from_table(table: bytes, parent: Request) -> Request:
    """Read one of the service's own tables as a request whose other fields are those of ``parent``."""
    bounds = Bounds(rows=0, marked_rows=MAX_IMAGES, inflated_bytes=len(table))
    mode = Mode.COADD_KEYS if survey_of(parent.dataset).has("coadd_keys") else Mode.IMAGE_IDS
    listing = read_rows(table, mode, RowDefaults(parent.bands, datasets=parent.datasets), bounds)
    listing.raise_if_invalid()
    return replace(
        parent,
        mode=listing.mode or mode,
        rows=listing.rows,
        from_service=True,
        region=None,
        notices=(),
        table_name=None,
        size=None,
    )
