"""Encoding of tables for upload: files as they are, objects as CSV.

Angles are sent in degrees (ICRS where an object has a frame), sizes in arcsec; other units, and the frame
that a table's metadata names, go along as they are, so that the server uses or refuses them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from skybatch.client.tables.cells import Columns
from skybatch.client.tables.objects import is_instance, object_columns
from skybatch.client.tables.refusals import refused

FRAME_KEYWORDS = ("radesys", "radecsys", "equinox", "coosys", "csys")
KINDS = "a path, text, a Table, a SkyCoord, a DataFrame, a structured array or a mapping of columns"


@dataclass(frozen=True)
class TableUpload:
    """The contents and the file name of a table to upload."""

    body: bytes
    file_name: str


def encode_table(table: Any, epoch: Any = None, size: Any = None) -> TableUpload:
    """Encode a table for upload.

    Parameters
    ----------
    table
        A path; text (several lines) or bytes of a table; an open file; or an object that
        `skybatch.client.tables.objects.object_columns` takes. A SkyCoord column becomes ``ra`` and
        ``dec``. Columns whose cells are arrays are left out.
    epoch, size
        As `object_columns` takes them.

    Raises
    ------
    InvalidRequest
        ``table`` is none of these, or does not go with the others.
    OSError
        The file cannot be read.
    """
    columns = object_columns(table, epoch, size)
    if columns is None:
        return file_upload(table)
    return TableUpload(frame_comments(table) + csv_text(columns), "table.csv")


def to_arcsec(size: Any) -> float:
    """Convert a number of arcsec, or an angular Quantity, to arcsec."""
    return _in_unit(size, "arcsec")


def to_degrees(angle: Any) -> float:
    """Convert a number of degrees, or an angular Quantity, to degrees."""
    return _in_unit(angle, "deg")


def center_text(center: Any) -> str:
    """Return a centre as text: as given, or the ICRS degrees of a single SkyCoord."""
    if isinstance(center, str):
        return center
    if not is_instance(center, "astropy.coordinates", "SkyCoord") or not center.isscalar:
        raise refused("center", center, "must be text or one SkyCoord")
    return f"{float(center.icrs.ra.deg)!r} {float(center.icrs.dec.deg)!r}"


def _in_unit(value: Any, unit: str) -> float:
    return float(value.to_value(unit)) if hasattr(value, "to_value") else float(value)


def frame_comments(table: Any) -> bytes:
    """Return comment lines for the keywords of a table's metadata that name the frame of its positions."""
    meta = getattr(table, "meta", None) or {}
    found = {str(name).lower(): value for name, value in meta.items() if isinstance(value, str | int | float)}
    lines = (f"# {name} = {found[name]}\n" for name in FRAME_KEYWORDS if name in found)
    return "".join("".join(c for c in line if c.isprintable()) + "\n" for line in lines).encode()


def csv_text(columns: Columns) -> bytes:
    """Return columns as a CSV table."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()


def file_upload(table: Any) -> TableUpload:
    """Return the contents of a file, of text or of bytes, as they are."""
    if isinstance(table, bytes | bytearray):
        return TableUpload(bytes(table), "table")
    if isinstance(table, str) and "\n" in table:
        return TableUpload(table.encode(), "table")
    if isinstance(table, str | Path) or hasattr(table, "__fspath__"):
        path = Path(table)
        return TableUpload(path.read_bytes(), path.name)
    if hasattr(table, "read"):
        body = table.read()
        name = str(getattr(table, "name", "table"))
        return TableUpload(body.encode() if isinstance(body, str) else bytes(body), Path(name).name)
    raise refused("table", type(table).__name__, f"must be {KINDS}")
