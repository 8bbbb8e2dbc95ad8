"""What a person is told of how the positions of a table were read."""

from __future__ import annotations

from collections.abc import Iterator

from skybatch.requests import values
from skybatch.requests.columns.pairs import coordinate_like
from skybatch.requests.positions import PositionReader

MOTIONS = frozenset({"pmra", "pmdec", "pmde", "pm_ra", "pm_dec", "pm_de", "pmracosd", "pm_ra_cosdec"})
_MOST_NAMED = 10
_HOURS = 24.0


def position_notices(reader: PositionReader) -> Iterator[str]:
    """Say which pairs of columns were used, what looks like a coordinate and was not, and what is doubtful.

    The reader must have read its rows.
    """
    names = reader.cells.header.names
    used = {column for indices in reader.used for column in indices}
    for pair in reader.pairs[1:]:
        if rows := reader.used.get(pair.indices):
            shown = " and ".join(names[column] for column in pair.indices)
            count = f"{rows} row{'s' if rows > 1 else ''}"
            yield f"The columns {shown} were used for {count} without another position."
    if unused := _unused(reader, used):
        verb = "look like coordinates and were" if len(unused) > 1 else "looks like a coordinate and was"
        listed = ", ".join(unused[:_MOST_NAMED]) + (", ..." if len(unused) > _MOST_NAMED else "")
        yield f"The column{'s' if len(unused) > 1 else ''} {listed} {verb} not used."
    motions = [name for name in names if name.lower() in MOTIONS]
    if motions:
        yield f"Proper motion ({', '.join(motions)}) is not applied."
    if _may_be_hours(reader):
        name = names[reader.pairs[0].longitude[0]]
        yield (
            f"All values of {name} lie between 0 and 24 and were read as degrees; if they are hours, say so"
            " with the unit h."
        )


def _unused(reader: PositionReader, used: set[int]) -> list[str]:
    """Names of the columns that look like coordinates; the first pair is meant to be used in any case."""
    first = reader.pairs[0].indices if reader.pairs else ()
    known = {*used, *first, *reader.coordinates, *reader.names}
    requested = {reader.cells.roles.get("req_ra"), reader.cells.roles.get("req_dec")}
    columns = coordinate_like(reader.cells.header, known)
    return [reader.cells.header.names[column][:40] for column in columns if column not in requested]


def _may_be_hours(reader: PositionReader) -> bool:
    """Return whether several decimal right ascensions without a unit all lie in 0 to 24."""
    if not reader.pairs or reader.units[reader.pairs[0]][0] is not None or reader.pairs[0].system:
        return False
    pair = reader.pairs[0]
    if len(pair.longitude) > 1:
        return False
    texts = [text for text in reader.cells.table.cells[pair.longitude[0]] if text]
    numbers = [float(text) for text in texts if values.NUMBER.fullmatch(text)]
    return len(numbers) == len(texts) > 1 and all(0.0 <= number < _HOURS for number in numbers)
