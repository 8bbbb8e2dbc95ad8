"""When images were taken, by the description of their survey: Modified Julian Dates, UTC."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skybatch.surveys.description.survey import Survey

Floats = NDArray[np.float64]
SECONDS_OF_DAY = 86_400.0
_MJD_OF_1970 = 40587


def times_taken(
    survey: Survey, bands: str | Sequence[str], column: Callable[[str], NDArray[Any]]
) -> tuple[Floats, Floats] | None:
    """Return when images began and ended, (n,) each, NaN where that is unknown; None where no rule tells.

    Parameters
    ----------
    survey
        The survey of the images.
    bands
        The band of each image, or that of all.
    column
        Gives the values of a column of the description, (n,).
    """
    time = survey.obscore.time
    if time is None:
        return None
    if time.day:
        start = days(column(time.day))
        return start, start + time.length
    if time.end:
        return column(time.start), column(time.end)
    length = exposures(survey, bands, column) / SECONDS_OF_DAY
    if time.middle:
        middle = column(time.middle)
        return middle - length / 2.0, middle + length / 2.0
    start = column(time.start)
    return start, start + length


def exposures(
    survey: Survey, bands: str | Sequence[str], column: Callable[[str], NDArray[Any]]
) -> Floats | float:
    """Return the seconds of exposure of images, 0 where they are unknown; parameters of `times_taken`."""
    time, given = survey.obscore.time, survey.obscore.exposure
    if time is not None and time.seconds:
        seconds: Floats = np.nan_to_num(column(time.seconds))
        return seconds
    if isinstance(given, float | None):
        return given or 0.0
    if isinstance(bands, str):
        return given.get(bands, 0.0)
    return np.array([given.get(band, 0.0) for band in bands], float)


def days(values: NDArray[np.str_]) -> Floats:
    """Return the Modified Julian Dates at which the days of images begin."""
    known, place = np.unique(values, return_inverse=True)
    return np.array(mjd(known.tolist()))[place] if len(known) else np.empty(0)


def mjd(dates: Sequence[str]) -> list[float]:
    """Return the Modified Julian Date at the beginning of days yymmdd; years from 50 on are of the 1900s."""
    full = [f"{'19' if d[:2] >= '50' else '20'}{d[:2]}-{d[2:4]}-{d[4:]}" for d in dates]
    return [float(day) for day in (np.array(full, "datetime64[D]").astype(np.int64) + _MJD_OF_1970).tolist()]
