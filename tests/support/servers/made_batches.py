"""Finished batches and a table's reading, as the fake server answers them."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import dataclass, field
from typing import Any

BATCH_ID = "0123456789abcdef0123456789abcdef"
NEXT_ID = "fedcba9876543210fedcba9876543210"
ROW_OUTCOMES = ("retrieved", "partial", "over_limit", "failed", "not_covered", "unresolved")


def md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


@dataclass
class MadeBatch:
    """A finished batch: images by name, and the files beside them."""

    images: dict[str, bytes]
    batch_id: str = BATCH_ID
    left_over: int = 0
    part: int = 1
    state: str = "complete"
    page: int = 2
    bundled: int = 0  # images in each bundle; 0: the server has none
    tables: dict[str, bytes] = field(default_factory=lambda: {"rows.csv": b"row\n1\n", "images.csv": b"x\n"})

    @property
    def files(self) -> dict[str, bytes]:
        listed = [
            {"file": f"images/{n}", "bytes": len(b), "md5": md5(b), "row": i, "id": None, "band": "j"}
            for i, (n, b) in enumerate(self.images.items(), 1)
        ]
        others = {**self.tables, "manifest.json": json.dumps({"images": listed}).encode()}
        return {"images.tar": self._tar(others), **others} if self.images else others

    def stored(self, folder: str) -> dict[str, bytes]:
        """What lies in a folder of the batch, by name."""
        if folder == "bundles":
            return {name: b"".join(b"header" + body for body in bodies) for name, bodies in self._bundles()}
        return self.images if folder == "images" else self.files

    def _bundles(self) -> list[tuple[str, list[bytes]]]:
        bodies = list(self.images.values())
        starts = range(0, len(bodies), self.bundled)
        return [(f"{start:06d}-abc", bodies[start : start + self.bundled]) for start in starts]

    def place(self, file: str) -> dict[str, Any]:
        """Where a running batch says that an image lies; nothing without bundles."""
        if not self.bundled:
            return {}
        number = list(self.images).index(file)
        first = number - number % self.bundled
        before = list(self.images.values())[first:number]
        offset = sum(len(body) + len(b"header") for body in before) + len(b"header")
        return {"bundle": f"{first:06d}-abc", "offset": offset, "md5": md5(self.images[file])}

    def _tar(self, others: dict[str, bytes]) -> bytes:
        whole = io.BytesIO()
        with tarfile.open(fileobj=whole, mode="w") as tar:
            for name, body in [*((f"images/{n}", b) for n, b in self.images.items()), *others.items()]:
                info = tarfile.TarInfo(f"skybatch-{self.batch_id[:12]}/{name}")
                info.size = len(body)
                tar.addfile(info, io.BytesIO(body))
        return whole.getvalue()

    def status(self) -> dict[str, Any]:
        ended = self.state in ("complete", "failed", "cancelled")
        rows = dict.fromkeys(ROW_OUTCOMES, 0) | {"retrieved": len(self.images)}
        files = [
            {"name": n, "url": "", "bytes": len(b), "md5": md5(b), "media_type": ""}
            for n, b in self.files.items()
        ]
        return {
            "batch_id": self.batch_id,
            "label": None,
            "state": self.state,
            "progress": {"tasks": len(self.images), "done": 0, "failed": 0},
            "rows": {"total": len(self.images), **rows},
            "images": {"retrieved": len(self.images), "over_limit": self.left_over, "failed": 0},
            "bytes": sum(map(len, self.images.values())),
            "files": files if ended else [],
            "unretrieved": {"images": self.left_over} if self.left_over else None,
            "chain": {"part": self.part, "previous": None, "next": None},
            "reason": "no inventory" if self.state == "failed" else None,
            "notices": [],
        }


# What the server says of any table.
UNDERSTOOD: dict[str, Any] = {
    "rows": [
        {
            "row": 1,
            "line": 2,
            "ra": 204.2538,
            "dec": -29.8654,
            "from": {"frame": "fk4 B1950.0", "unit": "h", "columns": ["RA", "DE"]},
            "name": None,
            "id": "M 83",
            "size": 60.0,
            "best": False,
            "band": "JHK",
        },
        {
            "row": 2,
            "line": 3,
            "ra": None,
            "dec": None,
            "from": {"frame": None, "unit": None, "columns": ["name"]},
            "name": "HL Tau",
            "id": None,
            "size": None,
            "best": True,
            "band": "JHK",
        },
    ],
    "columns": [
        {"name": "RA", "used_as": "ra", "unit": "h"},
        {"name": "DE", "used_as": "dec", "unit": None},
        {"name": "name", "used_as": "name", "unit": None},
        {"name": "mag", "used_as": "", "unit": "mag"},
    ],
    "notices": ["Proper motion is not applied."],
    "errors": [],
}

# What the server answers a dry run of any request.
PLAN: dict[str, Any] = {
    "rows": 1,
    "images": 2,
    "bytes": 3,
    "parts": 1,
    "by_outcome": {},
    "by_band": {},
    "notices": [],
}
