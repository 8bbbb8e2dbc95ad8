"""The celestial coordinates that a header gives its pixels: SIN and TAN projections, linear up to there.

FITS standard section 8; Calabretta & Greisen 2002 (sections 3, 5.1.3, 5.1.5), Greisen & Calabretta 2002 for
the matrices. The matrix from pixels to degrees is CDELT with CROTA2, CDELT with PC, or CD; it is kept as
CD = R U: a rotation by ``crota2`` and an upper triangle of ``cdelt1``, ``skew`` and ``cdelt2``. No numpy: a
worker starts without it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from skybatch.errors import SourceUnsupported
from skybatch.fits.header import Header

# In the order of the codes that inventories have for them (`skybatch.sky.pixel_grids.Projection`).
PROJECTIONS = ("SIN", "TAN")
FK5, ICRS, GALACTIC = "FK5", "ICRS", "galactic"
# A matrix of a header is printed with some ten digits. Rounded to this part of the pixel size, equal grids
# are equal, and the farthest of 10,000 pixels moves by a millionth of a pixel.
_RESOLUTION = 2.0**-32
_AXES = {("RA--", "DEC-"): False, ("GLON", "GLAT"): True}
_DISTORTIONS = ("A_ORDER", "B_ORDER", "CPDIS1", "CPDIS2")
_ELEMENTS = ("1_1", "1_2", "2_1", "2_2")


class CelestialWcs(NamedTuple):
    """Where pixels lie on the sky, in degrees; ``projection`` SIN or TAN, ``frame`` FK5, ICRS or galactic.

    ``skew`` is 0 where the pixels' axes stand at right angles, and ``cdelt1``, ``cdelt2`` are their steps.
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


def read_celestial_wcs(header: Header, default_frame: str = ICRS) -> CelestialWcs:
    """Read the coordinates of an image; ``default_frame`` is that of a survey whose headers name none.

    Raises
    ------
    SourceUnsupported
        For what is missing, or is no linear SIN or TAN projection in FK5 J2000, ICRS or galactic coordinates.
    """
    projection, galactic = _axes(header)
    _refuse_other_terms(header, projection)
    crpix1, crpix2, crval1, crval2 = (
        _number(header, name) for name in ("CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2")
    )
    if not -90.0 <= crval2 <= 90.0:
        raise SourceUnsupported(f"CRVAL2 {crval2} is no latitude")
    cdelt1, cdelt2, crota2, skew = pixel_matrix(header)
    return CelestialWcs(
        projection,
        GALACTIC if galactic else _frame(header, default_frame),
        crpix1,
        crpix2,
        crval1 % 360.0,
        crval2,
        cdelt1,
        cdelt2,
        crota2 + _turn_of_pole(header, crval2),
        skew,
    )


def _axes(header: Header) -> tuple[str, bool]:
    """Return the projection, and whether the coordinates are galactic."""
    types = [header.get(f"CTYPE{axis}") for axis in (1, 2)]
    if types == [None, None]:
        raise SourceUnsupported("no WCS: CTYPE1 and CTYPE2 are missing")
    names = [str(each)[:4] for each in types]
    codes = {str(each)[4:].strip() for each in types}
    galactic = _AXES.get((names[0], names[1]))
    if galactic is None or codes not in ({f"-{code}"} for code in PROJECTIONS):
        raise SourceUnsupported(f"projection {types[0]}, {types[1]}; only SIN and TAN images are known")
    for axis in (1, 2):
        unit = header.get(f"CUNIT{axis}")
        if unit is not None and str(unit).strip().lower() not in ("deg", "degree", "degrees"):
            raise SourceUnsupported(f"CUNIT{axis} is {unit}; only degrees are known")
    return codes.pop()[1:], galactic


def _refuse_other_terms(header: Header, projection: str) -> None:
    """Refuse terms that bend or slant a projection: PVi_m, and the polynomials of SIP and of TPV."""
    for keyword in header.keywords:
        if keyword.startswith(("PV1_", "PV2_")) and header.get(keyword) not in (None, 0):
            raise SourceUnsupported(f"{keyword} in the header; only plain {projection} is understood")
        if keyword in _DISTORTIONS:
            raise SourceUnsupported(f"{keyword} in the header; no distortion is understood")


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
                default if value is None else _number(header, f"{kind}{element}")
                for element, value, default in zip(_ELEMENTS, given, identity, strict=True)
            ]
            if kind == "PC":
                steps = [_step(header, axis) for axis in (1, 1, 2, 2)]
                matrix = [step * value for step, value in zip(steps, matrix, strict=True)]
            return decompose(*matrix)
    crota2 = 0.0 if header.get("CROTA2") is None else _number(header, "CROTA2")
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
    unit = 2.0 ** math.floor(math.log2(length)) * _RESOLUTION
    rounded = [round(value / unit) * unit for value in (cdelt1, determinant / cdelt1, skew)]
    return rounded[0], rounded[1], turn, rounded[2]


def _step(header: Header, axis: int) -> float:
    step = _number(header, f"CDELT{axis}")
    if step == 0.0:
        raise SourceUnsupported("CDELT1 or CDELT2 is 0")
    return step


def _frame(header: Header, default: str) -> str:
    """Return the frame: RADESYS, else RADECSYS, else by EQUINOX or EPOCH (FITS standard, section 8.3)."""
    named = header.get("RADESYS") or header.get("RADECSYS")
    equinox = header.get("EQUINOX") if header.get("EQUINOX") is not None else header.get("EPOCH")
    system = str(named).strip().upper() if named else (default if equinox is None else FK5)
    if system == ICRS:
        return ICRS
    if system != FK5 or equinox not in (None, 2000):
        raise SourceUnsupported(f"frame {named} {equinox}; only FK5 J2000, ICRS and galactic are known")
    return FK5


def _turn_of_pole(header: Header, crval2: float) -> float:
    """Return the degrees by which LONPOLE turns an image; its default at the pole itself is 0, else 180."""
    native = header.get("LONPOLE")
    if native is None:
        return 180.0 if crval2 == 90.0 else 0.0
    return 180.0 - _number(header, "LONPOLE")


def _number(header: Header, keyword: str) -> float:
    value = header.get(keyword)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SourceUnsupported(f"no WCS: {keyword} is {value!r}")
    return float(value)
