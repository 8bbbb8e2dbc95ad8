"""Columns of a VOTable and the coordinate systems that they refer to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from skybatch.tables.readers.model import Column
from skybatch.tables.readers.unit_words import named_column

_STC_FRAME = "coordrefframe"
_STC_EQUINOX = ("coordequinox", "equinox")


@dataclass(frozen=True)
class Field:
    """A column as its FIELD element describes it; ``frame`` is the ID that it or a group refers it to."""

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
        get = attributes.get
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
    """A coordinate system of the document, and the columns that a group refers to it."""

    system: str | None = None
    equinox: str | None = None


class Frames:
    """The coordinate systems of a document: COOSYS elements, and the groups of STC in VOTable 1.2 (Note STC).

    An epoch of theirs is a time of observation and is not kept.
    """

    def __init__(self) -> None:
        self._by_id: dict[str, Frame] = {}
        self._of_field: dict[str, Frame] = {}
        self._all: list[Frame] = []
        self._groups: list[tuple[Frame, list[str]]] = []

    def note(self, element: str, attributes: Mapping[str, str]) -> None:
        """Take in a COOSYS, a GROUP or an element inside one."""
        if element == "COOSYS":
            frame = Frame(attributes.get("system") or None, attributes.get("equinox") or None)
            self._keep(frame, attributes.get("ID", ""))
        elif element == "GROUP":
            self._groups.append((Frame(), []))
            if reference := attributes.get("ref"):
                self._groups[-1][1].append("\0" + reference)
        elif self._groups and element == "FIELDref":
            self._groups[-1][1].append(attributes.get("ref", ""))
        elif self._groups and element == "PARAM":
            self._note_stc(attributes)

    def _note_stc(self, attributes: Mapping[str, str]) -> None:
        utype = attributes.get("utype", "").rpartition(".")[2].lower()
        frame = self._groups[-1][0]
        if utype == _STC_FRAME:
            frame.system = attributes.get("value") or None
        elif utype in _STC_EQUINOX:
            frame.equinox = attributes.get("value") or None

    def _keep(self, frame: Frame, identifier: str) -> None:
        self._all.append(frame)
        if identifier:
            self._by_id[identifier] = frame

    def end_group(self) -> None:
        """Close a GROUP: its columns are in the system that it names or refers to."""
        if not self._groups:
            return
        frame, references = self._groups.pop()
        for reference in [each[1:] for each in references if each.startswith("\0")]:
            frame = self._by_id.get(reference, frame)
        if frame.system:
            if frame not in self._all:
                self._all.append(frame)
            self._of_field.update({reference: frame for reference in references if reference[:1] != "\0"})

    def described(self, field: Field) -> Column:
        """Make the column of a field, with the system it refers to, or the document's only one."""
        frame = self._by_id.get(field.frame) or self._of_field.get(field.identifier)
        if frame is None and len(self._all) == 1:
            frame = self._all[0]
        column = named_column(field.name, datatype=field.datatype, ucd=field.ucd or None)
        if field.unit:
            column = replace(column, unit=field.unit)
        if frame is not None:
            column = replace(column, system=frame.system, equinox=frame.equinox)
        return column
