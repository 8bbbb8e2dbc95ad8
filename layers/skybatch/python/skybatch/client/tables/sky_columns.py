"""Coordinates of astropy as ICRS degrees, moved to a stated epoch where they have proper motions."""

from __future__ import annotations

from typing import Any

from skybatch.client.tables.refusals import refused


def icrs_degrees(coordinates: Any, epoch: Any = None) -> tuple[Any, Any]:
    """Return right ascension and declination of a SkyCoord, one position a row.

    Parameters
    ----------
    coordinates
        A SkyCoord of one dimension, or a scalar.
    epoch
        When the positions are wanted (a Time, a Julian year, or text as ``J1999.5``); None for the
        positions as they are. Positions whose proper motion is unknown stay where they are.

    Raises
    ------
    InvalidRequest
        The frame has no way to ICRS, or there are no proper motions or time of observation to apply.
    """
    sky = coordinates.reshape(1) if coordinates.isscalar else coordinates
    if len(sky.shape) != 1:
        raise refused("table", sky.shape, "must have one position a row")
    try:
        here = sky.icrs
    except (TypeError, ValueError, AttributeError) as error:  # whatever a missing piece of the frame causes
        raise refused("table", sky.frame.name, f"cannot be converted to ICRS ({error})") from None
    return (here.ra.deg, here.dec.deg) if epoch is None else _moved(here, epoch)


def _moved(sky: Any, epoch: Any) -> tuple[Any, Any]:
    """Return the positions at another time; they must have proper motions and the time of observation."""
    import warnings

    import numpy as np

    time = _time(epoch)
    if sky.obstime is None or "s" not in sky.data.differentials:
        raise refused("epoch", time.jyear_str, "needs a SkyCoord with proper motions and obstime")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # ERFA's, that stars without a distance are put far away
        there = sky.apply_space_motion(new_obstime=time)
    known = np.isfinite(there.ra.deg) & np.isfinite(there.dec.deg)
    return np.where(known, there.ra.deg, sky.ra.deg), np.where(known, there.dec.deg, sky.dec.deg)


def _time(epoch: Any) -> Any:
    """Read an epoch."""
    from astropy.time import Time

    if isinstance(epoch, int | float):
        return Time(epoch, format="jyear", scale="tcb")
    try:
        return Time(epoch)
    except ValueError:
        raise refused("epoch", epoch, "must be a Time, a Julian year, or text such as J1999.5") from None
