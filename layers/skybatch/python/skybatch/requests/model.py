"""The domain objects of a request, which planning and everything after it work on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from skybatch.fits.edge_mode import EdgeMode
from skybatch.sky.position import SkyPosition
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.surveys.selection import SurveySelection, selection

MIN_DIAMETER = 0.05  # degrees; survey documentation, "Region Diameter"
MAX_DIAMETER = 7.0
# Fields of a row whose key in the stored ``request.json`` differs from their name.
STORED_ROW_FIELDS = {
    "row_number": "number",
    "position": "sky",
    "best_only": "best",
    "delivery_format": "form",
}
ROW_FIELDS = {key: name for name, key in STORED_ROW_FIELDS.items()}
SCAN_IMAGE_SETS = 23  # image sets a scan row without an image number counts as


class Mode(StrEnum):
    """The ways of asking for images; which of them a survey has, its description says."""

    REGION = "region"
    POSITIONS = "positions"
    IMAGE_IDS = "image_ids"
    COADD_KEYS = "coadd_keys"
    SCAN = "scan"
    SCANS = "scans"


LIST_MODES = (Mode.POSITIONS, Mode.IMAGE_IDS, Mode.COADD_KEYS, Mode.SCANS)


@dataclass(frozen=True)
class Row:
    """One row of a request; a region or a single scan is one row, number 1.

    Attributes
    ----------
    row_number
        Number of the row from 1; in a table of this service posted back the ``scntr`` of the first
        request, which several rows (images) then share, and 0 where that request was no list.
    bands
        Ids of the bands wanted.
    id
        The user's identifier of the row, at most 15 characters.
    given_id
        The identifier as given, where it was longer than that.
    position
        ICRS position wanted; in a coadd key row the point to crop around.
    name
        Object name to be resolved. A position row has a position or a name or, once resolved, both.
    size
        Width and height of the crop in arcsec, None for whole images.
    best_only
        Whether only the best image set at the position is wanted.
    image_id
        The image set wanted, by its identifier.
    coadd_key, date, hem, scan, image
        The image sets wanted by number; ``image`` None means all images of the scan.
    dataset, image_type, delivery_format, edge
        From a table of this service posted back; None means the request's.
    line
        Line of the uploaded text, from 1.
    """

    row_number: int
    bands: tuple[str, ...]
    id: str | None = None
    given_id: str | None = None
    position: SkyPosition | None = None
    name: str | None = None
    size: float | None = None
    best_only: bool = False
    image_id: str | None = None
    coadd_key: int | None = None
    date: str | None = None
    hem: str | None = None
    scan: int | None = None
    image: int | None = None
    dataset: str | None = None
    image_type: ImageType | None = None
    delivery_format: str | None = None
    edge: EdgeMode | None = None
    line: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object with the fields that are set, so that 2500 rows stay small."""
        values = {STORED_ROW_FIELDS.get(name, name): value for name, value in vars(self).items()}
        values["bands"] = list(self.bands)
        values["sky"] = [self.position.ra, self.position.dec] if self.position else None
        return {key: value for key, value in values.items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Row:
        """Read what `to_json` wrote; the bands of older requests are one text of letters."""
        values = {ROW_FIELDS.get(key, key): value for key, value in stored.items()}
        values["bands"] = tuple(stored["bands"])
        image_type = stored.get("image_type")
        values["image_type"] = ImageType(image_type) if image_type else None
        values["edge"] = EdgeMode(stored["edge"]) if stored.get("edge") else None
        sky = stored.get("sky")
        values["position"] = SkyPosition(*sky) if sky else None
        return cls(**values)


@dataclass(frozen=True)
class RowDefaults:
    """The request's values for rows without their own; ``size`` in arcsec, None for whole images.

    ``datasets`` are those of the request, by whose surveys the cells are read; none for the default one.
    """

    bands: tuple[str, ...]
    best_only: bool = False
    size: float | None = None
    datasets: tuple[str, ...] = ()

    @cached_property
    def surveys(self) -> SurveySelection:
        """The surveys by which the cells of rows are read that name none."""
        return selection(*self.datasets)

    def surveys_of(self, dataset: str | None) -> SurveySelection:
        """Return the surveys by which the cells of a row are read, which may name its data set."""
        return selection(dataset) if dataset else self.surveys

    def bands_of(self, asked: SurveySelection) -> tuple[str, ...]:
        """Return the bands of a row of these surveys that names none."""
        known = {band for survey in asked.surveys for band in survey.bands}
        return tuple(band for band in self.bands if band in known) or asked.all_bands


@dataclass(frozen=True)
class Region:
    """A circle on the sky, its diameter in degrees already clamped, and how image sets relate to it."""

    center: SkyPosition | None
    name: str | None
    diameter: float
    relation: str

    def to_json(self) -> dict[str, Any]:
        """Return the region as a JSON object."""
        center = [self.center.ra, self.center.dec] if self.center else None
        return {"center": center, "name": self.name, "diameter": self.diameter, "relation": self.relation}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Region:
        """Read what `to_json` wrote."""
        center = stored["center"]
        return cls(
            SkyPosition(*center) if center else None, stored["name"], stored["diameter"], stored["relation"]
        )


@dataclass(frozen=True)
class Request:
    """A whole request, every value valid and every default filled in.

    ``size`` is the crop size that was asked for the rows without one of their own, arcsec; the rows have it.
    ``surveys`` has the bands asked for in each data set where the request names several, of which ``dataset``
    is the first and ``bands`` are all; it is empty for one.
    """

    mode: Mode
    bands: tuple[str, ...]
    image_type: ImageType
    decompress: bool
    delivery_format: str
    dataset: str
    rows: tuple[Row, ...]
    label: str | None = None
    email: str | None = None
    region: Region | None = None
    notices: tuple[str, ...] = ()
    from_service: bool = False
    table_name: str | None = None
    size: float | None = None
    edge: EdgeMode = EdgeMode.CLIP
    surveys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def datasets(self) -> tuple[str, ...]:
        """The data sets that rows without one of their own ask for."""
        return tuple(self.surveys) or (self.dataset,)

    def bands_in(self, row: Row, dataset: str) -> tuple[str, ...]:
        """Return the bands that a row asks for in one of the data sets."""
        if not self.surveys:
            return row.bands
        if row.bands == self.bands and dataset in self.surveys:
            return self.surveys[dataset]
        return tuple(band for band in row.bands if band in survey_of(dataset).bands)

    def to_json(self) -> dict[str, Any]:
        """Return a JSON object without the e-mail address, which is kept apart and for a shorter time."""
        surveys = {dataset: list(bands) for dataset, bands in self.surveys.items()}
        return {
            "mode": self.mode.value,
            "bands": list(self.bands),
            "image_type": self.image_type,
            "decompress": self.decompress,
            "form": self.delivery_format,
            "dataset": self.dataset,
            "label": self.label,
            "region": self.region.to_json() if self.region else None,
            "notices": list(self.notices),
            "ours": self.from_service,
            "table_name": self.table_name,
            "size": self.size,
            "edge": self.edge,
            "rows": [row.to_json() for row in self.rows],
            **({"surveys": surveys} if surveys else {}),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Request:
        """Read what `to_json` wrote; there is no e-mail address in it."""
        region = stored["region"]
        values = {
            **stored,
            "mode": Mode(stored["mode"]),
            "image_type": ImageType(stored["image_type"]),
            "bands": tuple(stored["bands"]),
            "delivery_format": stored["form"],
            "from_service": stored["ours"],
            "region": Region.from_json(region) if region else None,
            "notices": tuple(stored["notices"]),
            "edge": EdgeMode(stored.get("edge", EdgeMode.CLIP)),
            "rows": tuple(Row.from_json(row) for row in stored["rows"]),
            "surveys": {dataset: tuple(bands) for dataset, bands in stored.get("surveys", {}).items()},
        }
        return cls(**{name: value for name, value in values.items() if name not in ("form", "ours")})
