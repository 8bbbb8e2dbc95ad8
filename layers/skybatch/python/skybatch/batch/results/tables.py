"""What is known of a batch once its outcomes are settled, and its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from skybatch.batch.codes import ImageStatus
from skybatch.batch.execution.previews import preview_name
from skybatch.batch.file_names import delivered_path
from skybatch.batch.outcomes import ImageOutcome, RowOutcome, with_status
from skybatch.batch.plan import Plan, Task
from skybatch.batch.planning.matching import OpenInventory
from skybatch.batch.record import BatchRecord
from skybatch.batch.results.result_file import File
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.tables.model import Table
from skybatch.tables.schemas.batch import ROWS
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_table
from skybatch.tables.writers.formats import MEDIA_TYPES, Format, write

if TYPE_CHECKING:
    from skybatch.inventory.image_sets import ImageSets

TABLE_FORMATS: tuple[Format, ...] = ("tbl", "xml", "csv", "html")
NOWHERE = (0, 0, 0, 0)
# Details of the image sets of a plan, by data set.
Sets: TypeAlias = "dict[str, ImageSets]"

# Name of the table -> what became of the images in it.
IMAGE_TABLES = {
    "images": ImageStatus.RETRIEVED,
    "unretrieved": ImageStatus.OVER_LIMIT,
    "failed": ImageStatus.FAILED,
}
TABLE_TITLES = {
    "images": "Images retrieved",
    "unretrieved": "Images beyond the limit of this batch: post this table back to have them",
    "failed": "Images that could not be delivered",
}


@dataclass(frozen=True)
class Results:
    """Everything known of a batch once its outcomes are settled.

    ``md5`` holds the checksum of each image that came, by file name.
    """

    record: BatchRecord
    request: Request
    plan: Plan
    outcomes: Sequence[ImageOutcome]
    rows: Sequence[RowOutcome]
    md5: Mapping[str, str]

    @property
    def retrieved(self) -> list[tuple[Task, ImageOutcome]]:
        """The images that came, in plan order."""
        return with_status(self.plan, self.outcomes, ImageStatus.RETRIEVED)

    def tables(self, sets: Sets) -> Iterator[File]:
        """Each table in each format; tables of images only where there are some."""
        positions = any(self._position(row) is not None for row in self.request.rows)
        for name, status in IMAGE_TABLES.items():
            chosen = with_status(self.plan, self.outcomes, status)
            if not chosen:
                continue
            images = self._images(chosen)
            for fmt in TABLE_FORMATS:
                table = image_table(sets, images, fmt, title=TABLE_TITLES[name], positions=positions)
                yield _table_file(name, table, fmt)
        rows = self._rows_table()
        for fmt in TABLE_FORMATS:
            yield _table_file("rows", rows, fmt)

    def counts(self) -> dict[ImageStatus, int]:
        """How many images ended so."""
        return {status: sum(o.status is status for o in self.outcomes) for status in ImageStatus}

    def checksums(self) -> dict[str, str]:
        """The MD5 of each image that came, by its path in the archive, in plan order."""
        return {delivered_path(task.file): self.md5[task.file] for task, _ in self.retrieved}

    def sets(self, open_inventory: OpenInventory) -> Sets:
        """Details of the image sets in the plan, from the inventory version it was made with."""
        wanted: dict[str, set[int]] = {}
        for task in self.plan.tasks:
            wanted.setdefault(task.dataset, set()).add(task.set_index)
        return {
            dataset: open_inventory(dataset, self.plan.versions[dataset]).details(
                np.array(sorted(sets), dtype=np.intp)
            )
            for dataset, sets in wanted.items()
        }

    def _images(self, chosen: Sequence[tuple[Task, ImageOutcome]]) -> ImageRows:
        rows = [self.request.rows[task.row] for task, _ in chosen]
        skies = [self._position(row) for row in rows]
        return ImageRows(
            dataset=[task.dataset for task, _ in chosen],
            set_index=[task.set_index for task, _ in chosen],
            band=[task.band for task, _ in chosen],
            type=[task.image_type.letter for task, _ in chosen],
            url=[self._url(task, outcome) for task, outcome in chosen],
            preview=[self._preview(task, outcome) for task, outcome in chosen],
            row_number=[task.row_number for task, _ in chosen],
            id=[task.id for task, _ in chosen],
            status=[str(outcome.status) for _, outcome in chosen],
            reason=[outcome.reason for _, outcome in chosen],
            file=[delivered_path(task.file) for task, _ in chosen],
            bytes=[outcome.bytes or task.bytes for task, outcome in chosen],
            md5=[self.md5.get(task.file) for task, _ in chosen],
            delivery_format=[task.delivery_format for task, _ in chosen],
            req_ra=[sky and sky.ra for sky in skies],
            req_dec=[sky and sky.dec for sky in skies],
            size=[row.size for row in rows],
            edge_dist=[task.edge_dist for task, _ in chosen],
            box=np.array([_box(task) for task, _ in chosen], dtype=np.int64),
        )

    def _position(self, row: Row) -> SkyPosition | None:
        """The position that a row's images were found for; a region's centre is none."""
        return None if self.request.mode is Mode.REGION else row.position

    def _url(self, task: Task, outcome: ImageOutcome) -> str:
        """The delivered file; for what did not come, the stored image itself."""
        if outcome.status is ImageStatus.RETRIEVED:
            return self.record.image_url(task.file)
        return f"{self.record.base_url}/ibe/data/{task.source}"

    def _preview(self, task: Task, outcome: ImageOutcome) -> str | None:
        """A picture of what was delivered."""
        if outcome.status is not ImageStatus.RETRIEVED:
            return None
        return self.record.preview_url(preview_name(task.file))

    def _rows_table(self) -> Table:
        """Each row of the request and what became of it."""
        asked_rows = [self.request.rows[outcome.row] for outcome in self.rows]
        region = self.request.region
        skies = [row.position or (region.center if region else None) for row in asked_rows]
        names = [row.name or (region.name if region else None) for row in asked_rows]
        keys: dict[str, Sequence[Any]] = {
            # Tables of a region name no rows; posted back, their rows count from 1 again.
            "row": [row.row_number or i for i, row in enumerate(asked_rows, 1)],
            "ra": [sky and sky.ra for sky in skies],
            "dec": [sky and sky.dec for sky in skies],
            "name": names,
            "best": ["y" if row.best_only else "n" for row in asked_rows],
            "band": ["".join(row.bands).upper() for row in asked_rows],
            "xdate": [row.date for row in asked_rows],
            "outcome": [outcome.status for outcome in self.rows],
            "reason": [outcome.reason for outcome in self.rows],
        }
        for name in ("id", "size", "coadd_key", "hem", "scan", "image"):
            keys[name] = [getattr(row, name) for row in asked_rows]
        for status in IMAGE_TABLES.values():
            keys[str(status)] = [outcome.counts.get(status, 0) for outcome in self.rows]
        return Table(ROWS, {column.source: keys[column.name] for column in ROWS}, title="Rows of the request")


def _box(task: Task) -> tuple[int, int, int, int]:
    box = task.box
    return (box.x0, box.y0, box.nx, box.ny) if box else NOWHERE


def _table_file(name: str, table: Table, fmt: Format) -> File:
    return File(f"{name}.{fmt}", write(table, fmt), MEDIA_TYPES[fmt])
