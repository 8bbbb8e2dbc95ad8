"""The columns of a survey's own in tables, as its description has them, and the order it gives to all.

A description orders its columns among groups of the service's own, such as ``@link``; each kind of table
knows its groups.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from skybatch.surveys.description.metadata import Column as DescribedColumn
from skybatch.surveys.description.survey import Survey
from skybatch.tables.model import Column

# A group's columns, for a survey and what stands after the group's colon.
Group = Callable[[Survey, tuple[str, ...]], Sequence[Column]]

# Facts of geometry that are written from others; the rest are facts of image sets by the same name.
WRITTEN_GEOMETRY = ("ctype1", "ctype2", "equinox")


def survey_column(survey: Survey, name: str) -> Column:
    """Return a column of a description as tables have it."""
    given = survey.columns[name]
    said = survey.columns[given.like] if given.like else given
    return Column(
        name=given.name or name,
        datatype=said.type,
        description=said.doc,
        unit=said.unit,
        ucd=said.ucd,
        arraysize=given.size or said.size or ("*" if said.type == "char" else ""),
        format=said.format,
        key=column_source(given.like or name, said),
        options=tuple(said.options.items()),
    )


def column_source(name: str, column: DescribedColumn) -> str:
    """Return the key under which a table's data hold the values of a column."""
    kind, _, what = column.of.partition(":")
    if kind in ("field", "row") or (kind == "geometry" and what not in WRITTEN_GEOMETRY):
        return what
    return name if column.of in ("set", "band") else column.of


def ordered_columns(survey: Survey, order: Sequence[str], groups: Mapping[str, Group]) -> tuple[Column, ...]:
    """Return the columns of a table in the order of a description, groups replaced by their columns.

    Raises
    ------
    KeyError
        For a group that this kind of table has not.
    """
    columns: list[Column] = []
    for name in order:
        columns += _group(survey, name, groups) if name.startswith("@") else [survey_column(survey, name)]
    return tuple(columns)


def fixed(*columns: Column) -> Group:
    """Return a group of columns that are the same for all surveys."""
    return lambda survey, arguments: columns


def _group(survey: Survey, name: str, groups: Mapping[str, Group]) -> Sequence[Column]:
    word, _, arguments = name[1:].partition(":")
    return groups[word](survey, tuple(arguments.split(",")))
