"""The frame bias between ICRS, in which positions are asked for, and FK5 J2000, the images' own frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from skybatch.sky.vectors import Floats, to_sphere, to_vector

# USNO Circular 179, section 3.5: R1(19.9 mas) R2(9.1 mas) R3(-22.9 mas). About 0.02 arcsec, enough to flip
# a half-pixel rounding.
ICRS_TO_FK5 = np.array(
    [
        [0.9999999999999928, -1.110223329740834e-07, -4.411804498096776e-08],
        [1.1102233723050031e-07, 0.9999999999999891, 9.64779225407974e-08],
        [4.411803426976324e-08, -9.647792743888517e-08, 0.9999999999999943],
    ]
)


def fk5_vector(ra: ArrayLike, dec: ArrayLike) -> Floats:
    """Return FK5 J2000 unit vectors (…, 3) of ICRS positions in degrees."""
    return np.asarray(to_vector(ra, dec) @ ICRS_TO_FK5.T)


def fk5_to_icrs(ra: ArrayLike, dec: ArrayLike) -> tuple[Floats, Floats]:
    """Return ICRS positions of FK5 J2000 positions, degrees."""
    return to_sphere(to_vector(ra, dec) @ ICRS_TO_FK5)
