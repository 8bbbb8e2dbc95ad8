"""Tables of images of several surveys: the columns that all surveys have, and one survey's own beside them.

A union of all columns would have a band that is a word here and a number there, and cells without meaning;
so a batch's table has what is common, in every format alike, and for each survey there is a table with its
full set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, cast

import numpy as np

from skybatch.sky.image_frames import ImageFrame
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.image_type import ImageType
from skybatch.surveys.known import survey_of
from skybatch.tables.model import Column, Frame, Table, Values, integer, text
from skybatch.tables.schemas.batch import FILE_NAME, MIDDLE
from skybatch.tables.schemas.common import (
    BAND,
    CENTER,
    CORNERS,
    CUT_AT_EDGE,
    DELIVERY,
    DELIVERY_FORMAT,
    EDGE,
    EDGE_DIST,
    GIVEN_ID,
    ID,
    IMAGE_ID,
    NAXIS1_NAXIS2,
    PIXEL_SCALE,
    QUICKLOOK_CAUTION,
    REQUESTED,
    ROW_NUMBER_DESCRIPTION,
    SURVEY,
    TABLE_MARKER_COLUMN,
    band_column,
    type_column,
)
from skybatch.tables.schemas.image_rows import ImageRows, ImageSetFacts
from skybatch.tables.schemas.image_table import absent_columns, image_data, image_table
from skybatch.tables.schemas.marker import TABLE_MARKER, TABLE_MARKER_WITH_SURVEYS
from skybatch.tables.schemas.sia_columns import URL, renamed
from skybatch.tables.writers.formats import Format

_LINKS = (
    text("file", "URL of the image.", link="image", key="url"),
    text("preview", "URL of a page or picture that shows the image.", link="preview"),
)
_NAMED = (SURVEY, IMAGE_ID)


def common_columns(surveys: Sequence[Survey], fmt: Format) -> tuple[Column, ...]:
    """Return the columns of images that these surveys have in common, as a format has them.

    Coordinates are FK5 where the images of all surveys are, else ICRS.
    """
    kind, frame = _one_of([type_column(survey) for survey in surveys]), common_frame(surveys)
    band = replace(_one_of([band_column(survey) for survey in surveys]), ucd=BAND.ucd)
    if fmt == "html":
        middle = tuple(replace(each, frame=frame) for each in MIDDLE)
        row = integer("row", ROW_NUMBER_DESCRIPTION, key="row_number")
        shown = (row, ID, SURVEY, FILE_NAME, band, kind, IMAGE_ID, *middle, *DELIVERY[:2], DELIVERY[3])
        return (*shown, EDGE_DIST, *_LINKS, CUT_AT_EDGE)
    place = tuple(replace(each, frame=frame) for each in (*CENTER, *CORNERS))
    number = integer("scntr", ROW_NUMBER_DESCRIPTION, key="row_number")
    marker = () if fmt in ("tbl", "xml") else (TABLE_MARKER_COLUMN,)
    image = (renamed(URL, "download"), ID, number, *_NAMED, FILE_NAME, band, kind)
    delivery = (*REQUESTED, *DELIVERY, EDGE_DIST, DELIVERY_FORMAT)
    shape = (*place, *NAXIS1_NAXIS2, PIXEL_SCALE)
    return (*image, *shape, *delivery, *marker, GIVEN_ID, CUT_AT_EDGE, EDGE)


def common_frame(surveys: Iterable[Survey]) -> Frame:
    """Return the frame in which images of all these surveys are told: FK5 where it is that of all."""
    return "FK5" if all(survey.header.frame == "FK5" for survey in surveys) else "ICRS"


def _one_of(columns: Sequence[Column]) -> Column:
    """Return one column for those of several surveys, with the values of all."""
    first = columns[0]
    options = dict(option for column in columns for option in column.options)
    descriptions = dict.fromkeys(column.description for column in columns)
    return replace(first, description=" ".join(descriptions), options=tuple(options.items()))


def common_table(
    sets: Mapping[str, ImageSetFacts],
    images: ImageRows,
    fmt: Format,
    *,
    title: str = "",
    positions: bool | None = None,
    padded: bool = False,
) -> Table:
    """Return a batch's table of images of several surveys, with the columns that all have.

    Parameters are those of `image_table`.
    """
    surveys = list(dict.fromkeys(survey_of(dataset) for dataset in sets))
    absent = absent_columns(images, positions, padded)
    columns = tuple(column for column in common_columns(surveys, fmt) if column.name not in absent)
    return Table(
        columns,
        _common_data(sets, images, columns, common_frame(surveys)),
        keywords={TABLE_MARKER: TABLE_MARKER_WITH_SURVEYS},
        title=title,
        notes=(QUICKLOOK_CAUTION,) if ImageType.QUICKLOOK.letter in images.type else (),
    )


def survey_table(
    dataset: str,
    facts: ImageSetFacts,
    images: ImageRows,
    fmt: Format,
    *,
    title: str,
    positions: bool | None = None,
    padded: bool = False,
) -> Table:
    """Return the table of the images of one survey among several: its full set, and what names the image."""
    own = rows_of(images, np.flatnonzero(np.asarray(images.dataset) == dataset))
    table = image_table({dataset: facts}, own, fmt, title=title, positions=positions, padded=padded)
    added = tuple(column for column in _NAMED if column.name not in {each.name for each in table.columns})
    columns = (*table.columns, *added)
    data = {**table.data, **image_data({dataset: facts}, own, added)}
    if TABLE_MARKER in data:
        data[TABLE_MARKER] = [TABLE_MARKER_WITH_SURVEYS] * len(own)
    keywords = {**table.keywords, TABLE_MARKER: TABLE_MARKER_WITH_SURVEYS}
    return replace(table, columns=columns, data=data, keywords=keywords)


def rows_of(images: ImageRows, at: np.ndarray[Any, Any]) -> ImageRows:
    """Return the images at these places."""
    taken: dict[str, Any] = {}
    places = at.tolist()
    for each in fields(images):
        values = getattr(images, each.name)
        if values is None or isinstance(values, str):  # nothing, or what holds for all
            taken[each.name] = values
        else:
            taken[each.name] = values[at] if isinstance(values, np.ndarray) else _at(values, places)
    return ImageRows(**taken)


def _at(values: Sequence[Any], places: Sequence[int]) -> list[Any]:
    return [values[place] for place in places]


def _common_data(
    sets: Mapping[str, ImageSetFacts], images: ImageRows, columns: Sequence[Column], frame: Frame
) -> dict[str, Values]:
    """Return values for columns of images of several surveys, each worked out among its own survey's."""
    merged = {column.source: np.full(len(images), None, object) for column in columns}
    datasets = np.asarray(images.dataset)
    for dataset, facts in sets.items():
        at = np.flatnonzero(datasets == dataset)
        if not len(at):
            continue
        own = image_data({dataset: facts}, rows_of(images, at), columns)
        for source, values in _in_frame(own, survey_of(dataset), frame).items():
            merged[source][at] = values
    marks = {TABLE_MARKER: [TABLE_MARKER_WITH_SURVEYS] * len(images)}
    return cast("dict[str, Values]", merged | marks)


def _in_frame(data: dict[str, Values], survey: Survey, frame: Frame) -> dict[str, Values]:
    """Return data with the coordinates of images, those of their survey, in a frame."""
    own = ImageFrame(survey.header.frame)
    if own == frame:
        return data
    turned: dict[str, Values] = {}
    for corner in ("", "1", "2", "3", "4"):
        names = f"ra{corner}", f"dec{corner}"
        if names[0] in data:
            turned |= zip(names, own.to_icrs(*(np.asarray(data[name]) for name in names)), strict=True)
    return data | turned
