"""Service descriptors: services for the rows of a table (IVOA DataLink 1.1, section 4)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class InputParameter:
    """One parameter of a service. ``ref`` is the ID of the column that fills it, ``value`` a fixed value."""

    name: str
    datatype: str = "char"
    arraysize: str = "*"
    value: str = ""
    ref: str = ""
    xtype: str = ""
    ucd: str = ""
    unit: str = ""
    description: str = ""


@dataclass(frozen=True)
class ServiceDescriptor:
    """A service at ``url`` that follows an IVOA standard; ``name`` is its ID in the document."""

    name: str
    standard: str
    url: str
    inputs: tuple[InputParameter, ...]
