"""Batches in every state, as GET /batches/{id} answers them, and their images and targets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from skybatch.batch.codes import ImageStatus, RowStatus
from skybatch.batch.outcomes import status_of_images
from skybatch.batch.reasons import group_reasons
from skybatch.batch.request_facts import request_facts
from skybatch.batch.results.targets import Picture, Target
from skybatch.fits.pixel_box import PixelBox
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.requests.model import Mode, Region, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.status import BatchStatus
from tests.support.batches.batch_fakes import task

ROOT = "https://images.example.org"
BATCH = "kV3q9sXw0bPf7ZtYh2LmNA"
NOW = datetime(2026, 11, 20, 12, 1, 40, tzinfo=UTC)
EVIL = "<script>alert(1)</script>\"'\r\nBcc: x@evil.example ../../../etc/passwd \u202egnp.exe 🔭"


def positions_request(targets: int = 2500, **changes: Any) -> Request:
    listed = tuple(
        Row(n, ("j", "h", "k"), id=f"t{n}", position=SkyPosition(10.0, 41.0), size=50.0)
        for n in range(1, targets + 1)
    )
    given: dict[str, Any] = {
        "mode": Mode.POSITIONS,
        "bands": ("j", "h", "k"),
        "image_type": "atlas",
        "decompress": True,
        "delivery_format": "fits.gz",
        "dataset": "askyw",
        "rows": listed,
        "label": "Brown dwarf candidates",
        "table_name": "candidates.tbl",
    }
    return Request(**{**given, **changes})


def region_request(**changes: Any) -> Request:
    region = Region(SkyPosition(204.253958, -29.865417), "m83", 0.5, "overlap")
    row = Row(1, ("j", "h", "k"), position=region.center)
    return positions_request(
        **{
            "mode": Mode.REGION,
            "region": region,
            "rows": (row,),
            "label": "M 83",
            "table_name": None,
            **changes,
        }
    )


def status_json(state: str = "complete", request: Request | None = None, **changes: Any) -> dict[str, Any]:
    """A status on the wire with every field of the contract; `changes` replace fields."""
    made: dict[str, Any] = {
        "batch_id": BATCH,
        "label": "Brown dwarf candidates",
        "state": state,
        "created": "2026-11-20T12:00:00Z",
        "finished": "2026-11-20T12:03:12Z" if state in ("complete", "failed", "cancelled") else None,
        "expires": "2026-12-04T12:03:12Z",
        "notices": [],
        "progress": {
            "tasks": 7500,
            "done": 2712,
            "failed": 3,
            "bytes_done": 61_234_560,
            "bytes_planned": 172_800_000,
        },
        "rows": {"total": 2500, "retrieved": 2500},
        "images": {"retrieved": 7500, "over_limit": 0, "failed": 0},
        "bytes": 172_800_000,
        "limit_bytes": 1_000_000_000,
        "files": [],
        "unretrieved": None,
        "chain": None,
        "reason": None,
        "asked": request_facts(request or positions_request()).to_json(),
        "reasons": [],
    }
    return {**made, **changes}


def status(state: str = "complete", request: Request | None = None, **changes: Any) -> BatchStatus:
    """A status with every field of the contract; `changes` replace fields, given as on the wire."""
    return BatchStatus.from_json(status_json(state, request, **changes))


def files(*tables: str) -> list[dict[str, Any]]:
    names = ["images.tar", *(f"{t}{e}" for t in tables for e in (".tbl", ".xml", ".csv"))]
    names += ["manifest.json", "md5sums.txt", "download.sh", "request.json", "candidates.tbl"]
    return [
        {
            "name": name,
            "url": f"{ROOT}/batches/{BATCH}/files/{name}",
            "bytes": 612_345_678 if name == "images.tar" else 1_234_567 // (place + 1),
            "md5": f"{place * 7919 + 1:032x}",
            "media_type": "application/octet-stream",
        }
        for place, name in enumerate(names)
    ]


def images(number: int) -> list[dict[str, Any]]:
    """Images of a running batch, as the journal has them."""
    return [
        {
            "file": f"{n // 3 + 1:04d}_t{n // 3 + 1}_001114n_{'jhk'[n % 3]}0460{33 + n % 5:03d}.fits",
            "bytes": 23_040 + 2880 * (n % 4),
            "row": n // 3 + 1,
            "id": f"t{n // 3 + 1}",
            "band": "jhk"[n % 3],
        }
        for n in range(number)
    ]


def targets(number: int, **changes: Any) -> tuple[Target, ...]:
    """Targets of a batch that ended, three bands each; every thirtieth lacks one, every tenth is cut."""
    return tuple(_target(n, changes) for n in range(1, number + 1))


def _target(n: int, changes: dict[str, Any]) -> Target:
    row = Row(
        n, ("j", "h", "k"), **{"id": f"t{n}", "position": SkyPosition(10.0 + n / 1000, 41.0), **changes}
    )
    pictures = tuple(_picture(n, band) for band in ("j", "h", "k"))
    status = status_of_images(picture.status for picture in pictures)
    reason = next((picture.reason for picture in pictures if picture.reason), None)
    colour = f"{n:04d}_t{n}_001114n_jhk0460033.fits.png" if status is RowStatus.RETRIEVED else None
    return Target(row, n, status, reason, pictures, colour)


def _picture(n: int, band: str) -> Picture:
    made = task(
        n,
        file=f"{n:04d}_t{n}_001114n_{band}0460033.fits",
        source=f"twomass/allsky/allsky/001114n/s046/image/{band}i0460033.fits.gz",
        band=band,
        row_number=n,
        box=PixelBox(100, 200, 50, 50 - 20 * (n % 10 == 0)),
        geometry=ImageGeometry(512, 1024, 256.5, 512.5, -1 / 3600, 1 / 3600, 10.0 + n / 1000, 41.05, 0.0),
        cut_at_edge=n % 10 == 0,
    )
    if band == "k" and n % 30 == 0:
        return Picture(made, ImageStatus.FAILED, 0, "source_damaged")
    return Picture(made, ImageStatus.RETRIEVED, 23_040, None)


REASONS = [
    {"outcome": "failed", "reason": "source_damaged", "row": n, "id": f"t{n}"} for n in (14, 47, 112)
] + [{"outcome": "unresolved", "reason": "IRSA, NED and SIMBAD do not know it", "row": n} for n in (8, 9)]
MIXED_ROWS = {
    "total": 2500,
    "retrieved": 1606,
    "partial": 3,
    "over_limit": 804,
    "failed": 3,
    "not_covered": 70,
    "unresolved": 2,
    "duplicate": 12,
    "cancelled": 0,
}


def mixed_json(**changes: Any) -> dict[str, Any]:
    """A second part of a chain: some of everything, and more to come."""
    given: dict[str, Any] = {
        "rows": MIXED_ROWS,
        "images": {
            "retrieved": 4818,
            "over_limit": 2412,
            "failed": 12,
            "cancelled": 0,
            "crops": 4818,
            "cut_at_edge": 127,
        },
        "bytes": 997_120_000,
        "files": files("images", "unretrieved", "failed", "rows"),
        "unretrieved": {
            "images": 2412,
            "bytes": 1_800_000_000,
            "resubmit_url": f"{ROOT}/batches/{BATCH}/resubmit",
        },
        "chain": {"part": 2, "previous": "aaaaaaaaaaaaaaaaaaaaaa", "next": None},
        "reasons": [counted.to_json() for counted in group_reasons(REASONS)],
        "notices": ["3 rows have a size over 1,024 arcsec; their crops end at the image's edge."],
    }
    return status_json(**{**given, **changes})


def mixed(**changes: Any) -> BatchStatus:
    """The same, read."""
    return BatchStatus.from_json(mixed_json(**changes))


def nothing(**changes: Any) -> BatchStatus:
    request = region_request()
    empty = {"retrieved": 0, "over_limit": 0, "failed": 0}
    return status(
        request=request,
        label="M 83",
        rows={"total": 1, "not_covered": 1},
        images=empty,
        bytes=0,
        files=files("rows")[1:],
        **changes,
    )
