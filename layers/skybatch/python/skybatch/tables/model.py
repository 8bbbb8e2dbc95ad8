"""Columns and the tables made of them: what every output format is written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from numpy.typing import NDArray

from skybatch.tables.service_descriptor import ServiceDescriptor

DataType: TypeAlias = Literal["char", "int", "long", "double"]
Frame: TypeAlias = Literal["", "FK5", "ICRS"]
Values: TypeAlias = Sequence[Any] | NDArray[Any]


@dataclass(frozen=True)
class Column:
    """One column: its type, meaning, and how its values are written.

    ``datatype`` names VOTable types; ``int`` is 32-bit, ``long`` 64-bit. ``arraysize`` is VOTable's: ``*``
    for text and for arrays of numbers (whose values are an (n, k) array, written as k blank-separated
    numbers), empty for one number a row. ``format`` is a printf form for doubles; empty writes the
    shortest digits that read back as exactly the same number. ``key`` is where a table's data hold the
    values (default: the name), so that two sets may call one fact by two names. ``frame`` marks
    coordinates, ``link`` a column of URLs (the words a page links with), ``options`` the values that may
    stand in it, each with its meaning, ``documentation`` the URL of a page about it.
    """

    name: str
    datatype: DataType
    description: str
    unit: str = ""
    ucd: str = ""
    arraysize: str = ""
    format: str = ""
    frame: Frame = ""
    utype: str = ""
    key: str = ""
    link: str = ""
    options: tuple[tuple[str, str], ...] = ()
    documentation: str = ""

    @property
    def source(self) -> str:
        """The key of the table's data under which this column's values stand."""
        return self.key or self.name

    @property
    def is_text(self) -> bool:
        """Whether the values are text, as against numbers or arrays of numbers."""
        return self.datatype == "char"

    @property
    def is_array(self) -> bool:
        """Whether each value is several numbers."""
        return not self.is_text and bool(self.arraysize)


def text(name: str, description: str, **more: Any) -> Column:
    """Return a column of text of any length, unless ``arraysize`` fixes it."""
    return Column(name, "char", description, **({"arraysize": "*"} | more))


def integer(name: str, description: str, **more: Any) -> Column:
    """Return a column of 32-bit integers."""
    return Column(name, "int", description, **more)


def double(name: str, description: str, **more: Any) -> Column:
    """Return a column of 64-bit floating point numbers."""
    return Column(name, "double", description, **more)


@dataclass(frozen=True)
class Param:
    """A VOTable PARAM: one fact that holds for the entire table, or an input that a service takes."""

    name: str
    value: str
    datatype: DataType = "char"
    arraysize: str = "*"
    ucd: str = ""
    unit: str = ""
    description: str = ""


@dataclass(frozen=True)
class Table:
    """Columns with their values, and what is true of all rows.

    ``data`` maps each column's ``source`` to n values: text (None or "" is null), numbers (None, NaN or a
    masked element is null) or an (n, k) array. It may hold more than the columns show. ``keywords`` reach
    every format that has a place for them (IPAC keyword lines, VOTable PARAMs), ``params`` VOTable alone;
    ``notes`` are sentences for people. ``overflow`` says that the answer was cut off, and why. ``services``
    are described in VOTables alone. ``home`` is the address of the table's page, to which HTML leads back.
    ``cell_lines`` gives each cell of a VOTable a line of its own, URLs as
    CDATA: the same XML, for programs that split its text.

    Raises
    ------
    ValueError
        When a column has no values, or columns differ in length.
    """

    columns: tuple[Column, ...]
    data: Mapping[str, Values]
    keywords: Mapping[str, str] = field(default_factory=dict)
    params: tuple[Param, ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()
    overflow: str = ""
    services: tuple[ServiceDescriptor, ...] = ()
    cell_lines: bool = False
    home: str = ""

    def __post_init__(self) -> None:
        missing = [column.source for column in self.columns if column.source not in self.data]
        if missing:
            raise ValueError(f"no values for {', '.join(missing)}")
        lengths = {column.name: len(self.data[column.source]) for column in self.columns}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"columns of different lengths: {lengths}")

    def __len__(self) -> int:
        return len(self.data[self.columns[0].source]) if self.columns else 0

    def values(self, column: Column, rows: slice = slice(None)) -> Values:
        """Return the values of a column in a range of rows."""
        return self.data[column.source][rows]
