"""The object names of a request, before and after the name services were queried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from skybatch.errors import CellError
from skybatch.names.model import LookupStatus

if TYPE_CHECKING:
    from skybatch.names.model import NameResult
    from skybatch.requests.model import Request


def unresolved_names(request: Request) -> tuple[str, ...]:
    """Return every object name of a request whose position is unknown, once each, in order."""
    region = request.region
    names = [region.name] if region and region.name and region.center is None else []
    names += [row.name for row in request.rows if row.name and row.position is None]
    return tuple(dict.fromkeys(name for name in names if name))


def with_positions(request: Request, results: Mapping[str, NameResult]) -> Request:
    """Return the request with the ICRS position of each name that was found; the names are kept."""
    positions = {name: one.position for name, one in results.items() if one.position is not None}
    rows = tuple(
        replace(row, position=positions[row.name]) if row.name in positions and row.position is None else row
        for row in request.rows
    )
    region = request.region
    if region and region.center is None and region.name in positions:
        region = replace(region, center=positions[region.name])
    return replace(request, rows=rows, region=region)


def unknown_names(request: Request, results: Mapping[str, NameResult]) -> Iterator[CellError]:
    """Yield an error for each place of a name that all services answered not to know.

    A name that was not asked for, or of which a service could not be asked, is none: the batch asks again.
    """
    unknown = {name for name, one in results.items() if one.status is LookupStatus.UNKNOWN}
    region = request.region
    if region and region.name in unknown:
        yield CellError("center", region.name, results[region.name].explanation())
        return
    for row in request.rows:
        if row.name in unknown:
            yield CellError("name", row.name, results[row.name].explanation(), row=row.row_number)
