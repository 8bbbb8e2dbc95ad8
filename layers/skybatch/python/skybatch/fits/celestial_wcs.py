"""The celestial coordinates that a header gives its pixels.

FITS standard section 8; Calabretta & Greisen 2002 (sections 3, 5.1.3, 5.1.5), Greisen & Calabretta 2002 for
the matrices. The matrix from pixels to degrees is CDELT with CROTA2, CDELT with PC, or CD; it is kept as
CD = R U: a rotation by ``crota2`` and an upper triangle of ``cdelt1``, ``skew`` and ``cdelt2``. Look-ups
work out SIN and TAN, with SIP polynomials or without; other projections are astropy's. No numpy: a worker
starts without it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple

from skybatch.errors import SourceUnsupported
from skybatch.fits.cards import told
from skybatch.fits.header import Header
from skybatch.fits.wcs_terms import (
    BY_ASTROPY,
    Terms,
    finite,
    has_sip,
    is_scamps,
    parameters,
    poles,
    refuse_look_up_tables,
    sip_terms,
)

# In the order of the codes that inventories have for them (`skybatch.sky.pixel_grids.Projection`).
PROJECTIONS = ("SIN", "TAN")
FK5, ICRS, GALACTIC = "FK5", "ICRS", "galactic"
# A matrix of a header is printed with some ten digits. Rounded to this part of the pixel size, equal grids
# are equal, and the farthest of 10,000 pixels moves by a millionth of a pixel.
_RESOLUTION = 2.0**-32
# Degrees of a pixel beyond which no image of the sky is, and calculations would not be either.
_LEAST_STEP, _MOST_STEP = 1e-30, 1e6
_SIP = ("A_", "B_")
_AXES = {("RA--", "DEC-"): False, ("GLON", "GLAT"): True}
_ELEMENTS = ("1_1", "1_2", "2_1", "2_2")


class CelestialWcs(NamedTuple):
    """Where pixels lie on the sky, in degrees; ``frame`` FK5, ICRS or galactic.

    ``projection`` is the three letters of the code. ``skew`` is 0 where the pixels' axes stand at right
    angles, and ``cdelt1``, ``cdelt2`` are their steps. ``terms`` are the coefficients of SIP polynomials, or
    what astropy needs beside the matrix: see `by_astropy`.
    """

    projection: str
    frame: str
    crpix1: float
    crpix2: float
    crval1: float
    crval2: float
    cdelt1: float
    cdelt2: float
    crota2: float
    skew: float
    terms: Terms = ()

    @property
    def by_astropy(self) -> bool:
        """Whether it takes astropy to work it out: other projections, or parameters of SIN and TAN."""
        return needs_astropy(self.projection, (name for name, _ in self.terms))


def needs_astropy(projection: str, terms: Iterable[str]) -> bool:
    """Tell whether a projection with terms of these names takes astropy to work it out."""
    return projection not in PROJECTIONS or not all(name.startswith(_SIP) for name in terms)


def read_celestial_wcs(header: Header, default_frame: str = ICRS) -> CelestialWcs:
    """Read the coordinates of an image; ``default_frame`` is that of a survey whose headers name none.

    Raises
    ------
    SourceUnsupported
        For what is missing, or is no projection, frame or distortion that is understood, by its name.
    """
    projection, galactic = _axes(header)
    projection, terms = _terms(header, projection)
    crpix1, crpix2, crval1, crval2 = (
        finite(header, name) for name in ("CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2")
    )
    if not -90.0 <= crval2 <= 90.0:
        raise SourceUnsupported(f"CRVAL2 {crval2} is no latitude")
    cdelt1, cdelt2, crota2, skew = pixel_matrix(header)
    wcs = CelestialWcs(
        projection,
        GALACTIC if galactic else _frame(header, default_frame),
        crpix1,
        crpix2,
        crval1 % 360.0,
        crval2,
        cdelt1,
        cdelt2,
        crota2,
        skew,
        terms,
    )
    return wcs if wcs.by_astropy else wcs._replace(crota2=crota2 + _turn_of_pole(header, crval2))


def _axes(header: Header) -> tuple[str, bool]:
    """Return the code of the projection, with that of a distortion, and whether coordinates are galactic."""
    types = [header.get(f"CTYPE{axis}") for axis in (1, 2)]
    if types == [None, None]:
        raise SourceUnsupported("no WCS: CTYPE1 and CTYPE2 are missing")
    names = [str(each)[:4] for each in types]
    codes = {str(each)[4:].strip() for each in types}
    galactic = _AXES.get((names[0], names[1]))
    code = codes.pop()
    if galactic is None or codes or not code.startswith("-"):
        raise SourceUnsupported(
            f"CTYPE1 is {told(types[0])}, CTYPE2 {told(types[1])}; "
            "RA---, DEC-- and GLON-, GLAT- with one projection are known"
        )
    for axis in (1, 2):
        unit = header.get(f"CUNIT{axis}")
        if unit is not None and str(unit).strip().lower() not in ("", "deg", "degree", "degrees"):
            raise SourceUnsupported(f"CUNIT{axis} is {told(unit)}; only degrees are known")
        _refuse_slant(header, axis)
    return code[1:], galactic


def _refuse_slant(header: Header, axis: int) -> None:
    """Refuse coordinates that change along an axis beyond the second."""
    for kind in ("PC", "CD"):
        for other in (3, 4):
            keyword = f"{kind}{axis}_{other}"
            if header.get(keyword) not in (None, 0, 0.0):
                raise SourceUnsupported(f"{keyword} in the header: the position depends on axis {other}")


def _terms(header: Header, code: str) -> tuple[str, Terms]:
    """Return the projection that counts, and its terms, where a header has several conventions."""
    projection, _, distortion = code.partition("-")
    if projection not in BY_ASTROPY or distortion not in ("", "SIP"):
        raise SourceUnsupported(f"projection {code}; known are {', '.join(sorted(BY_ASTROPY))} and SIP")
    refuse_look_up_tables(header)
    given = parameters(header)
    if projection == "TAN" and not distortion and is_scamps(given):
        projection = "TPV"
    if projection == "TPV":
        return projection, (*given, *poles(header))
    if has_sip(header):
        if projection not in PROJECTIONS or (any(value for _, value in given) and not is_scamps(given)):
            raise SourceUnsupported(f"SIP polynomials with projection {projection} and other terms")
        return projection, sip_terms(header)
    if projection in PROJECTIONS and not any(value for _, value in given):
        return projection, ()
    return projection, (*given, *poles(header))


def has_matrix(header: Header) -> bool:
    """Tell whether a header gives the matrix from pixels to degrees element by element."""
    return any(header.get(f"{kind}{element}") is not None for kind in ("PC", "CD") for element in _ELEMENTS)


def pixel_matrix(header: Header) -> tuple[float, float, float, float]:
    """Return CDELT1, CDELT2, CROTA2 and skew, degrees. PC stands before CD, and both before CROTA2.

    Raises SourceUnsupported for what is missing or has no inverse.
    """
    for kind in ("PC", "CD"):
        given = [header.get(f"{kind}{element}") for element in _ELEMENTS]
        if any(value is not None for value in given):
            identity = (1.0, 0.0, 0.0, 1.0) if kind == "PC" else (0.0,) * 4
            matrix = [
                default if value is None else finite(header, f"{kind}{element}")
                for element, value, default in zip(_ELEMENTS, given, identity, strict=True)
            ]
            if kind == "PC":
                steps = [_step(header, axis) for axis in (1, 1, 2, 2)]
                matrix = [step * value for step, value in zip(steps, matrix, strict=True)]
            return decompose(*matrix)
    crota2 = 0.0 if header.get("CROTA2") is None else finite(header, "CROTA2")
    return _step(header, 1), _step(header, 2), crota2, 0.0


def decompose(cd1_1: float, cd1_2: float, cd2_1: float, cd2_2: float) -> tuple[float, float, float, float]:
    """Return CDELT1, CDELT2, CROTA2 and skew of a CD matrix.

    CDELT2 is positive, CDELT1 negative where east lies to the left of north.

    Raises SourceUnsupported where the matrix has no inverse.
    """
    determinant = cd1_1 * cd2_2 - cd1_2 * cd2_1
    length = math.hypot(cd1_1, cd2_1)
    if determinant == 0.0 or not math.isfinite(determinant):
        raise SourceUnsupported("the matrix of the WCS has no inverse")
    cdelt1 = math.copysign(length, determinant)
    cosine, sine = cd1_1 / cdelt1, cd2_1 / cdelt1
    skew = cd1_2 * cosine + cd2_2 * sine
    turn = math.degrees(math.atan2(sine, cosine))
    if not (_LEAST_STEP < length < _MOST_STEP and max(abs(determinant / cdelt1), abs(skew)) < _MOST_STEP):
        raise SourceUnsupported(f"the matrix of the WCS has steps of {length:g} degrees a pixel")
    unit = 2.0 ** math.floor(math.log2(length)) * _RESOLUTION
    rounded = [round(value / unit) * unit for value in (cdelt1, determinant / cdelt1, skew)]
    return rounded[0], rounded[1], turn, rounded[2]


def _step(header: Header, axis: int) -> float:
    step = finite(header, f"CDELT{axis}")
    if step == 0.0:
        raise SourceUnsupported("CDELT1 or CDELT2 is 0")
    if not _LEAST_STEP < abs(step) < _MOST_STEP:
        raise SourceUnsupported(f"CDELT{axis} is {step:g} degrees a pixel")
    return step


def _frame(header: Header, default: str) -> str:
    """Return the frame: RADESYS, else RADECSYS, else by EQUINOX or EPOCH (FITS standard, section 8.3)."""
    named = header.get("RADESYS") or header.get("RADECSYS")
    equinox = header.get("EQUINOX") if header.get("EQUINOX") is not None else header.get("EPOCH")
    system = str(named).strip().upper() if named else (default if equinox is None else FK5)
    if system == ICRS:
        return ICRS
    if system != FK5 or equinox not in (None, 2000):
        given = " ".join(str(each) for each in (named, equinox) if each is not None)
        raise SourceUnsupported(f"frame {given or default}; only FK5 J2000, ICRS and galactic are known")
    return FK5


def _turn_of_pole(header: Header, crval2: float) -> float:
    """Return the degrees by which LONPOLE turns an image; its default at the pole itself is 0, else 180."""
    native = header.get("LONPOLE")
    if native is None:
        return 180.0 if crval2 == 90.0 else 0.0
    return 180.0 - finite(header, "LONPOLE")
