"""Made images of one kind of WCS that overlap at the poles, at right ascension 0 and elsewhere; an inventory.

Nothing but their headers is made. What astropy makes of the same headers is beside them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from astropy.coordinates import SkyCoord
from astropy.units import deg as degree
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales

from skybatch.archive.described.headers import ReadImage, refusal_of
from skybatch.archive.described.sets import assemble
from skybatch.fits.celestial_wcs import read_celestial_wcs
from skybatch.inventory.inventory import Inventory
from skybatch.inventory.publish import publish
from skybatch.sky.image_frames import ImageFrame
from skybatch.sky.vectors import Floats
from skybatch.storage.directory_tree import DirectoryTree
from skybatch.surveys.description.keys import StoredKey
from skybatch.surveys.description.survey import Survey
from tests.support.survey.wcs_kinds import bent_header
from tests.support.survey.wcs_oracle import ASTROPYS, SIDES, Cards, astropys, header_of

FRAMES = ("ICRS", "FK5", "galactic")
# In the frame of the images. A map of the plate carrée kind has its reference on the equator, so that its
# images of the middle latitudes have their reference pixel far outside.
PLACES = (
    (0.0, 90.0),
    (123.0, -90.0),
    (0.0, 0.0),
    (359.98, 0.02),
    (359.9, -48.0),
    (77.0, 60.0),
    (200.0, 88.9),
)
CAR_PLACES = ((0.0, 0.0), (359.98, 0.02), (0.05, 0.0), (200.0, 0.0), (77.0, 0.0))


@dataclass(frozen=True)
class MadeImage:
    """An image by its name, band and cards."""

    name: str
    band: str
    cards: Cards
    frame: ImageFrame

    @cached_property
    def wcs(self) -> WCS:
        """What astropy makes of it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return astropys(self.cards)

    @cached_property
    def steps(self) -> Floats:
        """The sides of a pixel, arcsec."""
        return np.asarray(proj_plane_pixel_scales(self.wcs) * 3600.0)

    @cached_property
    def middle(self) -> SkyCoord:
        """The position of its middle."""
        middle = self.sky(np.array([(SIDES[0] + 1) / 2]), np.array([(SIDES[1] + 1) / 2]))
        return middle[0]

    @cached_property
    def radius(self) -> float:
        """The distance from its middle to the farthest of points along its boundary, degrees."""
        t = np.linspace(0.0, 1.0, 33)
        x = np.concatenate([t, np.ones(33), t, np.zeros(33)]) * SIDES[0] + 0.5
        y = np.concatenate([np.zeros(33), t, np.ones(33), t]) * SIDES[1] + 0.5
        return float(self.middle.separation(self.sky(x, y)).deg.max())

    def sky(self, x: Floats, y: Floats) -> SkyCoord:
        """Positions of pixels, by astropy."""
        lon, lat = self.wcs.all_pix2world(x, y, 1)
        return _plain(SkyCoord(lon, lat, unit="deg", frame=ASTROPYS[self.frame]).icrs)

    def pixels(self, sky: SkyCoord) -> tuple[Floats, Floats]:
        """Pixels of positions, by astropy; wherever it ends where it does not converge."""
        there = sky.transform_to(ASTROPYS[self.frame]).spherical
        x, y = self.wcs.all_world2pix(there.lon.deg, there.lat.deg, 1, quiet=True)
        return np.asarray(x), np.asarray(y)

    def depth(self, x: Floats, y: Floats) -> Floats:
        """How far inside of the image pixels lie, arcsec; negative outside."""
        across = np.minimum(x - 0.5, SIDES[0] + 0.5 - x) * self.steps[0]
        along = np.minimum(y - 0.5, SIDES[1] + 0.5 - y) * self.steps[1]
        return np.asarray(np.minimum(across, along))


def made_images(kind: str, bands: tuple[str, ...], at_each: int) -> Iterator[MadeImage]:
    """Yield images of one kind, so many at each place, every band of each with a grid of its own."""
    rng = np.random.default_rng(sum(map(ord, kind)))
    for n, (lon, lat) in enumerate((CAR_PLACES if kind == "CAR" else PLACES) * at_each):
        frame = FRAMES[n % 3] if kind != "NCP" else "ICRS"
        for band in bands:
            yield _image(kind, f"{n:04d}", band, (lon, lat), frame, rng)


def _image(
    kind: str, name: str, band: str, place: tuple[float, float], frame: str, rng: np.random.Generator
) -> MadeImage:
    """Draw images until one can be looked up: extreme ones are refused when they are indexed."""
    for _ in range(100):
        cards = bent_header(kind, *place, rng, frame)
        cards |= {"CRPIX1": float(rng.uniform(-500, 2500)), "CRPIX2": float(rng.uniform(-500, 4600))}
        if refusal_of(read_celestial_wcs(header_of(cards)), *SIDES) is None:
            return MadeImage(name, band, cards, ImageFrame(frame))
    raise AssertionError(f"no image of {kind} at {place} is understood")


def inventory_of(images: list[MadeImage], survey: Survey, folder: Path) -> Inventory:
    """Index images by their headers."""
    dataset = next(iter(survey.datasets))
    sets, problems = assemble(survey, dataset, [_read(image, survey, dataset) for image in images])
    assert problems == []
    publish(DirectoryTree(folder), sets, numbered=False, origin="test")
    return Inventory.open(DirectoryTree(folder), dataset)


def _read(image: MadeImage, survey: Survey, dataset: str) -> ReadImage:
    key = StoredKey(dataset, {"name": image.name}, image.band, survey.first_product, "fits")
    wcs = read_celestial_wcs(header_of(image.cards))
    return ReadImage(f"{image.name}-{image.band}.fits", key, 1, wcs, *SIDES, 1, 30, {}, bitpix=-32)


def positions_about(images: list[MadeImage], count: int, seed: int) -> SkyCoord:
    """Positions, nine in ten of them on or near images, others anywhere; poles and RA 0 included."""
    rng = np.random.default_rng(seed)
    near = count * 9 // 10
    chosen = rng.integers(0, len(images), near)
    centres = np.array([(image.middle.ra.deg, image.middle.dec.deg) for image in images])[chosen]
    middles = SkyCoord(centres, unit="deg")
    reach = np.array([image.radius for image in images])[chosen] * 1.1
    angle, distance = rng.uniform(0, 360, near), reach * np.sqrt(rng.random(near))
    on = middles.directional_offset_by(angle * degree, distance * degree)
    ra, dec = rng.uniform(0, 360, count - near), np.degrees(np.arcsin(rng.uniform(-1, 1, count - near)))
    ra[:4], dec[:4] = [0.0, 0.0, 0.0, 360.0 - 1e-9], [90.0, -90.0, 0.0, 0.0]
    return SkyCoord(np.concatenate([on.ra.deg, ra]), np.concatenate([on.dec.deg, dec]), unit="deg")


def _plain(sky: SkyCoord) -> SkyCoord:
    """The same positions without what astropy remembers of the frame they came from."""
    return SkyCoord(sky.ra.deg, sky.dec.deg, unit="deg")
