"""Which columns of a table give positions, and what wins.

Precedence: the columns ``ra`` and ``dec``; then UCDs of the main position; then the usual spellings of
equatorial coordinates; then galactic, ecliptic and supergalactic ones; then the only right ascension and the
only declination.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from skybatch.requests.columns import spellings
from skybatch.sky.units import angle_unit
from skybatch.tables.readers.model import Column, Header

_BESSELIAN = re.compile(r"(?<![0-9])b?1950(?:\.0)?(?![0-9])")
_NO_UNITS = frozenset({"", "-", "--", "none", "null", "unitless", "dimensionless"})


@dataclass(frozen=True)
class PositionColumns:
    """The columns of a longitude and a latitude; several where each part of an angle has its own.

    Attributes
    ----------
    longitude, latitude
        Indices of columns.
    system
        The coordinate system that the names or UCDs say, None where the file or the row says it.
    equinox
        The equinox in the names (``RAB1950``).
    """

    longitude: tuple[int, ...]
    latitude: tuple[int, ...]
    system: str | None = None
    equinox: str | None = None

    @property
    def indices(self) -> tuple[int, ...]:
        """All columns of the pair."""
        return (*self.longitude, *self.latitude)


def position_columns(header: Header) -> list[PositionColumns]:
    """Find every pair of columns that gives positions, the one to prefer first."""
    found: list[PositionColumns] = []
    taken: set[int] = set()
    for pair in _candidates(header.columns):
        if not taken.intersection(pair.indices):
            found.append(pair)
            taken.update(pair.indices)
    return found or list(_only_pair(header.columns))


def coordinate_like(header: Header, used: Iterable[int]) -> list[int]:
    """Find the columns that look like coordinates and are not among those used."""
    columns, known = header.columns, set(used)
    pairs = {index for pair in position_columns(header) for index in pair.indices}
    return [i for i in range(len(columns)) if i not in known and (i in pairs or _looks_alike(columns[i]))]


def stated_unit(column: Column) -> str | None:
    """Return the unit that the file says for a column of angles, by its own word or in the name."""
    if column.unit is not None and column.unit.strip().lower() not in _NO_UNITS:
        return column.unit
    return spellings.unit_of_name(column.name)


def _looks_alike(column: Column) -> bool:
    name = spellings.plain_name(column.name)
    patterns = (spellings.RA_ALONE, spellings.DEC_ALONE, spellings.LOOKS_LIKE_A_COORDINATE)
    ucd = (column.ucd or "").lower().split(";")[0]
    by_ucd = any(ucd in (word, f"{word}_main") for words, _ in spellings.UCD_PAIRS for word in words)
    return not _excluded(column) and (by_ucd or any(pattern.fullmatch(name) for pattern in patterns))


def _candidates(columns: Sequence[Column]) -> Iterator[PositionColumns]:
    places = _places(columns)
    yield from _named(columns, places, (("ra", "dec"),))
    yield from _by_ucd(columns, main=True)
    yield from _named(columns, places, spellings.EQUATORIAL_PAIRS)
    yield from _split(places)
    yield from _by_words(columns, places)
    yield from _by_ucd(columns, main=False)
    for words, system in spellings.OTHER_FRAMES:
        yield from _named(columns, places, (words,), system)
    # ECSV names the parts of a column of coordinates ``coord.l`` and ``coord.b``.
    names = [column.name.rpartition(".")[2] for column in columns]
    if set(spellings.LOWER_CASE_GALACTIC) <= set(names):
        longitude, latitude = (names.index(name) for name in spellings.LOWER_CASE_GALACTIC)
        yield PositionColumns((longitude,), (latitude,), "galactic")
    for pair in _named(columns, places, spellings.FRAMELESS_PAIRS):
        if columns[pair.longitude[0]].system:
            yield pair


def _places(columns: Sequence[Column]) -> dict[str, int]:
    """Return where each plain name stands; a column that is written just so wins over others."""
    places: dict[str, int] = {}
    for index, column in enumerate(columns):
        key = spellings.plain_name(column.name)
        if key not in places or (column.name == key and columns[places[key]].name != key):
            places[key] = index
    return places


def _named(
    columns: Sequence[Column],
    places: Mapping[str, int],
    names: Iterable[tuple[str, str]],
    system: str | None = None,
) -> Iterator[PositionColumns]:
    """Pairs of columns by their names."""
    for first, second in names:
        if first in places and second in places:
            yield _pair(columns, places[first], places[second], system)


def _pair(
    columns: Sequence[Column], longitude: int, latitude: int, system: str | None = None
) -> PositionColumns:
    equinox = "B1950" if _BESSELIAN.search(columns[longitude].name.lower()) else None
    return PositionColumns((longitude,), (latitude,), system, equinox)


def _by_ucd(columns: Sequence[Column], *, main: bool) -> Iterator[PositionColumns]:
    """Pairs by the UCDs of positions; ``main`` those marked as the main position of the source."""
    for words, system in spellings.UCD_PAIRS:
        longitudes, latitudes = (_with_ucd(columns, word, main) for word in words)
        for longitude, latitude in zip(longitudes, latitudes, strict=False):
            yield _pair(columns, longitude, latitude, system)


def _with_ucd(columns: Sequence[Column], word: str, main: bool) -> list[int]:
    found = []
    for index, column in enumerate(columns):
        atoms = (column.ucd or "").lower().split(";")
        is_main = "meta.main" in atoms or atoms[0] == f"{word}_main"
        if atoms[0] in (word, f"{word}_main") and is_main == main and not _excluded(column):
            found.append(index)
    return found


def _by_words(columns: Sequence[Column], places: Mapping[str, int]) -> Iterator[PositionColumns]:
    """Pairs of columns whose names differ by right ascension in the one and declination in the other."""
    for index, column in enumerate(columns):
        name = spellings.plain_name(column.name)
        if places.get(name) == index and not _excluded(column):
            latitude = next((places[other] for other in _partners(name) if other in places), None)
            if latitude is not None and not _excluded(columns[latitude]):
                yield _pair(columns, index, latitude)


def _partners(name: str) -> Iterator[str]:
    """Names of the declination that goes with a right ascension's."""
    for word in spellings.RA_WORDS:
        at = name.find(word)
        while at >= 0:
            for other in spellings.DEC_WORDS:
                yield name[:at] + other + name[at + len(word) :]
            at = name.find(word, at + 1)


