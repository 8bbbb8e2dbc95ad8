"""The tables of a finished batch: its images by what became of them, and the rows of the request."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from skybatch.batch.codes import ImageStatus, Remainder
from skybatch.batch.delivery.previews import MOST_BYTES, preview_name
from skybatch.batch.file_names import delivered_path, table_of_survey
from skybatch.batch.outcomes import ImageOutcome, with_status
from skybatch.batch.plan import Task
from skybatch.batch.reasons import cut_at_edge_reason
from skybatch.batch.record import BatchRecord
from skybatch.batch.request_facts import survey_ids
from skybatch.batch.results.batch_results import BatchResults, ImageSetsByDataset
from skybatch.batch.results.generated_file import GeneratedFile
from skybatch.fits.edge_mode import EdgeMode
from skybatch.requests.model import Mode, Request, Row
from skybatch.sky.position import SkyPosition
from skybatch.surveys.addresses import address_of_key
from skybatch.surveys.known import survey_of
from skybatch.surveys.selection import selection
from skybatch.tables.model import Table
from skybatch.tables.schemas.batch import batch_rows, rows_of_surveys
from skybatch.tables.schemas.image_rows import ImageRows
from skybatch.tables.schemas.image_table import image_table
from skybatch.tables.schemas.several_surveys import common_table, survey_table
from skybatch.tables.writers.formats import MEDIA_TYPES, Format, chunks

TABLE_FORMATS: tuple[Format, ...] = ("tbl", "xml", "csv", "html")
NO_BOX = (0, 0, 0, 0)

# Name of the table -> the status of the images in it.
IMAGE_TABLES = {
    "images": ImageStatus.RETRIEVED,
    str(Remainder.UNRETRIEVED): ImageStatus.OVER_LIMIT,
    str(Remainder.FAILED): ImageStatus.FAILED,
}
TABLE_TITLES = {
    "images": "Images retrieved",
    str(Remainder.UNRETRIEVED): "Images beyond the limit of this batch: post this table back to have them",
    str(Remainder.FAILED): "Images that could not be delivered",
}


def result_tables(results: BatchResults, image_sets: ImageSetsByDataset) -> Iterator[GeneratedFile]:
    """Write each table in each format; tables of images only where there are some."""
    request, home = results.request, results.record.url("results") if results.record.base_url else ""
    shape = {
        "positions": any(_position(request, row) is not None for row in request.rows),
        "padded": any(task.edge is EdgeMode.PAD for task in results.plan.tasks),
    }
    make = common_table if request.surveys else image_table
    for name, status in IMAGE_TABLES.items():
        chosen = with_status(results.plan, results.outcomes, status)
        if not chosen:
            continue
        images = _image_rows(results, chosen)
        for fmt in TABLE_FORMATS:
            table = make(image_sets, images, fmt, title=TABLE_TITLES[name], **shape)
            yield _table_file(name, replace(table, home=home), fmt)
        if request.surveys and status is ImageStatus.RETRIEVED:
            yield from _tables_of_surveys(images, image_sets, shape, home)
    rows = replace(rows_table(results), home=home)
    for fmt in TABLE_FORMATS:
        yield _table_file("rows", rows, fmt)


def _tables_of_surveys(
    images: ImageRows, image_sets: ImageSetsByDataset, shape: Mapping[str, bool], home: str
) -> Iterator[GeneratedFile]:
    """Write the images of each of several surveys with all that this survey tells of them."""
    for dataset in dict.fromkeys(images.dataset):
        survey = survey_of(dataset)
        title = f"{TABLE_TITLES['images']}: {survey.dataset_title(dataset)}"
        for fmt in TABLE_FORMATS:
            table = survey_table(dataset, image_sets[dataset], images, fmt, title=title, **shape)
            yield _table_file(table_of_survey(survey.survey_id(dataset)), replace(table, home=home), fmt)


def _image_rows(results: BatchResults, chosen: Sequence[tuple[Task, ImageOutcome]]) -> ImageRows:
    record, request = results.record, results.request
    rows = [request.rows[task.row] for task, _ in chosen]
    positions = [_position(request, row) for row in rows]
    return ImageRows(
        dataset=[task.dataset for task, _ in chosen],
        set_index=[task.set_index for task, _ in chosen],
        band=[task.band for task, _ in chosen],
        type=[task.image_type.letter for task, _ in chosen],
        url=[_image_url(record, task, outcome) for task, outcome in chosen],
        preview=[_preview_url(record, task, outcome) for task, outcome in chosen],
        row_number=[task.row_number for task, _ in chosen],
        id=[task.id for task, _ in chosen],
        status=[str(outcome.status) for _, outcome in chosen],
        reason=[outcome.explanation for _, outcome in chosen],
        file=[delivered_path(task.file) for task, _ in chosen],
        bytes=[outcome.bytes or task.bytes for task, outcome in chosen],
        md5=[results.md5.get(task.file) for task, _ in chosen],
        delivery_format=[task.delivery_format for task, _ in chosen],
        req_ra=[position and position.ra for position in positions],
        req_dec=[position and position.dec for position in positions],
        size=[row.size for row in rows],
        edge_dist=[task.edge_dist for task, _ in chosen],
        given_id=[row.given_id for row in rows],
        cut_at_edge=[_yes_or_no(task) for task, _ in chosen],
        edge=[str(task.edge) if task.box else None for task, _ in chosen],
        service=record.base_url,
        box=np.array([_box(task) for task, _ in chosen], dtype=np.int64),
    )


def _position(request: Request, row: Row) -> SkyPosition | None:
    """Give the position that a row's images were found for; a region's centre is none."""
    return None if request.mode is Mode.REGION else row.position


def _image_url(record: BatchRecord, task: Task, outcome: ImageOutcome) -> str:
    """Give the address of the delivered file; of the stored image where none was delivered."""
    if outcome.status is ImageStatus.RETRIEVED:
        return record.image_url(task.file)
    address = address_of_key(task.source)
    return f"{record.base_url}/ibe/data/{address}" if record.base_url else address


def _preview_url(record: BatchRecord, task: Task, outcome: ImageOutcome) -> str | None:
    if outcome.status is not ImageStatus.RETRIEVED or not record.base_url or outcome.bytes > MOST_BYTES:
        return None
    return record.preview_url(preview_name(task.file))


def rows_table(results: BatchResults) -> Table:
    """Make the table of the request's rows with their outcomes."""
    rows = [results.request.rows[outcome.row] for outcome in results.rows]
    request = results.request
    region, asked = request.region, selection(*request.datasets)
    positions = [row.position or (region.center if region else None) for row in rows]
    columns: dict[str, Sequence[Any]] = {
        # Tables of a region name no rows; posted back, their rows count from 1 again.
        "row": [row.row_number or i for i, row in enumerate(rows, 1)],
        "ra": [position and position.ra for position in positions],
        "dec": [position and position.dec for position in positions],
        "name": [row.name or (region.name if region else None) for row in rows],
        "best": ["y" if row.best_only else "n" for row in rows],
        "band": [
            (selection(row.dataset) if row.dataset and request.surveys else asked).bands_text(row.bands)
            for row in rows
        ],
        "xdate": [row.date for row in rows],
        "outcome": [str(outcome.status) for outcome in results.rows],
        "reason": _row_reasons(results),
    }
    for name in ("id", "given_id", "size", "image_id", "coadd_key", "hem", "scan", "image"):
        columns[name] = [getattr(row, name) for row in rows]
    columns["absent"] = [outcome.absent.images if outcome.absent else 0 for outcome in results.rows]
    for status in IMAGE_TABLES.values():
        columns[str(status)] = [outcome.counts.get(status, 0) for outcome in results.rows]
    if not request.surveys:
        own = batch_rows(survey_of(request.dataset))
        data = {column.source: columns[column.name] for column in own}
        return Table(own, data, title="Rows of the request")
    return _rows_of_surveys(results, columns)


