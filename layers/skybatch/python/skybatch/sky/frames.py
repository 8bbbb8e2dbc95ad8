"""Locations in any celestial frame to ICRS, many at a time.

ICRS stays as it is; FK5 J2000 is a constant rotation; the others go through astropy, which is imported only
when one of them is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from skybatch.sky.coordinates import FK5, ICRS, Frame, Location
from skybatch.sky.fk5 import fk5_to_icrs
from skybatch.sky.position import SkyPosition
from skybatch.sky.vectors import Floats, wrap


def to_icrs(locations: Sequence[Location | None]) -> list[SkyPosition | None]:
    """Return ICRS positions of locations, element by element; None stays None."""
    positions: list[SkyPosition | None] = [None] * len(locations)
    groups: dict[Frame | str, list[int]] = defaultdict(list)
    for index, place in enumerate(locations):
        if place is not None:
            groups[_group(place.frame)].append(index)
    for group, indices in groups.items():
        members = [place for i in indices if (place := locations[i]) is not None]
        lon, lat = (np.array(values) for values in zip(*((p.lon, p.lat) for p in members), strict=True))
        if isinstance(group, Frame):
            ra, dec = frame_to_icrs(group, lon, lat)
        else:
            ra, dec = _equinoxes_to_icrs([place.frame for place in members], lon, lat)
        for index, a, d in zip(indices, ra.tolist(), dec.tolist(), strict=True):
            positions[index] = SkyPosition(a, d)
    return positions


def _group(frame: Frame) -> Frame | str:
    """Return what locations have in common that are converted together: most equinoxes at once.

    FK4 is converted equinox by equinox, since astropy takes its E-terms so.
    """
    if frame.equinox is None or frame.system == "fk4" or frame == FK5:
        return frame
    return f"{frame.system} {frame.equinox[0]}"


def _equinoxes_to_icrs(frames: Sequence[Frame], lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Convert positions of one system whose equinoxes, Julian or Besselian years, may all differ."""
    equinoxes = [frame.equinox or "" for frame in frames]
    if len(set(equinoxes)) == 1:
        return frame_to_icrs(frames[0], lon, lat)
    from astropy.time import Time

    years = [float(equinox[1:]) for equinox in equinoxes]
    when = Time(years, format="jyear" if equinoxes[0][0] == "J" else "byear")
    return _to_icrs_by_astropy(frames[0], lon, lat, when)


def frame_to_icrs(frame: Frame, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return ICRS right ascension in [0, 360) and declination of positions in one frame, all in degrees."""
    if frame == ICRS:
        return lon, lat
    if frame == FK5:
        return fk5_to_icrs(lon, lat)
    return _to_icrs_by_astropy(frame, lon, lat)


def _to_icrs_by_astropy(
    frame: Frame, lon: Floats, lat: Floats, equinoxes: Any = None
) -> tuple[Floats, Floats]:
    """Convert by astropy's frames: FK4 with E-terms, FK5, Galactic, supergalactic, mean ecliptic."""
    from astropy import units
    from astropy.coordinates import ICRS as ASTROPY_ICRS

    here = _astropy_coordinates(frame, lon * units.deg, lat * units.deg, equinoxes)
    there = here.transform_to(ASTROPY_ICRS())
    return wrap(there.ra.deg), np.asarray(there.dec.deg)


def _astropy_coordinates(frame: Frame, lon: Any, lat: Any, equinoxes: Any) -> Any:
    """Return astropy's coordinates; ecliptic means the mean ecliptic and equinox, without aberration."""
    from astropy import coordinates

    if frame.system == "galactic":
        return coordinates.Galactic(lon, lat)
    if frame.system == "supergalactic":
        return coordinates.Supergalactic(lon, lat)
    classes = {
        "fk4": coordinates.FK4,
        "fk5": coordinates.FK5,
        "ecliptic": coordinates.BarycentricMeanEcliptic,
    }
    return classes[frame.system](lon, lat, equinox=frame.equinox if equinoxes is None else equinoxes)
