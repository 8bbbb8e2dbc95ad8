"""What a request asked, in a few facts.

They stand in the batch's status under ``asked``, so that neither a page nor an email has to read a request
of thousands of rows again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skybatch.surveys.image_type import ImageType

if TYPE_CHECKING:
    from skybatch.requests.model import Region, Request, Row


def request_facts(request: Request) -> dict[str, Any]:
    """Give the facts of a request that are shown, small and made of JSON types."""
    facts: dict[str, Any] = {
        "mode": str(request.mode),
        "bands": list(request.bands),
        "image_type": request.image_type,
        "decompress": request.decompress,
        "form": request.delivery_format,
        "dataset": request.dataset,
        "rows": len(request.rows),
        "table_name": request.table_name,
        "quicklooks": asks_quicklooks(request),
        "ours": request.from_service,
    }
    if request.region is not None:
        facts["region"] = _region(request.region)
    elif str(request.mode) == "scan" and request.rows:
        facts["scan"] = _scan(request.rows[0])
    return facts


def asks_quicklooks(request: Request) -> bool:
    """Tell whether any image of the request is a Quicklook: by its own type or by that of a row."""
    return ImageType.QUICKLOOK in (request.image_type, *(row.image_type for row in request.rows))


def _region(region: Region) -> dict[str, Any]:
    center = None if region.center is None else [region.center.ra, region.center.dec]
    return {
        "center": center,
        "name": region.name,
        "diameter": region.diameter,
        "relation": str(region.relation),
    }


def _scan(row: Row) -> dict[str, Any]:
    return {"date": row.date, "hem": row.hem, "scan": row.scan}