def _excluded(column: Column) -> bool:
    """Return whether a column holds an error or a motion: by its name, or by a unit that is no angle."""
    unit = stated_unit(column)
    unit_is_none = unit is not None and angle_unit(unit) is None
    return unit_is_none or spellings.NOT_A_POSITION.search(column.name.lower()) is not None


def _split(places: Mapping[str, int]) -> Iterator[PositionColumns]:
    """Pairs of which each part of an angle has a column of its own."""
    right_ascension = [places[name] for name in spellings.SPLIT_RIGHT_ASCENSION if name in places]
    declination = [places[name] for name in spellings.SPLIT_DECLINATION if name in places]
    if len(right_ascension) >= 2 and "ded" in places and len(declination) >= 2:
        yield PositionColumns(tuple(right_ascension), tuple(declination))


def _only_pair(columns: Sequence[Column]) -> Iterator[PositionColumns]:
    """Yield the only right ascension with the only declination of a table, whatever their suffixes."""
    usable = [
        (index, spellings.plain_name(column.name))
        for index, column in enumerate(columns)
        if not _excluded(column)
    ]
    longitudes, latitudes = (
        [index for index, name in usable if pattern.fullmatch(name)]
        for pattern in (spellings.RA_ALONE, spellings.DEC_ALONE)
    )
    if len(longitudes) == len(latitudes) == 1:
        yield _pair(columns, longitudes[0], latitudes[0])
