"""What a request asked, in a few facts.

They stand in the batch's status, so that neither a page nor an email has to read a request of thousands of
rows again.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from skybatch.fits.edge_mode import EdgeMode
from skybatch.status import RegionSummary, RequestSummary, ScanSummary
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of

if TYPE_CHECKING:
    from skybatch.batch.plan import Plan, Task
    from skybatch.requests.model import Region, Request, Row


def request_facts(request: Request) -> RequestSummary:
    """Give the facts of a request that are shown."""
    is_scan = str(request.mode) == "scan" and request.region is None and request.rows
    return RequestSummary(
        mode=str(request.mode),
        bands=tuple(request.bands),
        image_type=request.image_type,
        decompress=request.decompress,
        delivery_format=request.delivery_format,
        dataset=request.dataset,
        rows=len(request.rows),
        table_name=request.table_name,
        quicklooks=asks_quicklooks(request),
        from_service=request.from_service,
        edge=_edge(request),
        region=_region(request.region) if request.region is not None else None,
        scan=_scan(request.rows[0]) if is_scan else None,
        surveys=tuple(survey_ids(request.surveys).values()) or None,
    )


def survey_ids(datasets: Iterable[str]) -> dict[str, str]:
    """Return the identifier of each data set as a survey of its own, by data set."""
    return {dataset: survey_of(dataset).survey_id(dataset) for dataset in datasets}


def survey_field(plan: Plan, task: Task) -> dict[str, str]:
    """Return the field that says of which of several surveys an image is; none where there is one."""
    return {"survey": plan.surveys[task.dataset]} if plan.surveys else {}


def asks_quicklooks(request: Request) -> bool:
    """Tell whether any image of the request is a Quicklook: by its own type or by that of a row."""
    return ImageType.QUICKLOOK in (request.image_type, *(row.image_type for row in request.rows))


def _edge(request: Request) -> EdgeMode:
    """Return whether any crop of the request is to be padded."""
    modes = {row.edge or request.edge for row in request.rows if row.size is not None}
    return EdgeMode.PAD if EdgeMode.PAD in modes else EdgeMode.CLIP


def _region(region: Region) -> RegionSummary:
    center = None if region.center is None else (region.center.ra, region.center.dec)
    return RegionSummary(center, region.name, region.diameter, str(region.relation))


def _scan(row: Row) -> ScanSummary:
    return ScanSummary(row.date, row.hem, row.scan)
