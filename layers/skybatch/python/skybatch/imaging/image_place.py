"""Where one image lies on the sky by its own header, and which way east and north are in its middle."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from skybatch.errors import SourceUnsupported
from skybatch.fits.celestial_wcs import (
    GALACTIC,
    CelestialWcs,
    has_matrix,
    pixel_matrix,
    read_celestial_wcs,
)
from skybatch.fits.header import Header
from skybatch.sky.position import SkyPosition
from skybatch.sky.vectors import Floats, tangents, to_vector

if TYPE_CHECKING:
    from skybatch.sky.distortions.astropy_map import AstropyMap
    from skybatch.sky.footprints import Footprints

# Of a radian, a degree: within it the directions at CRPIX are taken for those in the middle, so that the
# crops of an image are turned alike.
_ALIKE = math.sin(math.radians(1.0))
_SAME_TURN = math.cos(1e-6)
_PLACE = ("crpix1", "crpix2", "cdelt1", "cdelt2", "skew", "crval1", "crval2", "crota2")


@dataclass(frozen=True, eq=False)
class ImagePlace:
    """The place of an image of so many columns and rows."""

    wcs: CelestialWcs
    columns: int
    rows: int

    @classmethod
    def of_header(cls, header: Header) -> ImagePlace:
        """Read it from a header. Raises SourceUnsupported where none are understood."""
        return cls(read_celestial_wcs(header), header.naxis1, header.naxis2)

    @cached_property
    def footprint(self) -> Footprints:
        """The footprint of this image alone, with its distortions."""
        # Most pictures need none of it: an import less in the cold start of a worker.
        from skybatch.sky.distortions.sip import SipPolynomials
        from skybatch.sky.footprints import Footprints
        from skybatch.sky.image_frames import ImageFrame
        from skybatch.sky.image_maps import ImageMap
        from skybatch.sky.pixel_grids import Projection

        wcs = self.wcs
        kind = Projection.OTHER if wcs.by_astropy else Projection[wcs.projection]
        values = {"naxis1": self.columns, "naxis2": self.rows, "projection": kind}
        values |= {name: getattr(wcs, name) for name in _PLACE}
        table = {name: np.array([value], np.float64) for name, value in values.items()}
        plain = Footprints.from_keywords(table, ImageFrame(wcs.frame))
        if wcs.by_astropy:
            maps = (ImageMap(_map(wcs, plain), plain.frames[0]),)
            return replace(plain, grids=replace(plain.grids, maps=maps))
        if wcs.terms:
            return replace(plain, grids=replace(plain.grids, sip=SipPolynomials.of_terms([dict(wcs.terms)])))
        return plain

    def to_icrs(self, x: Floats, y: Floats) -> Floats:
        """Return unit vectors (m, 3) in ICRS of FITS pixel positions (m,); NaN where there is no sky.

        Raises SourceUnsupported where astropy cannot work out the coordinates.
        """
        try:
            places = self.footprint.to_sky(x[None], y[None])
        except ValueError as error:  # as astropy raises, or its own errors that are of this kind
            raise SourceUnsupported(f"its coordinates cannot be worked out: {error}") from None
        return np.asarray(to_vector(*self.footprint.frame.to_icrs(*places))[0])

    def to_pixel(self, position: SkyPosition) -> tuple[float, float]:
        """Return the FITS pixel position of a position; NaN where the image does not show it."""
        x, y = self.footprint.to_pixel(self.footprint.frame.vectors(position.ra, position.dec))
        return float(x[0]), float(y[0])

    def corners(self) -> Floats:
        """Return unit vectors (4, 3) in ICRS of the outer corners."""
        right, top = self.columns + 0.5, self.rows + 0.5
        return self.to_icrs(np.array([0.5, right, right, 0.5]), np.array([0.5, 0.5, top, top]))

    def largest_corner_shift(self, other: ImagePlace) -> float:
        """Return how far the corner that differs most lies from that of another image, in pixels of this.

        Corners without sky in either image are left out.
        """
        apart = np.linalg.norm(self.corners() - other.corners(), axis=-1)
        pixel = math.radians(math.sqrt(abs(np.linalg.det(self.pixel_matrix()))))
        return float(apart[np.isfinite(apart)].max(initial=0.0)) / pixel

    def pixel_matrix(self, at_reference: Floats | None = None) -> Floats:
        """Return the matrix (2, 2) from (column, row) steps in the middle to (east, north) steps, degrees.

        East and north are those of ICRS whatever the frame of the image. ``at_reference`` is the matrix of
        its header. That is returned for SIN and TAN without distortion where it is the same within a degree,
        and for images whose middle shows no sky.
        """
        given = self.footprint.cd_matrix[0].reshape(2, 2) if at_reference is None else at_reference
        if self._is_plain and self._is_near_reference(given):
            return given
        found = self._local_matrix()
        if not np.isfinite(found).all() or (self._is_plain and _are_alike(found, given)):
            return given
        return found

    @property
    def _is_plain(self) -> bool:
        """Whether it is in SIN or TAN without terms, with right ascension and declination."""
        return not self.wcs.terms and self.wcs.frame != GALACTIC and not self.wcs.by_astropy

    def _is_near_reference(self, matrix: Floats) -> bool:
        """Tell whether north cannot turn by a degree from CRPIX to the middle: a test that costs little.

        It turns by no more than right ascension changes. False too where LONPOLE turns what the header's
        matrix says.
        """
        wcs = self.wcs
        (east1, east2), (north1, north2) = matrix.tolist()
        along_row = math.atan2(north1 / wcs.cdelt1, east1 / wcs.cdelt1)
        if math.cos(along_row - math.radians(wcs.crota2)) < _SAME_TURN:
            return False
        across, along = (self.columns + 1) / 2.0 - wcs.crpix1, (self.rows + 1) / 2.0 - wcs.crpix2
        east = math.radians(east1 * across + east2 * along)
        north = math.radians(north1 * across + north2 * along)
        latitude = math.radians(wcs.crval2)
        toward_pole = math.cos(latitude) - abs(north * math.sin(latitude))
        return abs(north) < _ALIKE and abs(east) < 0.9 * _ALIKE * toward_pole

    def _local_matrix(self) -> Floats:
        """Return the matrix by the sky half a pixel to each side of the middle."""
        x = (self.columns + 1) / 2.0 + np.array([0.0, -0.5, 0.5, 0.0, 0.0])
        y = (self.rows + 1) / 2.0 + np.array([0.0, 0.0, 0.0, -0.5, 0.5])
        middle, left, right, below, above = self.to_icrs(x, y)
        steps = np.degrees(np.stack([right - left, above - below], axis=-1))
        ra, dec = np.degrees([np.arctan2(middle[1], middle[0]), np.arctan2(middle[2], np.hypot(*middle[:2]))])
        return np.asarray(np.stack(tangents(ra, dec)) @ steps)


def _are_alike(one: Floats, other: Floats) -> bool:
    return bool(np.abs(one @ np.linalg.inv(other) - np.eye(2)).max() < _ALIKE)


def place_if_known(header: Header) -> ImagePlace | None:
    """Return the place of an image; None where its header has no coordinates that are understood."""
    try:
        return ImagePlace.of_header(header)
    except SourceUnsupported:
        return None


def _map(wcs: CelestialWcs, plain: Footprints) -> AstropyMap:
    from skybatch.sky.distortions.astropy_map import AstropyMap

    matrix: tuple[float, float, float, float] = tuple(plain.cd_matrix[0].tolist())
    crpix, crval = (wcs.crpix1, wcs.crpix2), (wcs.crval1, wcs.crval2)
    return AstropyMap(wcs.projection, crpix, crval, matrix, wcs.terms)


def turning_matrix(header: Header, place: ImagePlace | None) -> Floats:
    """Return the matrix that an image is turned by: from (column, row) to (east, north) steps, in degrees.

    Where its place is not known it is that of its header alone, or of an image that stands upright.
    """
    given = _header_matrix(header)
    return given if place is None else place.pixel_matrix(given)


def _header_matrix(header: Header) -> Floats:
    """Return the matrix from (column, row) steps to (east, north) steps, in degrees (FITS standard, 8.3)."""
    if has_matrix(header):
        scale1, scale2, turned, skew = pixel_matrix(header)
        turn = np.radians(turned)
        rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        return np.asarray(rotation @ np.array([[scale1, skew], [0.0, scale2]]))
    scale1, scale2 = (number_of(header, f"CDELT{axis}", None) or step for axis, step in ((1, -1.0), (2, 1.0)))
    turn = np.radians(number_of(header, "CROTA2", 0.0) or 0.0)
    cosine, sine = np.cos(turn), np.sin(turn)
    return np.array([[scale1 * cosine, -scale2 * sine], [scale1 * sine, scale2 * cosine]])


def number_of(header: Header, keyword: str, default: float | None) -> float | None:
    """Return the number of a keyword; the default where a header has none."""
    found = header.get(keyword)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else default
