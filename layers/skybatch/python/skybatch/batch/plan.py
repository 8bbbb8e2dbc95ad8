"""The plan of a batch: every image wanted, in order, with all that was decided about it.

``plan.jsonl`` is written once. Its order is the order of file names, so that a listing of finished images
follows it; the limit divides it in two.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

from skybatch.batch import keys
from skybatch.batch.codes import RowStatus
from skybatch.batch.reasons import CANCELLED_REASON
from skybatch.batch.size_limit import batches_needed, count_within
from skybatch.batch.store import JSON_LINES, BatchStore, to_json_lines, written_first
from skybatch.fits.edge_mode import EdgeMode
from skybatch.fits.hdus.hdu_choice import FIRST_IMAGE, HduChoice
from skybatch.fits.pixel_box import Padding, PixelBox
from skybatch.inventory.image_geometry import ImageGeometry
from skybatch.status import AbsentImages
from skybatch.storage.places import ARCHIVE
from skybatch.surveys.image_type import ImageType

# Fields of a task whose key in ``plan.jsonl`` and in messages differs from their name.
STORED_FIELDS = {"index": "n", "set_index": "set", "row_number": "scntr", "delivery_format": "form"}
TASK_FIELDS = {key: name for name, key in STORED_FIELDS.items()}
SHARED_TEXTS = ("source", "dataset", "band", "delivery_format", "place")
ABSENT_DEFAULTS: Mapping[str, Any] = {
    **{"edge": EdgeMode.CLIP, "cut_at_edge": False, "refusal_code": None, "stored_bytes": None},
    "place": ARCHIVE,
    "hdu": FIRST_IMAGE,
}
"""Values of the fields that are absent from a line."""
# A plan may have 100,000 lines, and a look-up takes a tenth of the time of an enumeration's call.
_IMAGE_TYPES = {str(each): each for each in ImageType}
_EDGE_MODES = {str(each): each for each in EdgeMode}


@dataclass(frozen=True)
class Task:
    """One image file to deliver.

    Attributes
    ----------
    index
        Position in the plan, from 0.
    row
        Index (from 0) of the request row it is for.
    row_number, id
        The row's number and id as the tables show them; None where the request is no list.
    file
        Name of the file delivered, unique in the batch.
    source
        Key of the stored image, in the bucket of ``place``.
    dataset, set_index, band
        The image: data set, index of the image set in that data set's inventory version, and band.
    image_type
        ``atlas`` or ``quicklook``.
    delivery_format
        ``fits`` (plain), or the stored form to copy (``fits.gz``, ``fits.H`` ...).
    box
        Pixels to cut, or None for the whole image.
    bytes
        Size of the file to deliver, exact if the archive is as its inventory says; the most it can be for a
        ``fits.gz`` that is made anew, because the archive holds tiles alone.
    refusal, refusal_code
        Why it cannot be delivered although it exists, known at plan time: details, and a code of
        `FailureCode`; None for what can.
    edge_dist
        For a position: its distance to the image's nearest edge, arcsec.
    tiles
        Where ``source`` is in tiles: its size and where its heap begins, in bytes, so that two range reads
        bring a crop. None for other forms.
    geometry
        Where the inventory has the image on the sky: a stored file of another place is not delivered. None in
        plans of earlier versions.
    edge
        What becomes of a crop where its image ends.
    cut_at_edge
        Whether it is a crop that reaches beyond its image.
    stored_bytes
        Size of ``source`` by the inventory; None in plans of earlier versions.
    place
        The bucket that holds ``source``, as `skybatch.storage.places` writes it; empty for the archive's own.
    hdu
        The HDU of ``source`` that holds the image.
    """

    index: int
    row: int
    row_number: int | None
    id: str | None
    file: str
    source: str
    dataset: str
    set_index: int
    band: str
    image_type: ImageType
    delivery_format: str
    box: PixelBox | None
    bytes: int
    refusal: str | None = None
    edge_dist: float | None = None
    tiles: tuple[int, int] | None = None
    geometry: ImageGeometry | None = None
    refusal_code: str | None = None
    edge: EdgeMode = EdgeMode.CLIP
    cut_at_edge: bool = False
    stored_bytes: int | None = None
    place: str = ARCHIVE
    hdu: HduChoice = FIRST_IMAGE

    @property
    def delivered_hdu(self) -> HduChoice:
        """The HDU of the delivered file that holds the image: a crop is a file of one image."""
        return self.hdu if self.box is None else FIRST_IMAGE

    @property
    def planned_bytes(self) -> int:
        """Bytes it adds to the batch: none where it is refused."""
        return self.bytes if self.refusal is None else 0

    def to_json(self) -> dict[str, Any]:
        """Give the line of ``plan.jsonl``; the box as ``[x0, y0, nx, ny]``, its padding behind.

        Fields of few tasks are absent from the others: see ``ABSENT_DEFAULTS``.
        """
        values = {STORED_FIELDS.get(name, name): value for name, value in vars(self).items()}
        absent = {name for name, default in ABSENT_DEFAULTS.items() if values[name] == default}
        values["box"] = self.box and _box_to_json(self.box)
        values["geometry"] = self.geometry and self.geometry.shortened()
        return {name: value for name, value in values.items() if name not in absent}

    @classmethod
    def from_json(cls, line: dict[str, Any]) -> Task:
        """Read a line of ``plan.jsonl``."""
        values = {**ABSENT_DEFAULTS, **line}
        for key, name in TASK_FIELDS.items():
            values[name] = values.pop(key)
        box, tiles, geometry = values["box"], values.get("tiles"), values.get("geometry")
        values["image_type"] = _IMAGE_TYPES[values["image_type"]]
        values["edge"] = _EDGE_MODES[values["edge"]]
        values["box"] = _box_from_json(box) if box else None
        values["tiles"] = tuple(tiles) if tiles else None
        values["geometry"] = _shared_geometry(*geometry) if geometry else None
        # Hundreds of tasks read one stored image: what they have in common is kept once.
        for name in SHARED_TEXTS:
            values[name] = sys.intern(values[name])
        return cls(**values)


@lru_cache(maxsize=4096)
def _shared_geometry(*values: Any) -> ImageGeometry:
    return ImageGeometry(*values)


def _box_to_json(box: PixelBox) -> list[int]:
    return [box.x0, box.y0, box.nx, box.ny, *(box.padding if any(box.padding) else ())]


def _box_from_json(numbers: list[int]) -> PixelBox:
    x0, y0, nx, ny, *padding = numbers
    return PixelBox(x0, y0, nx, ny, Padding(*padding))


@dataclass(frozen=True)
class Plan:
    """All tasks of a batch, and the rows that got none.

    Attributes
    ----------
    tasks
        In plan order.
    versions
        Inventory version used, by data set: whoever needs an image's details reads that version.
    unplanned
        Outcome (``not_covered``, ``unresolved``, ``duplicate``) and reason of each row index without a
        task.
    limit
        Bytes of image files the batch may hold.
    absent
        By row index, the images asked for that the archive does not hold.
    notices
        What is delivered otherwise than asked, in sentences for people.
    repeated
        Where the request names several surveys: for each data set the rows all of whose images in it an
        earlier row asks for. Empty for one.
    surveys
        Then the identifier of each data set as a survey, which a step that reads no inventory cannot know.
    beside
        By row index, where each band has a footprint of its own: in which bands no image holds the row's
        position although images of other bands do.
    """

    tasks: tuple[Task, ...]
    versions: dict[str, str]
    unplanned: dict[int, tuple[RowStatus, str]]
    limit: int
    absent: Mapping[int, AbsentImages] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    repeated: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    surveys: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[int, str] = field(default_factory=dict)

    @cached_property
    def parts(self) -> int:
        """How many batches of the limit deliver all tasks, by planned sizes; at least one."""
        return max(1, batches_needed((task.planned_bytes for task in self.tasks), self.limit))

    def bands(self) -> set[str]:
        """Give the bands of all tasks."""
        return {task.band for task in self.tasks}

    def end_within_limit(self, start: int, done: int) -> int:
        """Find the end of the longest run of tasks from ``start`` that still fits within the limit.

        ``done`` is the real size in bytes of all images delivered so far. Refused tasks add nothing.
        """
        sizes = (task.planned_bytes for task in self.tasks[start:])
        return start + count_within(sizes, self.limit - done)


def cancelled_plan(rows: int, limit: int, surveys: Mapping[str, str] | None = None) -> Plan:
    """Make the plan of a batch that was cancelled before it had one: no row gets an image.

    ``surveys`` are the identifiers of several, by data set.
    """
    unplanned = dict.fromkeys(range(rows), (RowStatus.CANCELLED, CANCELLED_REASON))
    surveys = surveys or {}
    return Plan((), {}, unplanned, limit, repeated=dict.fromkeys(surveys, ()), surveys=surveys)


def save_plan(store: BatchStore, plan: Plan) -> Plan:
    """Write the plan unless another run has; return the one that is stored.

    It is one object, its head on the first line, so that head and tasks are never of two runs.
    """
    head: dict[str, Any] = {
        "versions": plan.versions,
        "unplanned": {str(row): list(why) for row, why in plan.unplanned.items()},
        "limit": plan.limit,
        "parts": plan.parts,
        "notices": plan.notices,
    }
    if plan.absent:
        head["absent"] = {str(row): absent.to_json() for row, absent in plan.absent.items()}
    if plan.beside:
        head["beside"] = {str(row): text for row, text in plan.beside.items()}
    if plan.surveys:
        head["surveys"] = dict(plan.surveys)
        head["repeated"] = {dataset: list(rows) for dataset, rows in plan.repeated.items()}
    lines = chain([head], (task.to_json() for task in plan.tasks))
    if store.create(keys.PLAN, to_json_lines(lines), JSON_LINES):
        return plan
    return written_first(load_plan(store), keys.PLAN)


def load_plan(store: BatchStore, first: int | None = None) -> Plan | None:
    """Read the batch's plan, or its ``first`` tasks alone; None where it is not written yet."""
    lines = store.read_lines(keys.PLAN, None if first is None else 1 + first)
    if lines is None:
        return None
    head, *tasks = lines
    return Plan(
        tasks=tuple(Task.from_json(line) for line in tasks),
        versions=head["versions"],
        unplanned={int(row): (RowStatus(why[0]), why[1]) for row, why in head["unplanned"].items()},
        limit=head["limit"],
        absent={int(row): AbsentImages.from_json(each) for row, each in head.get("absent", {}).items()},
        notices=tuple(head.get("notices", ())),
        repeated={dataset: tuple(rows) for dataset, rows in head.get("repeated", {}).items()},
        surveys=head.get("surveys", {}),
        beside={int(row): text for row, text in head.get("beside", {}).items()},
    )
