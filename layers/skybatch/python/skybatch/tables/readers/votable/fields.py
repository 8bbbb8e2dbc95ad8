"""Columns of a VOTable, and the coordinate systems that they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from skybatch.tables.readers.model import Column
from skybatch.tables.readers.unit_words import named_column

MOST_CHARACTERS = 1000  # of an attribute
_STC_FRAME = "coordrefframe"
_STC_EQUINOX = ("coordequinox", "equinox")


@dataclass(frozen=True)
class Field:
    """A column as its FIELD element describes it; ``frame`` is the ID of the COOSYS that it refers to."""

    name: str
    datatype: str
    arraysize: str
    unit: str = ""
    ucd: str = ""
    identifier: str = ""
    frame: str = ""
    null: str | None = None

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> Field:
        """Read the element's attributes; a column without a name goes by its ID."""
        cut = {name: value[:MOST_CHARACTERS] for name, value in attributes.items()}
        get = cut.get
        identifier = get("ID", "")
        return cls(
            (get("name") or identifier).strip(),
            get("datatype", "char"),
            get("arraysize", "").strip(),
            get("unit", "").strip(),
            get("ucd", "").strip(),
            identifier,
            get("ref", ""),
        )

    def with_null(self, null: str) -> Field:
        """Give the column its null value."""
        return replace(self, null=null)


@dataclass
class Frame:
    """A coordinate system of the document."""

    system: str | None = None
    equinox: str | None = None


@dataclass
class Group:
    """A GROUP while its elements are met: a system, or a reference to one, and the columns that are in it."""

    reference: str
    frame: Frame = field(default_factory=Frame)
    fields: list[str] = field(default_factory=list)


class Frames:
    """The coordinate systems of a document: COOSYS, and the groups of STC in VOTable 1.2 (Note STC).

    Their epoch is a time of observation and is not kept.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Frame] = {}
        self._of_field: dict[str, Frame] = {}
        self._distinct: dict[tuple[str | None, str | None], Frame] = {}
        self._groups: list[Group] = []

    @property
    def in_group(self) -> bool:
        """Whether a GROUP is open."""
        return bool(self._groups)

    def note(self, element: str, attributes: Mapping[str, str]) -> None:
        """Note a COOSYS, a GROUP or an element inside one."""
        if element == "COOSYS":
            frame = Frame(attributes.get("system") or None, attributes.get("equinox") or None)
            self._keep(frame)
            self._by_id[attributes.get("ID", "")] = frame
        elif element == "GROUP":
            self._groups.append(Group(attributes.get("ref", "")))
        elif self._groups and element == "FIELDref":
            self._groups[-1].fields.append(attributes.get("ref", ""))
        elif self._groups and element == "PARAM":
            self._note_stc(self._groups[-1].frame, attributes)

    def _note_stc(self, frame: Frame, attributes: Mapping[str, str]) -> None:
        utype = attributes.get("utype", "").rpartition(".")[2].lower()
        if utype == _STC_FRAME:
            frame.system = attributes.get("value") or None
        elif utype in _STC_EQUINOX:
            frame.equinox = attributes.get("value") or None

    def _keep(self, frame: Frame) -> None:
        self._distinct.setdefault((frame.system, frame.equinox), frame)

    def end_group(self) -> None:
        """Close a GROUP: its columns are in the system that it names or refers to."""
        if not self._groups:
            return
        group = self._groups.pop()
        frame = self._by_id.get(group.reference, group.frame) if group.reference else group.frame
        if frame.system:
            self._keep(frame)
            self._of_field.update(dict.fromkeys(group.fields, frame))

    def described(self, described: Field) -> Column:
        """Make the column of a field, with the system it refers to, or the document's only one."""
        frame = self._by_id.get(described.frame) if described.frame else None
        frame = frame or self._of_field.get(described.identifier)
        if frame is None and len(self._distinct) == 1:
            (frame,) = self._distinct.values()
        column = named_column(described.name, datatype=described.datatype, ucd=described.ucd or None)
        if described.unit:
            column = replace(column, unit=described.unit)
        if frame is not None:
            column = replace(column, system=frame.system, equinox=frame.equinox)
        return column
