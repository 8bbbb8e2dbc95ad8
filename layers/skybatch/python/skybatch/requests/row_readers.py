"""The rows of one table, by mode: positions, coadd keys, scans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from skybatch.errors import TooLarge
from skybatch.requests import values
from skybatch.requests.columns.cells import TableCells
from skybatch.requests.columns.roles import roles_of
from skybatch.requests.crop_sizes import SizeReader
from skybatch.requests.field_parsers import parse_dataset, parse_survey
from skybatch.requests.model import SCAN_IMAGE_SETS, Mode, Row, RowDefaults
from skybatch.requests.position_notices import position_notices
from skybatch.requests.positions import PositionReader, Target
from skybatch.sky.angles import checked_latitude, wrapped
from skybatch.sky.position import SkyPosition
from skybatch.surveys.known import dataset_named, default_survey
from skybatch.surveys.selection import SurveySelection
from skybatch.tables.readers.model import Bounds, Table

DELIVERY_FORMATS = ("fits.gz", "fits", "fz")
# A row of our own tables may also ask for an image just as it is stored.
ROW_DELIVERY_FORMATS = (
    *DELIVERY_FORMATS,
    *(form for product in default_survey().images.values() for form in product.forms),
)


@dataclass(frozen=True)
class RowSource:
    """Where a row's position was read: the frame and unit of its coordinates, and their columns."""

    frame: str | None
    unit: str | None
    columns: tuple[str, ...]


@dataclass(frozen=True)
class TableRows:
    """The rows of one table, where their positions were read, and notices."""

    rows: Sequence[Row]
    sources: Sequence[RowSource | None]
    notices: Sequence[str]


def read_table_rows(cells: TableCells, mode: Mode, defaults: RowDefaults) -> TableRows:
    """Read the rows of a table that has the columns which a mode needs; invalid cells are noted."""
    if mode is Mode.POSITIONS:
        return _position_rows(cells, defaults)
    if mode in (Mode.COADD_KEYS, Mode.IMAGE_IDS):
        sizes, of_row = SizeReader(cells, None), _key_row if mode is Mode.COADD_KEYS else _image_row
        rows = [of_row(cells, index, defaults, sizes) for index in range(len(cells))]
        return TableRows(rows, [None] * len(rows), sizes.notices)
    rows = [_scan_row(cells, index, defaults) for index in range(len(cells))]
    return TableRows(rows, [None] * len(rows), [])


def _position_rows(cells: TableCells, defaults: RowDefaults) -> TableRows:
    """Read a row for each position or name; a name beside a position is its id where there is none."""
    reader, sizes = PositionReader(cells), SizeReader(cells, defaults.size)
    targets = reader.targets()
    labelled = not cells.has("id") and any(target.label for target in targets)
    rows = [
        Row(
            bands=defaults.bands,
            position=target.position,
            name=target.name,
            size=sizes.size(index),
            best_only=cells.value("best", index, values.flag, defaults.best_only),
            **_common_fields(cells, index, target.label if labelled else None),
        )
        for index, target in enumerate(targets)
    ]
    notices = [*position_notices(reader), *sizes.notices]
    if labelled:
        notices.append("The coordinates were used as positions, and the names beside them as ids.")
    known: dict[tuple[object, ...], RowSource | None] = {}
    return TableRows(rows, [_source(target, known) for target in targets], notices)


def _source(target: Target, known: dict[tuple[object, ...], RowSource | None]) -> RowSource | None:
    """Return where a target was read; rows that were read alike share it."""
    key = (target.frame, target.unit, target.columns)
    if key not in known:
        frame = f"{target.frame.system} {target.frame.equinox or ''}".strip() if target.frame else None
        known[key] = RowSource(frame, target.unit, target.columns) if target.columns else None
    return known[key]


def _key_row(cells: TableCells, index: int, defaults: RowDefaults, sizes: SizeReader) -> Row:
    """Read a row for a coadd key, with the position to crop around where the row has one."""
    return Row(
        bands=_bands(cells, index, defaults, _surveys(cells, index, defaults)),
        coadd_key=cells.required("coadd_key", index, values.coadd_key),
        **_crop_fields(cells, index, sizes),
        **_common_fields(cells, index),
    )


