"""Region files of SAOImage DS9: each circle, point, ellipse, box or annulus is a position.

The format is that of the DS9 reference manual, section "Regions". Sizes are not used; a crop is asked for by
the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from skybatch.tables.readers.model import (
    Bounds,
    Column,
    Header,
    Record,
    Rows,
    Select,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.text import lines_of
from skybatch.validation import ErrorCollector

POINTS = frozenset({"circle", "point", "ellipse", "box", "annulus", "text", "panda", "epanda", "bpanda"})
SHAPES = POINTS | {"polygon", "line", "vector", "segment", "ruler", "compass", "projection", "composite"}
# Coordinate systems on the sky, and what `csys` and `equinox` say for them.
SYSTEMS = {
    "fk5": ("fk5", "J2000"),
    "j2000": ("fk5", "J2000"),
    "fk4": ("fk4", "B1950"),
    "b1950": ("fk4", "B1950"),
    "icrs": ("icrs", ""),
    "galactic": ("gal", ""),
    "ecliptic": ("ecl", "J2000"),
}
OFF_SKY = frozenset({"image", "physical", "linear", "detector", "amplifier", "tile", "wcs"})
COLUMNS = tuple(Column(name) for name in ("ra", "dec", "csys", "equinox", "id"))

_SHAPE = re.compile(
    rf"(?:#\s*)?([+-]?)\s*({'|'.join(sorted(SHAPES))})\s*(?:\(\s*|\s)([^)#]*)\)?", re.IGNORECASE
)
_TEXT = re.compile(r"\btext\s*=\s*(?:\{([^{}]{0,200})|\"([^\"]{0,200})|'([^']{0,200}))")
_DS9, _CASA = re.compile(r"#\s*Region file format: DS9", re.IGNORECASE), re.compile("#CRTF", re.IGNORECASE)
_PROPERTY = re.compile(r"[A-Za-z0-9_]+\s*=")


def is_region_file(text: str) -> bool:
    """Tell whether one of the first lines is that of a region file."""
    lines = [line.strip() for line in text[:20_000].split("\n")[:50]]
    if any(_DS9.match(line) or _CASA.match(line) for line in lines):
        return True
    statements = [part.strip() for line in lines if not line.startswith("#") for part in line.split(";")]
    return any("(" in part and _SHAPE.match(part) for part in statements)


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read the positions of a region file, one a region.

    Raises InvalidRequest naming each region that is no position: polygons and lines, excluded regions,
    regions in pixels of an image; and for a file of CASA.
    """
    if _CASA.match(text.lstrip()):
        raise unreadable_table("this is a region file of CASA; save it in the format of DS9")
    header = Header("ds9 region file", COLUMNS)
    regions = _Regions()
    rows = Rows(header, dict(select(header)), regions.records(lines_of(text, bounds)))
    table = collect(rows, bounds)
    regions.errors.raise_if_any()
    notices = [f"{len(table)} regions of a ds9 region file were read as positions."]
    if regions.sized:
        notices.append("The sizes of the regions were not used; give a size to crop around each position.")
    return Upload((table,), tuple(notices))


@dataclass
class _Regions:
    """Reads regions one after another; ``system`` holds until another is named."""

    system: str = ""
    sized: bool = False
    errors: ErrorCollector = field(default_factory=ErrorCollector)

    def records(self, lines: Sequence[str]) -> Iterator[Record]:
        for number, line in enumerate(lines, 1):
            # ds9 writes texts, rulers and vectors as comments that begin with a shape.
            start = 1 if line.startswith("#") and _SHAPE.match(line) else 0
            body, _, properties = line[start:].partition("#")
            label = _label(properties)
            for statement in body.split(";"):
                if (record := self._statement(statement.strip(), label, number)) is not None:
                    yield record

    def _statement(self, text: str, label: str, line: int) -> Record | None:
        word = text.lower()
        if not text or word.startswith("global") or _PROPERTY.match(text):
            return None
        if word in SYSTEMS or word in OFF_SKY:
            self.system = word
            return None
        match = _SHAPE.match(text)
        if match is None:
            rule = "is no region, coordinate system or property of a ds9 file"
            self.errors.add("region", text, rule, line)
            return None
        arguments = re.split(r"[\s,]+", match[3].strip(), maxsplit=3)
        if rule := _why_no_position(match[1] == "-", match[2].lower(), arguments, self.system):
            self.errors.add("region", text, rule, line)
            return None
        self.sized = self.sized or len(arguments) > 2
        system, equinox = SYSTEMS[self.system]
        return Record([_angle(arguments[0]), _angle(arguments[1]), system, equinox, label], line)


def _label(properties: str) -> str:
    match = _TEXT.search(properties)
    return next((part for part in match.groups() if part), "") if match else ""


def _angle(text: str) -> str:
    """Write a number with ds9's unit (``d`` degrees, ``r`` radians, ``p``, ``i`` pixels) in degrees."""
    if text[-1:] in "dD" and text[:-1].replace(".", "").lstrip("+-").isdecimal():
        return text[:-1]
    return text


def _why_no_position(excluded: bool, shape: str, arguments: list[str], system: str) -> str:
    """Say why a region is no position on the sky; empty for one that is."""
    if shape not in POINTS:
        return f"a {shape} is no position; circles, points, boxes and ellipses are"
    if excluded:
        return "an excluded region is no position"
    if len(arguments) < 2:
        return "has no pair of coordinates"
    if system in OFF_SKY or any(argument[-1:] in "ip" for argument in arguments[:2]):
        return "is given in pixels of an image; save the regions in fk5 or icrs"
    if any(argument[-1:] == "r" for argument in arguments[:2]):
        return "is given in radians; save the regions in degrees"
    if not system:
        return "names no coordinate system; save the regions in fk5 or icrs"
    return ""
