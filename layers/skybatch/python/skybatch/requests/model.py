"""What people ask, made exact: the domain objects every later floor works on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from skybatch.sky.position import SkyPosition

BANDS = ("j", "h", "k")
MIN_DIAMETER = 0.05  # degrees; survey documentation, "Region Diameter"
MAX_DIAMETER = 7.0
SCAN_IMAGE_SETS = 23  # image sets a scan row without an image number counts as


class Mode(StrEnum):
    """The five ways of asking for images."""

    REGION = "region"
    POSITIONS = "positions"
    COADD_KEYS = "coadd_keys"
    SCAN = "scan"
    SCANS = "scans"


LIST_MODES = (Mode.POSITIONS, Mode.COADD_KEYS, Mode.SCANS)


@dataclass(frozen=True)
class Row:
    """One row of a request; a region or a single scan is one row, number 1.

    ``sky`` is the position asked for, or in a coadd key row the point to crop around; ``name`` an object
    name still to be resolved (a position row has exactly one of the two). ``size`` is the width and
    height of the crop in arcsec, None for whole images. ``image`` None means all images of the scan.
    ``dataset``, ``image_type`` and ``form`` come from our own tables posted back; None means the
    request's. ``number`` is the row's number, in our own tables the ``scntr`` of the first request, which
    several rows (images) then share, and 0 where that request was no list. ``line`` counts from 1 in
    the uploaded text.
    """

    number: int
    bands: tuple[str, ...]
    id: str | None = None
    sky: SkyPosition | None = None
    name: str | None = None
    size: float | None = None
    best: bool = False
    coadd_key: int | None = None
    date: str | None = None
    hem: str | None = None
    scan: int | None = None
    image: int | None = None
    dataset: str | None = None
    image_type: str | None = None
    form: str | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Only what is set, so that 2500 rows stay small."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        given["bands"] = "".join(self.bands)
        given["sky"] = [self.sky.ra, self.sky.dec] if self.sky else None
        return {name: value for name, value in given.items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Row:
        """The row that ``to_json`` wrote."""
        sky = stored.get("sky")
        return cls(**{**stored, "bands": tuple(stored["bands"]), "sky": SkyPosition(*sky) if sky else None})


@dataclass(frozen=True)
class Region:
    """A circle on the sky, its diameter in degrees already clamped, and how image sets relate to it."""

    center: SkyPosition | None
    name: str | None
    diameter: float
    relation: str

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object."""
        center = [self.center.ra, self.center.dec] if self.center else None
        return {"center": center, "name": self.name, "diameter": self.diameter, "relation": self.relation}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Region:
        """The region that ``to_json`` wrote."""
        center = stored["center"]
        return cls(
            SkyPosition(*center) if center else None, stored["name"], stored["diameter"], stored["relation"]
        )


@dataclass(frozen=True)
class Request:
    """A whole request, every value valid and every default filled in."""

    mode: Mode
    bands: tuple[str, ...]
    image_type: str
    decompress: bool
    form: str
    dataset: str
    rows: tuple[Row, ...]
    label: str | None = None
    email: str | None = None
    region: Region | None = None
    notices: tuple[str, ...] = ()
    ours: bool = False
    table_name: str | None = None

    def to_json(self) -> dict[str, Any]:
        """A plain JSON object without the e-mail address, which is kept apart and shorter."""
        return {
            "mode": self.mode.value,
            "bands": "".join(self.bands),
            "image_type": self.image_type,
            "decompress": self.decompress,
            "form": self.form,
            "dataset": self.dataset,
            "label": self.label,
            "region": self.region.to_json() if self.region else None,
            "notices": list(self.notices),
            "ours": self.ours,
            "table_name": self.table_name,
            "rows": [row.to_json() for row in self.rows],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Request:
        """The request that ``to_json`` wrote, without an e-mail address."""
        region = stored["region"]
        given = {
            "mode": Mode(stored["mode"]),
            "bands": tuple(stored["bands"]),
            "region": Region.from_json(region) if region else None,
            "notices": tuple(stored["notices"]),
            "rows": tuple(Row.from_json(row) for row in stored["rows"]),
        }
        return cls(**{**stored, **given})