def _image_row(cells: TableCells, index: int, defaults: RowDefaults, sizes: SizeReader) -> Row:
    """Read a row for the identifier of an image set, with the position to crop around where it has one."""
    asked = _surveys(cells, index, defaults)
    return Row(
        bands=_bands(cells, index, defaults, asked),
        image_id=cells.required("image_id", index, asked.image_id),
        **_crop_fields(cells, index, sizes),
        **_common_fields(cells, index),
    )


def _scan_row(cells: TableCells, index: int, defaults: RowDefaults) -> Row:
    """Read a row for a date, hemisphere, scan and, if given, image number."""
    return Row(
        bands=_bands(cells, index, defaults, _surveys(cells, index, defaults)),
        date=cells.required("date", index, values.table_date),
        hem=cells.required("hem", index, values.hemisphere),
        scan=cells.required("scan", index, values.scan),
        image=cells.value("image", index, values.image, None),
        **_common_fields(cells, index),
    )


def _surveys(cells: TableCells, index: int, defaults: RowDefaults) -> SurveySelection:
    """Return the survey that a row of a table of this service names, else those of the request."""
    if not cells.header.marked:
        return defaults.surveys
    text = cells.text("survey", index) or cells.text("dataset", index) or cells.header.keywords.get("dataset")
    return defaults.surveys_of(dataset_named(text.lower()) if text else None)


def _bands(cells: TableCells, index: int, defaults: RowDefaults, asked: SurveySelection) -> tuple[str, ...]:
    """Read the bands of a row, of the survey that it names or of the request's."""
    return cells.value("band", index, asked.bands_of_cell, None) or defaults.bands_of(asked)


def _common_fields(cells: TableCells, index: int, label: str | None = None) -> dict[str, Any]:
    """Return the fields of rows of every mode; some only tables of this service have."""
    fields: dict[str, Any] = {
        "row_number": cells.rows_before + index + 1,
        "id": cells.value("id", index, values.row_id, None)
        or (label and label[: values.MAX_GIVEN_ID_CHARACTERS]),
        "given_id": cells.value("given_id", index, values.row_id, None),
        "line": cells.table.lines[index],
    }
    if cells.header.marked:
        keywords = cells.header.keywords
        fields["row_number"] = cells.value("scntr", index, values.row_number, 0)
        dataset = cells.value("dataset", index, parse_dataset, keywords.get("dataset"))
        fields["dataset"] = cells.value("survey", index, parse_survey, dataset)
        fields["image_type"] = cells.value("type", index, values.image_type, None)
        fields["delivery_format"] = cells.value("form", index, parse_delivery_format, keywords.get("form"))
        fields["edge"] = cells.value("edge", index, values.edge_mode, None)
    return fields


def _crop_fields(cells: TableCells, index: int, sizes: SizeReader) -> dict[str, Any]:
    """Return the position (ICRS degrees) and size of a crop, where the row has them."""
    ra = cells.value("req_ra", index, _right_ascension, None)
    dec = cells.value("req_dec", index, _declination, None)
    if ra is None or dec is None:
        return {}
    return {"position": SkyPosition(ra, dec), "size": sizes.size(index)}


def _right_ascension(text: str) -> float:
    return wrapped(values.number(text))


def _declination(text: str) -> float:
    return checked_latitude(values.number(text))


def parse_delivery_format(text: str) -> str:
    """Parse the file format a whole image is delivered in."""
    return values.choice(text, ROW_DELIVERY_FORMATS)


def check_image_sets(tables: Iterable[Table], bounds: Bounds) -> None:
    """Raise TooLarge for scan lists with too many image sets.

    A row without an image number counts as `SCAN_IMAGE_SETS`. What a table of this service may ask for is
    bounded by the number of images of a request, other tables by that of their rows.
    """
    counted, most = 0, 0
    for table in tables:
        most = max(most, bounds.marked_rows if table.header.marked else bounds.rows)
        counted += _image_sets(table)
    if counted > most:
        raise TooLarge(
            f"The table asks for {counted} image sets and may ask for {most}: a row without an image"
            f" number counts as {SCAN_IMAGE_SETS}. Please split it."
        )


def _image_sets(table: Table) -> int:
    column = roles_of(table.header, ("image",)).get("image")
    if column is None:
        return SCAN_IMAGE_SETS * len(table)
    return sum(1 if names_one_image(text) else SCAN_IMAGE_SETS for text in table.cells[column])


def names_one_image(text: str | None) -> bool:
    """Return whether an image cell names a single image; an invalid one does, its error comes later."""
    if text is None:
        return False
    value = values.integer(text)
    return value is None or value > 0
