"""Image search by position and by a condition over the archive's columns: ``/ibe/search``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from skybatch.sky.position import SkyPosition
from skybatch.surveys.description.survey import Survey
from skybatch.surveys.known import survey_of
from skybatch.tables.model import Column, Table, Values, text
from skybatch.tables.schemas.search import INPUT_POSITION, native_search
from skybatch.vo.ibe.several_positions import find_at
from skybatch.vo.parameters import Parameters, refused
from skybatch.vo.pos_size import BoxSearch, box_search, box_searches
from skybatch.vo.responses import TableResponse, response_format, table_of
from skybatch.vo.search_budget import SearchBudget
from skybatch.vo.search_images import FoundImages, Predicate, find_images

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from skybatch.inventory.image_sets import ImageSets
    from skybatch.inventory.inventory import Inventory

METADATA_COLUMNS: tuple[Column, ...] = (
    text("name", "Name of the column."),
    text("description", "What it means."),
    text("datatype", "Type of its values."),
    text("unit", "Unit of its values."),
    text("ucd", "Unified content descriptor."),
)


def search(
    parameters: Parameters, inventory: Inventory, positions: Sequence[SkyPosition] = (), root: str = ""
) -> TableResponse:
    """Answer a search of one data set, at the ``positions`` of an uploaded table instead of POS.

    ``root`` is the address of the service.

    Raises MalformedRequest; TooLarge where it would take too long.
    """
    fmt = response_format(parameters, "ct", parameters.text("responseformat", "ipac"))
    survey = survey_of(inventory.dataset)
    if parameters.text("format").lower() == "metadata":
        return TableResponse(metadata_table(survey), fmt)
    columns = requested_columns(parameters, survey, with_table=bool(positions))
    boxes, condition = _boxes(parameters, positions), parameters.text("where")
    if not boxes and not condition:
        raise refused("POS", "", "or where must be given")
    max_rows = parameters.max_rows()
    budget = SearchBudget()
    # Refused, if it cannot be read, before anything is looked up.
    predicate = _predicate(condition, survey, budget)
    if positions:
        found, numbers = find_at(inventory, boxes, predicate, max_rows, budget)
    else:
        found = _find(inventory, boxes[0] if boxes else None, condition, predicate, max_rows, budget)
        numbers = [0] * len(found)
    stored = tuple(column for column in columns if column not in INPUT_POSITION)
    table = table_of(found, stored, lambda _: "", title=_title(survey), max_rows=max_rows, root=root)
    if not boxes:
        return TableResponse(table, fmt)
    # Which columns there are is the caller's to say, but of a table one must know the row.
    shown = columns if parameters.text("columns") and not positions else (*INPUT_POSITION, *stored)
    return TableResponse(_with_input(table, shown, boxes, numbers), fmt)


def _boxes(parameters: Parameters, positions: Sequence[SkyPosition]) -> list[BoxSearch]:
    """Read what is searched for at each position, or at POS where it is given."""
    if positions:
        return box_searches(parameters, positions)
    single = box_search(parameters)
    return [] if single is None else [single]


def _title(survey: Survey) -> str:
    return f"{survey.short} image metadata"


def _with_input(
    table: Table, columns: tuple[Column, ...], boxes: Sequence[BoxSearch], numbers: Sequence[int]
) -> Table:
    """Return a table with other columns, among them the position that each image was found for."""
    asked = [boxes[number].box for number in numbers]
    values: dict[str, Values] = {
        "in_row_id": [number + 1 for number in numbers],
        "in_ra": [box.ra for box in asked],
        "in_dec": [box.dec for box in asked],
    }
    return replace(table, columns=columns, data={**table.data, **values})


def _find(
    inventory: Inventory,
    box: BoxSearch | None,
    condition: str,
    predicate: Predicate | None,
    max_rows: int,
    budget: SearchBudget,
) -> FoundImages:
    sets = _sets_without_position(condition, inventory) if box is None else box.sets(inventory)
    centred = box is not None and box.most_centred
    return find_images(
        inventory,
        sets,
        max_rows,
        matches=predicate,
        first_of_each_band=centred,
        before_reading=budget.charge_sets,
    )


def _sets_without_position(condition: str, inventory: Inventory) -> NDArray[np.intp]:
    """Return the sets that the condition names, else all there are."""
    from skybatch.vo.where.pushdown import named_sets

    named = named_sets(condition, inventory)
    return np.arange(inventory.size) if named is None else named


def _predicate(condition: str, survey: Survey, budget: SearchBudget) -> Predicate | None:
    if not condition:
        return None
    # Here, because the parser costs 50 ms of a cold start.
    from skybatch.vo.where.columns import ImageColumns, constant_columns, kinds, steps_of_written
    from skybatch.vo.where.evaluator import compile_condition

    compiled = compile_condition(condition, kinds(survey), constant_columns(survey))
    steps = compiled.steps + steps_of_written(condition, survey)
    last: list[tuple[ImageSets, dict[str, Any]]] = []

    def matches(details: ImageSets, band: str) -> NDArray[np.bool_]:
        if not last or last[0][0] is not details:  # the bands of one chunk of sets come one after another
            last[:] = [(details, {})]
        budget.charge_rows(steps, len(details))
        columns = ImageColumns(details, band, last[0][1])
        return compiled.matches(columns, len(details), budget.check_time)

    return matches


def requested_columns(
    parameters: Parameters, survey: Survey, *, with_table: bool = False
) -> tuple[Column, ...]:
    """Return the columns that ``columns`` names, in that order; all without it. Raises MalformedRequest."""
    stored = {column.name: column for column in native_search(survey)}
    asked = {column.name: column for column in INPUT_POSITION if with_table or parameters.named("pos")}
    known = {**stored, **asked}
    words = [word.lower() for word in parameters.text("columns").replace(",", " ").split()]
    for word in words:
        if word not in known:
            raise refused("columns", word, f"is no column; columns are {', '.join(known)}")
    return tuple(known[word] for word in dict.fromkeys(words)) or tuple(stored.values())


def metadata_table(survey: Survey) -> Table:
    """Answer FORMAT=METADATA: a row for each column there is."""
    listed = [replace(column, arraysize="") if column.is_text else column for column in native_search(survey)]
    data: dict[str, Values] = {
        "name": [column.name for column in listed],
        "description": [column.description for column in listed],
        "datatype": [column.datatype for column in listed],
        "unit": [column.unit for column in listed],
        "ucd": [column.ucd for column in listed],
    }
    return Table(METADATA_COLUMNS, data, title=_title(survey))
