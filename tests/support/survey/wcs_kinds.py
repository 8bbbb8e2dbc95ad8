"""Headers of every kind of WCS beyond plain SIN and TAN, with the figures that surveys have."""

from __future__ import annotations

import numpy as np

from tests.support.survey.wcs_oracle import SIDES, STEP, Cards

KINDS = ("TAN-SIP", "SIN-SIP", "TPV", "SCAMP", "ZPN", "CAR", "NCP", "ARC", "STG", "ZEA")
GALACTIC_KINDS = ("TAN-SIP", "CAR", "TPV")


def bent_header(kind: str, ra: float, dec: float, rng: np.random.Generator, frame: str = "ICRS") -> Cards:
    """Cards of an image of SIDES pixels about a position, distorted as those of surveys are."""
    code = {"SCAMP": "TAN", "NCP": "SIN"}.get(kind, kind)
    first, second = ("GLON-", "GLAT-") if frame == "galactic" else ("RA---", "DEC--")
    turn = np.radians(rng.choice([0.0, 0.2, 33.0, 180.0, -90.0]))
    cos, sin, mirrored = np.cos(turn) * STEP, np.sin(turn) * STEP, rng.choice([-1.0, 1.0])
    cards: Cards = {
        "CTYPE1": f"{first}{code}", "CTYPE2": f"{second}{code}",
        "CRPIX1": float(rng.choice([1024.5, 1000.25, -300.0])), "CRPIX2": float(rng.choice([2048.5, 4500.0])),
        "CRVAL1": ra, "CRVAL2": dec,
        "CD1_1": float(mirrored * cos), "CD1_2": float(-sin),
        "CD2_1": float(mirrored * sin), "CD2_2": float(cos),
    }  # fmt: skip
    if frame != "galactic":
        cards["RADESYS"] = frame
    return cards | _terms(kind, rng)


def _terms(kind: str, rng: np.random.Generator) -> Cards:
    if kind.endswith("SIP"):
        return _sip(rng)
    if kind in ("TPV", "SCAMP"):
        return _polynomials(rng)
    if kind == "ZPN":  # UKIRT's camera
        return {"PV2_0": 0.0, "PV2_1": 1.0, "PV2_2": 0.0, "PV2_3": 42.0}
    if kind == "NCP":  # the slant of an array in the east and west
        return {"PV2_1": 0.0, "PV2_2": float(rng.uniform(-0.3, 0.3))}
    return {}


def _sip(rng: np.random.Generator) -> Cards:
    """Polynomials that shift the corners by some tens of pixels; terms of the lowest orders too."""
    cards: Cards = {"A_ORDER": 4, "B_ORDER": 4}
    for axis in "AB":
        for p in range(5):
            for q in range(5 - p):
                size = {0: 0.7, 1: 1e-3}.get(p + q, 20.0 / 2500.0 ** (p + q))
                cards[f"{axis}_{p}_{q}"] = float(size * rng.uniform(-1, 1))
    return cards


def _polynomials(rng: np.random.Generator) -> Cards:
    """A chip's polynomials about the middle of its camera, as DECam has them."""
    cards: Cards = {}
    for axis in (1, 2):
        cards |= {
            f"PV{axis}_0": float(rng.uniform(-1e-3, 1e-3)),
            f"PV{axis}_1": float(1 + rng.uniform(-1, 1) * 5e-3),
        }
        cards |= {f"PV{axis}_{m}": float(rng.uniform(-1, 1) * 5e-3) for m in (2, 4, 5, 6, 7, 8, 9, 10)}
    return cards


def random_pixels(rng: np.random.Generator, count: int) -> np.ndarray:
    """Pixel positions on the image and a little beyond its edges, (count, 2)."""
    return rng.uniform([-30.0, -30.0], [SIDES[0] + 30.0, SIDES[1] + 30.0], (count, 2))
