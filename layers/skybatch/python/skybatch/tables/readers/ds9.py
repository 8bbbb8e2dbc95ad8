"""Region files of SAOImage DS9: each circle, point, ellipse, box or annulus is a position.

The format is that of the DS9 reference manual, "Regions". Sizes are not used: a crop is asked for apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from skybatch.tables.readers.model import (
    Bounds,
    Column,
    Header,
    Record,
    Select,
    Upload,
    collect,
    unreadable_table,
)
from skybatch.tables.readers.text import lines_of
from skybatch.validation import ErrorCollector

POINTS = frozenset({"circle", "point", "ellipse", "box", "annulus", "text", "panda", "epanda", "bpanda"})
SHAPES = POINTS | {"polygon", "line", "vector", "segment", "ruler", "compass", "projection", "composite"}
# Coordinate systems that are on the sky: what `csys` and `equinox` say for them.
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

_SHAPE = re.compile(rf"([+-]?)\s*({'|'.join(sorted(SHAPES))})\s*[(\s]\s*([^)#]*)\)?", re.IGNORECASE)
_TEXT = re.compile(r"\btext\s*=\s*(?:\{([^}]*)\}|\"([^\"]*)\"|'([^']*)')")
_OPENING = re.compile(r"#\s*Region file format: DS9|#CRTF", re.IGNORECASE)


def is_region_file(text: str) -> bool:
    """Tell whether one of the first lines is that of a region file."""
    lines = [line.strip() for line in text[:20_000].split("\n")[:50]]
    if any(_OPENING.match(line) for line in lines):
        return True
    statements = [part.strip() for line in lines for part in line.split(";")]
    return any("(" in part and _SHAPE.match(part) for part in statements)


def read(text: str, select: Select, bounds: Bounds) -> Upload:
    """Read the positions of a region file, one a region.

    Raises InvalidRequest naming each region that is no position: polygons and lines, excluded regions, regions
    in pixels of an image.
    """
    if text.lstrip().upper().startswith("#CRTF"):
        raise unreadable_table("this is a region file of CASA; save it in the format of DS9")
    state = _State()
    header = Header("ds9 region file", COLUMNS)
    table = collect(header, _records(lines_of(text, bounds), state), dict(select(header)), bounds)
    state.errors.raise_if_any()
    notices = [f"{len(table)} regions of a ds9 region file were read as positions."]
    if state.sizes:
        notices.append("The sizes of the regions were not used; give a size to crop around each position.")
    return Upload((table,), tuple(notices))


@dataclass
class _State:
    system: str = ""
    sizes: int = 0

    def __post_init__(self) -> None:
        self.errors = ErrorCollector()


def _records(lines: list[str], state: _State) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        body, _, properties = line.partition("#")
        for statement in body.split(";"):
            if (record := _statement(statement.strip(), properties, number, state)) is not None:
                yield record


def _statement(text: str, properties: str, line: int, state: _State) -> Record | None:
    if not text or text.lower().startswith("global"):
        return None
    if text.lower() in SYSTEMS or text.lower() in OFF_SKY:
        state.system = text.lower()
        return None
    match = _SHAPE.match(text)
    if match is None:
        state.errors.add("region", text, "is no region, coordinate system or property of a ds9 file", line)
        return None
    excluded, shape, arguments = match[1] == "-", match[2].lower(), re.split(r"[\s,]+", match[3].strip())
    if rule := _why_not(excluded, shape, arguments, state.system):
        state.errors.add("region", text, rule, line)
        return None
    state.sizes += len(arguments) > 2
    system, equinox = SYSTEMS[state.system]
    labelled = _TEXT.search(properties)
    label = next((part for part in labelled.groups() if part), "") if labelled else ""
    return Record([arguments[0], arguments[1], system, equinox, label], line)


def _why_not(excluded: bool, shape: str, arguments: list[str], system: str) -> str:
    """Why a region is no position on the sky, or nothing."""
    if shape not in POINTS:
        return f"a {shape} is no position; circles, points, boxes and ellipses are"
    if excluded:
        return "an excluded region is no position"
    if len(arguments) < 2:
        return "has no pair of coordinates"
    if system in OFF_SKY or any(argument[-1:] in "ip" for argument in arguments[:2]):
        return "is given in pixels of an image; save the regions in fk5 or icrs"
    if not system:
        return "names no coordinate system; save the regions in fk5 or icrs"
    return ""
