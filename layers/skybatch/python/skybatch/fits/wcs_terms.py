"""The terms of a WCS beyond its matrix: SIP polynomials, and the parameters of projections (PVi_m).

Shupe et al. 2005 for SIP; Calabretta & Greisen 2002 for parameters. Of several conventions in one header
that counts which astropy reads: polynomials of SCAMP in a TAN header are TPV, SIP stands before the
parameters of a TAN-SIP header, and TPV before SIP. No numpy: a worker starts without it.
"""

from __future__ import annotations

import math
import re

from skybatch.errors import SourceUnsupported
from skybatch.fits.cards import told
from skybatch.fits.header import Header

Terms = tuple[tuple[str, float], ...]
"""Keywords and values, in the order of the header."""

# Projections with terms that astropy works out, of one piece of sky each.
BY_ASTROPY = frozenset(
    {
        "AIR",
        "AIT",
        "ARC",
        "AZP",
        "BON",
        "CAR",
        "CEA",
        "COD",
        "COE",
        "COO",
        "COP",
        "CYP",
        "MER",
        "MOL",
        "PAR",
        "PCO",
        "SFL",
        "SIN",
        "STG",
        "SZP",
        "TAN",
        "TPV",
        "ZEA",
        "ZPN",
    }
)
_SIP = re.compile(r"[AB]_(\d)_(\d)")
_PARAMETER = re.compile(r"PV[12]_(\d+)")
_POLES = ("LONPOLE", "LATPOLE")
_LOOK_UP_TABLES = ("CPDIS1", "CPDIS2", "D2IMDIS1", "D2IMDIS2", "CQDIS1", "CQDIS2", "D2IMARR1", "D2IMARR2")
_MAX_ORDER = 9
# TAN has parameters up to this number; SCAMP writes its polynomials from here on.
_FIRST_OF_SCAMP = 5


def refuse_look_up_tables(header: Header) -> None:
    """Raise SourceUnsupported for distortions in tables beside the image, by their keyword."""
    for keyword in header.keywords:
        if keyword in _LOOK_UP_TABLES:
            raise SourceUnsupported(f"{keyword} in the header; distortions in tables are not understood")


def has_sip(header: Header) -> bool:
    """Tell whether a header has SIP polynomials, of second order or higher.

    Raises SourceUnsupported where it has one of the two alone.
    """
    a, b = _order(header, "A_ORDER"), _order(header, "B_ORDER")
    if (a is None) != (b is None) and max(a or 0, b or 0) > 1:
        given, absent = ("A", "B") if b is None else ("B", "A")
        raise SourceUnsupported(f"{given}_ORDER in the header without {absent}_ORDER")
    return min(a or 0, b or 0) > 1


def sip_terms(header: Header) -> Terms:
    """Return the coefficients A_p_q and B_p_q of pixel offsets, also those of the lowest orders."""
    orders = {name: _order(header, f"{name}_ORDER") or 0 for name in "AB"}
    terms = []
    for keyword in dict.fromkeys(header.keywords):
        found = _SIP.fullmatch(keyword)
        if found and int(found[1]) + int(found[2]) <= orders[keyword[0]]:
            terms.append((keyword, finite(header, keyword)))
    return tuple(terms)


def parameters(header: Header) -> Terms:
    """Return the parameters PV1_m and PV2_m of the projection."""
    names = [keyword for keyword in dict.fromkeys(header.keywords) if _PARAMETER.fullmatch(keyword)]
    return tuple((name, finite(header, name)) for name in names if header.get(name) is not None)


def is_scamps(terms: Terms) -> bool:
    """Tell whether parameters of TAN are the polynomials that SCAMP wrote before TPV had a name."""
    numbers = [int(found[1]) for name, _ in terms if (found := _PARAMETER.fullmatch(name))]
    return max(numbers, default=0) >= _FIRST_OF_SCAMP


def poles(header: Header) -> Terms:
    """Return LONPOLE and LATPOLE as far as the header has them."""
    return tuple((name, finite(header, name)) for name in _POLES if header.get(name) is not None)


def finite(header: Header, keyword: str) -> float:
    """Return the number of a card. Raises SourceUnsupported where it has none."""
    value = header.get(keyword)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SourceUnsupported(f"no WCS: {keyword} is {told(value)}")
    return float(value)


def _order(header: Header, keyword: str) -> int | None:
    value = header.get(keyword)
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= _MAX_ORDER:
        raise SourceUnsupported(f"{keyword} is {told(value)}; orders are whole numbers up to {_MAX_ORDER}")
    return value
