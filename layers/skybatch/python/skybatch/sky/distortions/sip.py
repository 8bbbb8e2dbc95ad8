"""SIP polynomials: how the pixels of an image are shifted before its matrix is applied (Shupe et al. 2005).

A pixel at (u, v) from CRPIX stands for one at u + f(u, v), v + g(u, v), f and g being sums of A_p_q u^p v^q
and B_p_q u^p v^q. All terms count, those of the lowest orders too: astropy applies them, and some surveys
write them. The inverse is found by iteration; the polynomials AP and BP that headers offer for it are
approximations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_MAX_ITERATIONS = 30
# Of a pixel: the iteration has found the pixel once it moves by less.
_PRECISION = 1e-10
# A shift from pixel to pixel larger than this is no longer a distortion, and the iteration need not go on.
_FAR = 1e7


@dataclass(frozen=True, eq=False)
class SipPolynomials:
    """The polynomials of pixel grids: coefficients (k, t) of the powers ``(p, q)`` (t) of u and v."""

    powers: tuple[tuple[int, int], ...]
    a: Floats
    b: Floats

    @classmethod
    def of_terms(cls, terms: Iterable[Mapping[str, float]]) -> SipPolynomials:
        """Make them from the cards ``A_p_q`` and ``B_p_q`` of each grid; what one has not is 0."""
        given = list(terms)
        names = sorted({name for each in given for name in each})
        columns = {name: np.array([each.get(name, 0.0) for each in given], np.float64) for name in names}
        return cls.of_columns(columns, len(given))

    @classmethod
    def of_columns(cls, columns: Mapping[str, Floats], count: int) -> SipPolynomials:
        """Make those of ``count`` grids from the values (count,) of the cards ``A_p_q`` and ``B_p_q``."""
        names = sorted({name[2:] for name in columns})
        powers = tuple((int(name[0]), int(name[2])) for name in names)
        nothing = np.zeros(count)
        a, b = (
            np.array([columns.get(f"{axis}_{name}", nothing) for name in names]).reshape(-1, count).T
            for axis in "AB"
        )
        return cls(powers, a, b)

    def distort(self, grid: NDArray[np.integer], u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the shifted offsets from CRPIX of offsets (n, …) of pixels of the grids ``grid`` (n,)."""
        across, along = self._shifts(grid, u, v)
        return u + across, v + along

    def restore(self, grid: NDArray[np.integer], u: Floats, v: Floats) -> tuple[Floats, Floats]:
        """Return the offsets (n,) that `distort` takes to these; NaN where none are found."""
        with np.errstate(all="ignore"):
            x, y = u.copy(), v.copy()
            moving = np.arange(len(u))
            for _ in range(_MAX_ITERATIONS):
                across, along = self._shifts(grid[moving], x[moving], y[moving])
                new_x, new_y = u[moving] - across, v[moving] - along
                moved = np.maximum(np.abs(new_x - x[moving]), np.abs(new_y - y[moving]))
                x[moving], y[moving] = new_x, new_y
                # NaN compares as neither: such pixels are given up.
                moving = moving[(moved > _PRECISION) & (np.abs(new_x) < _FAR) & (np.abs(new_y) < _FAR)]
                if not len(moving):
                    break
            across, along = self._shifts(grid, x, y)
            found = np.maximum(np.abs(x + across - u), np.abs(y + along - v)) < 100.0 * _PRECISION
        return np.where(found, x, np.nan), np.where(found, y, np.nan)

    def _shifts(self, grid: NDArray[np.integer], u: Floats, v: Floats) -> tuple[Floats, Floats]:
        across, along = np.zeros(np.shape(u)), np.zeros(np.shape(u))
        shape = (-1,) + (1,) * (np.ndim(u) - 1)
        of_u, of_v = _powers(u, self._degrees[0]), _powers(v, self._degrees[1])
        for term, (p, q) in enumerate(self.powers):
            product = of_u[p] * of_v[q]
            across += self.a[grid, term].reshape(shape) * product
            along += self.b[grid, term].reshape(shape) * product
        return across, along

    @cached_property
    def _degrees(self) -> tuple[int, int]:
        return max((p for p, _ in self.powers), default=0), max((q for _, q in self.powers), default=0)


def _powers(base: Floats, degree: int) -> list[Floats]:
    powers = [np.ones_like(base, dtype=np.float64)]
    for _ in range(degree):
        powers.append(powers[-1] * base)
    return powers
