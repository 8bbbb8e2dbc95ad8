"""Single frames as WISE took them: four bands at once, each with pixels and distortions of its own."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
from astropy.io import fits

from skybatch.storage.directory_tree import DirectoryTree
from skybatch.storage.trees import Tree
from skybatch.surveys.description.reader import read_survey
from tests.support.survey import descriptions
from tests.support.survey.wcs_oracle import Cards

BANDS = ("w1", "w2", "w3", "w4")
DESCRIPTION = """\
schema = 1
id = "frames"
title = "Frames of Four Bands"
short = "Frames"
mission = { name = "wise" }
facility = "WISE"
dataset = [{ path = "allsky/4band_p1bm_frm", title = "Single Frames" }]
band = [
  { id = "w1", label = "W1", native = 1, token = "1", wave = [3.35e-6, 3.13e-6, 3.78e-6] },
  { id = "w2", label = "W2", native = 2, token = "2", wave = [4.60e-6, 4.02e-6, 5.19e-6] },
  { id = "w3", label = "W3", native = 3, token = "3", wave = [11.56e-6, 7.60e-6, 16.27e-6] },
  { id = "w4", label = "W4", native = 4, token = "4", wave = [22.09e-6, 19.84e-6, 23.36e-6] },
]
[place]
prefix = "allsky/4band_p1bm_frm/"
[fields]
scan_id = { match = "[0-9]{5}[a-z]", keyword = "SCAN" }
frame_num = { type = "int", match = "[0-9]{3}", format = "03d", min = 0, max = 999, keyword = "FRNUM" }
[set]
fields = ["scan_id", "frame_num"]
id = "{scan_id}{frame_num:03d}"
grid = "band"
[product.image]
title = "Frame"
key = "{scan_id[4:6]}/{scan_id}/{frame_num:03d}/{scan_id}{frame_num:03d}-w{band.token}-int-1b"
forms = ["fits", "fits.gz"]
bitpix = -32
[header]
wcs = ["SIN"]
frame = "FK5"
band_keyword = "BAND"
values = { magzp = "MAGZP", date_obs = "DATE_OBS" }
[columns]
magzp = { of = "band", type = "double", unit = "mag", doc = "Zero point." }
date_obs = { of = "set", type = "char", doc = "Middle of the exposure." }
[requests]
diameter = [0.05, 5.0]
colour = { bands = ["w4", "w2", "w1"], zero = "magzp", reference = "w1" }
"""
SURVEY = read_survey(DESCRIPTION, "frames.toml")
known_frames = partial(descriptions.known_survey, SURVEY)

DATA = Path(os.environ.get("SKYBATCH_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
GENUINE = DATA / "surveys" / "wise" / "allsky/4band_p1bm_frm/2a/01772a/127/01772a127-w3-int-1b.fits.gz"
# Sides and steps of the genuine frames in pixels and degrees; how far the bands lie from each other, pixels.
SIDES = {"w1": 1016, "w2": 1016, "w3": 1016, "w4": 508}
STEP = 2.757 / 3600
OFFSETS = {"w1": (0.0, 0.0), "w2": (14.0, -41.0), "w3": (-11.6, 13.2), "w4": (19.4, 12.7)}


@dataclass(frozen=True)
class Frame:
    """One exposure: its name, where its W1 looks (FK5 degrees), how it is turned, and the bands it has."""

    scan: str
    number: int
    ra: float
    dec: float
    turn: float = 0.0
    bands: tuple[str, ...] = BANDS

    @property
    def id(self) -> str:
        """Its identifier."""
        return f"{self.scan}{self.number:03d}"

    def key(self, band: str, ending: str = "fits") -> str:
        """The key of one band."""
        folder = f"{self.scan[4:6]}/{self.scan}/{self.number:03d}"
        return f"allsky/4band_p1bm_frm/{folder}/{self.id}-w{band[1]}-int-1b.{ending}"

    def cards(self, band: str, shrink: int = 1) -> Cards:
        """The header of one band, with ``shrink`` times fewer and larger pixels a side."""
        rng = np.random.default_rng([self.number, int(band[1])])
        side = SIDES[band] // shrink
        step = STEP * SIDES["w1"] / SIDES[band] * shrink
        turn = np.radians(self.turn + rng.normal(0.0, 0.02))
        cos, sin = np.cos(turn) * step, np.sin(turn) * step
        right, up = (round(offset * side / SIDES["w1"] * 64) / 64 for offset in OFFSETS[band])
        middle = (side + 1) / 2
        cards: Cards = {
            "CTYPE1": "RA---SIN-SIP", "CTYPE2": "DEC--SIN-SIP", "RADECSYS": "FK5", "EQUINOX": 2000,
            "CRPIX1": middle + right, "CRPIX2": middle + up, "CRVAL1": self.ra, "CRVAL2": self.dec,
            "CD1_1": float(-cos), "CD1_2": float(-sin), "CD2_1": float(-sin), "CD2_2": float(cos),
            "BAND": int(band[1]), "SCAN": self.scan, "FRNUM": self.number, "MAGZP": 20.5 - int(band[1]),
            "DATE_OBS": "2010-02-11T03:46:38.900", "MJD_OBS": 55238.15739468, "SCANGRP": self.scan[4:6],
            "MAGZPUNC": 0.012,
        }  # fmt: skip
        return cards | _distortions(side, rng)

    def image(self, band: str, shrink: int = 1) -> bytes:
        """The file of one band."""
        side = SIDES[band] // shrink
        values = np.random.default_rng([1, self.number, int(band[1])]).normal(40.0, 3.0, (side, side))
        file = io.BytesIO()
        fits.PrimaryHDU(values.astype(np.float32), fits.Header(self.cards(band, shrink))).writeto(file)
        return file.getvalue()


def _distortions(side: int, rng: np.random.Generator) -> Cards:
    """Polynomials that shift the corners by about two pixels of a thousand; the lowest orders too."""
    cards: Cards = {"A_ORDER": 4, "B_ORDER": 4}
    for axis in "AB":
        for p in range(5):
            for q in range(5 - p):
                size = 0.7 if p + q == 0 else side / 1016 / (side / 2) ** (p + q)
                cards[f"{axis}_{p}_{q}"] = float(size * rng.uniform(-1, 1))
    return cards


def write_frames(tree: Tree, frames: tuple[Frame, ...], shrink: int = 8) -> None:
    """Write the bands of frames to a tree."""
    for frame in frames:
        for band in frame.bands:
            tree.write(frame.key(band), frame.image(band, shrink))


def write_with_genuine(tree: DirectoryTree, frame: Frame) -> None:
    """Write the genuine W3, and beside it the other bands of its frame as they may have been."""
    write_frames(tree, (replace(frame, bands=("w1", "w2", "w4")),), shrink=1)
    tree.write(frame.key("w3", "fits.gz"), GENUINE.read_bytes())
