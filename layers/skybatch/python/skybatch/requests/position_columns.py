"""Which columns of a table give positions: the usual spellings, which stand here once, and what wins.

Precedence: the columns ``ra`` and ``dec``; then UCDs of the main position; then the usual spellings of equatorial
coordinates; then galactic, ecliptic and supergalactic ones; then object names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from skybatch.sky.units import angle_unit
from skybatch.tables.readers.model import Column, Header

# Pairs of names in order of preference, lower case; beside them counts any pair of columns whose names differ
# only by one of RA_WORDS in the first and one of DEC_WORDS in the second.
EQUATORIAL_PAIRS = (
    ("ra", "dec"),
    ("raj2000", "dej2000"),
    ("raj2000", "decj2000"),
    ("_raj2000", "_dej2000"),
    ("_raj2000", "_decj2000"),
    ("ra_j2000", "dec_j2000"),
    ("ra_j2000", "de_j2000"),
    ("ra_icrs", "de_icrs"),
    ("ra_icrs", "dec_icrs"),
    ("_ra.icrs", "_de.icrs"),
    ("s_ra", "s_dec"),
    ("radeg", "dedeg"),
    ("ra_deg", "dec_deg"),
    ("alpha", "delta"),
    ("alpha_j2000", "delta_j2000"),
    ("_ra", "_de"),
    ("ra_d", "dec_d"),
    ("clon", "clat"),
    ("ra_hms", "dec_dms"),
    ("rahms", "dedms"),
    ("rahms", "decdms"),
)
OTHER_FRAMES = (
    (("glon", "glat"), "galactic"),
    (("l", "b"), "galactic"),
    (("gal_lon", "gal_lat"), "galactic"),
    (("gal_l", "gal_b"), "galactic"),
    (("lii", "bii"), "galactic"),
    (("_glon", "_glat"), "galactic"),
    (("elon", "elat"), "ecliptic"),
    (("ecl_lon", "ecl_lat"), "ecliptic"),
    (("lambda", "beta"), "ecliptic"),
    (("sgl", "sgb"), "supergalactic"),
    (("sglon", "sglat"), "supergalactic"),
)
UCD_PAIRS = (
    (("pos.eq.ra", "pos.eq.dec"), None),
    (("pos_eq_ra", "pos_eq_dec"), None),
    (("pos.galactic.lon", "pos.galactic.lat"), "galactic"),
    (("pos.ecliptic.lon", "pos.ecliptic.lat"), "ecliptic"),
    (("pos.supergalactic.lon", "pos.supergalactic.lat"), "supergalactic"),
)
# Columns of the CDS byte-by-byte description, one part of an angle each.
SPLIT_RIGHT_ASCENSION = ("rah", "ram", "ras")
SPLIT_DECLINATION = ("de-", "ded", "dem", "des")
RA_WORDS = ("right_ascension", "rightascension", "right ascension", "alpha", "ra")
DEC_WORDS = ("declination", "decl", "delta", "dec", "de")

# What stands beside coordinates and is none: errors, motions, offsets, correlations.
_NOT_A_POSITION = re.compile(
    r"(^|_)(e|sd|u|q|n|f|r|l|st|std)_|pm|proper|mu_|err|sig|unc|stdev|rms|cov|corr|prec|offset|_off|cos|vel|rate"
)
_BESSELIAN = re.compile(r"(?<![0-9])b?1950(?:\.0)?(?![0-9])")


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
    return found


def _candidates(columns: Sequence[Column]) -> Iterator[PositionColumns]:
    places = _places(columns)
    if "ra" in places and "dec" in places:
        yield _pair(columns, places["ra"], places["dec"])
    yield from _by_ucd(columns, main=True)
    for first, second in EQUATORIAL_PAIRS:
        if first in places and second in places:
            yield _pair(columns, places[first], places[second])
    yield from _split(places)
    yield from _by_words(columns, places)
    yield from _by_ucd(columns, main=False)
    for (first, second), system in OTHER_FRAMES:
        if first in places and second in places:
            yield _pair(columns, places[first], places[second], system)


def _places(columns: Sequence[Column]) -> dict[str, int]:
    """Where each name stands, in lower case; the exact lower-case spelling wins over others."""
    places: dict[str, int] = {}
    for index, column in enumerate(columns):
        key = column.name.lower()
        if key not in places or (column.name == key and columns[places[key]].name != key):
            places[key] = index
    return places


def _pair(
    columns: Sequence[Column], longitude: int, latitude: int, system: str | None = None
) -> PositionColumns:
    equinox = "B1950" if _BESSELIAN.search(columns[longitude].name.lower()) else None
    return PositionColumns((longitude,), (latitude,), system, equinox)


def _by_ucd(columns: Sequence[Column], *, main: bool) -> Iterator[PositionColumns]:
    """Pairs by the UCDs of positions; ``main`` those marked as the main position of the source."""
    for words, system in UCD_PAIRS:
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


def _by_words(columns: Sequence[Column], places: dict[str, int]) -> Iterator[PositionColumns]:
    """Pairs of columns whose names differ by right ascension in the one and declination in the other."""
    for index, column in enumerate(columns):
        name = column.name.lower()
        if places.get(name) == index and not _excluded(column):
            latitude = next((places[other] for other in _partners(name) if other in places), None)
            if latitude is not None and not _excluded(columns[latitude]):
                yield _pair(columns, index, latitude)


def _partners(name: str) -> Iterator[str]:
    """Names of the declination that goes with a right ascension's."""
    for word in RA_WORDS:
        at = name.find(word)
        while at >= 0:
            for other in DEC_WORDS:
                yield name[:at] + other + name[at + len(word) :]
            at = name.find(word, at + 1)


def _excluded(column: Column) -> bool:
    """Whether a column holds an error or a motion: by its name, or by a unit that is no angle."""
    unit_is_none = column.unit is not None and angle_unit(column.unit) is None
    return unit_is_none or _NOT_A_POSITION.search(column.name.lower()) is not None


def _split(places: dict[str, int]) -> Iterator[PositionColumns]:
    right_ascension = [places[name] for name in SPLIT_RIGHT_ASCENSION if name in places]
    declination = [places[name] for name in SPLIT_DECLINATION if name in places]
    if len(right_ascension) >= 2 and "ded" in places and len(declination) >= 2:
        yield PositionColumns(tuple(right_ascension), tuple(declination))