def _rows_of_surveys(results: BatchResults, columns: Mapping[str, Sequence[Any]]) -> Table:
    """Make the table of rows with the outcome of each in each of several surveys."""
    request = results.request
    ids = survey_ids(request.surveys)
    named = [ids.get(request.rows[outcome.row].dataset or "") for outcome in results.rows]
    by_survey = dict(zip(ids.values(), results.by_survey.values(), strict=True))
    own = rows_of_surveys([survey_of(dataset) for dataset in request.surveys], tuple(ids.values()))
    data = {column.source: columns[column.name] for column in own if column.name in columns}
    outcomes = {survey: [str(status) for status in statuses] for survey, statuses in by_survey.items()}
    return Table(own, {**data, **outcomes, "survey": named}, title="Rows of the request")


def _box(task: Task) -> tuple[int, int, int, int]:
    box = task.box
    return (*box.corner, box.width, box.height) if box else NO_BOX


def _yes_or_no(task: Task) -> str | None:
    """Write whether a crop reaches beyond its image; nothing for a whole image."""
    return None if task.box is None else "y" if task.cut_at_edge else "n"


def _row_reasons(results: BatchResults) -> list[str | None]:
    """Write why images of each row are missing, and how many of its crops reach beyond their image."""
    crops = [task for task, _ in results.retrieved if task.box is not None]
    by_row = Counter(task.row for task in crops)
    cut = Counter(task.row for task in crops if task.cut_at_edge)
    missing = {outcome.row: outcome.explanation for outcome in results.rows}
    both = [(why, cut_at_edge_reason(cut[row], by_row[row])) for row, why in missing.items()]
    return ["; ".join(filter(None, reasons)) or None for reasons in both]


def _table_file(name: str, table: Table, fmt: Format) -> GeneratedFile:
    return GeneratedFile(f"{name}.{fmt}", chunks(table, fmt), MEDIA_TYPES[fmt])
