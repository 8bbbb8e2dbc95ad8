"""Is a batch's result right? Judged by astropy, from the files as a user has them and the parent images.

Nothing of the service's own code takes part but the archive's file layout.
"""

from __future__ import annotations

import csv
import io
import tarfile
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from local.allwise.tree import PREFIX as ALLWISE_PREFIX
from local.allwise.tree import SURVEY as ALLWISE
from local.allwise.tree import path_of
from skybatch.surveys.image_id import ScanImageId as ImageId
from skybatch.surveys.image_id import atlas_key, parse_scan_key
from skybatch.surveys.twomass.datasets import DATASETS, MISSION

Floats = NDArray[np.float64]
ARCSEC = 3600.0
WCS_TOLERANCE = 1e-6  # arcsec
WISE_INTENSITY = "-int-3.fits"
# Cards that a crop changes, and those it adds.
CHANGED = {"NAXIS1", "NAXIS2", "CRPIX1", "CRPIX2"}
ADDED = {"CUTFILE", "CUTPIX", "CUTBY"}


class WrongResult(AssertionError):
    """Something a batch delivered_images is not what was asked for."""


@dataclass(frozen=True)
class Target:
    """A requested position, ICRS degrees, with the width of its crop in arcsec."""

    ra: float
    dec: float
    size: float


@dataclass(frozen=True)
class Delivered:
    """One image of a result: its row in images.csv, and the file's bytes."""

    row: Mapping[str, str]
    body: bytes

    def parent(self, archive: Path) -> Path:
        """Return the path of the stored image it was made from; ``archive`` has the survey's images."""
        row = self.row
        if row["dataset"] == ALLWISE:
            return archive / path_of(row["coadd_id"], int(row["band"][1:]), "int", "fits")
        date, scan, image = row["date"].zfill(6), int(row["scan"]), int(row["image"])
        return archive / atlas_key(
            ImageId(row["dataset"], date, row["hem"], scan, image, row["band"].lower())
        )


def delivered_images(archive: bytes) -> list[Delivered]:
    """Read the images in an images.tar, each with its row of the images.csv there; one folder holds all."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        files = {member.name: _content(tar, member) for member in tar if member.isfile()}
    folders = {name.split("/")[0] for name in files}
    if len(folders) != 1:
        raise WrongResult(f"the archive has not one folder but {sorted(folders)}")
    folder = folders.pop()
    rows = list(csv.DictReader(io.StringIO(files[f"{folder}/images.csv"].decode())))
    held = {name for name in files if name.startswith(f"{folder}/images/")}
    if held != {f"{folder}/{row['file']}" for row in rows}:
        raise WrongResult("the files in the archive are not those of its table")
    return [Delivered(row, files[f"{folder}/{row['file']}"]) for row in rows]


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    if stream is None:
        raise WrongResult(f"{member.name} cannot be read")
    return stream.read()


def verify_crop(image: Delivered, archive: Path, target: Target) -> None:
    """Pixels, sky coordinates, cards and size of a crop against its parent image. Raises WrongResult."""
    from astropy.wcs.utils import proj_plane_pixel_scales

    cut, parent = _opened(io.BytesIO(image.body)), _parent(image.parent(archive))
    header, whole = cut.header, parent.header
    x0 = round(whole["CRPIX1"] - header["CRPIX1"])
    y0 = round(whole["CRPIX2"] - header["CRPIX2"])
    rows, columns = cut.data.shape
    expected = parent.data[y0 : y0 + rows, x0 : x0 + columns]
    _hold(image, "pixels", cut.data.tobytes() == expected.tobytes() and expected.shape == cut.data.shape)
    _hold(image, "cards", _other_cards(header) == _other_cards(whole))
    _hold(image, "sky coordinates", _disagreement(header, whole, x0, y0) < WCS_TOLERANCE)
    x, y = (float(value[0]) for value in _pixels(header, [target]))
    _hold(image, "position", 0.5 <= x <= columns + 0.5 and 0.5 <= y <= rows + 0.5)
    across, along = target.size / (proj_plane_pixel_scales(_wcs(whole)) * ARCSEC)
    whole_box = abs(columns - across) <= 1 and abs(rows - along) <= 1
    clipped = x0 == 0 or y0 == 0 or x0 + columns == whole["NAXIS1"] or y0 + rows == whole["NAXIS2"]
    _hold(image, "size", whole_box or clipped)


def verify_whole(image: Delivered, archive: Path) -> None:
    """Require a whole image to be the stored file, byte for byte, or raise WrongResult."""
    _hold(image, "bytes", image.body == image.parent(archive).read_bytes())


def _hold(image: Delivered, what: str, right: bool) -> None:
    if not right:
        raise WrongResult(f"{image.row['file']}: its {what} are not those of {image.row['name']}")


def images_containing(archive: Path, dataset: str, targets: Sequence[Target]) -> list[set[str]]:
    """For each target the data set's images that hold it, pixel edges included, as `identity` names them."""
    found: list[set[str]] = [set() for _ in targets]
    for path in sorted(_stored(archive, dataset)):
        header = _header(path)
        x, y = _pixels(header, targets)
        inside = (np.abs(x - header["NAXIS1"] / 2 - 0.5) <= header["NAXIS1"] / 2) & (
            np.abs(y - header["NAXIS2"] / 2 - 0.5) <= header["NAXIS2"] / 2
        )
        for number in np.flatnonzero(inside):
            found[number].add(_identity(path))
    return found


def stored_sizes(archive: Path, dataset: str) -> dict[str, int]:
    """Bytes of each stored image of a data set, by `identity`."""
    return {_identity(path): path.stat().st_size for path in _stored(archive, dataset)}


def _stored(archive: Path, dataset: str) -> Iterable[Path]:
    """Return the stored images of a data set, of each the form that crops are made from."""
    if dataset == ALLWISE:
        return (archive / ALLWISE_PREFIX).rglob(f"*{WISE_INTENSITY}")
    return (archive / MISSION / DATASETS[dataset].path).rglob("image/*.fits*")


def identity(row: Mapping[str, str]) -> str:
    """Date, hemisphere and stem of a table row's image, ``981121n/ji0690256``; of AllWISE tile and band."""
    if row["dataset"] == ALLWISE:
        return f"{row['coadd_id']}/{row['band'].lower()}"
    stem = f"{row['band'].lower()}i{int(row['scan']):03d}{int(row['image']):04d}"
    return f"{row['date'].zfill(6)}{row['hem']}/{stem}"


def _identity(path: Path) -> str:
    if path.name.endswith(WISE_INTENSITY):
        return path.name.removesuffix(WISE_INTENSITY).replace("-", "/")
    image, _, _ = parse_scan_key(path.as_posix())
    return f"{image.date}{image.hem}/{image.stem}"


def _opened(source: Any) -> Any:
    """Open the primary HDU and read its data."""
    from astropy.io import fits

    with fits.open(source, memmap=False) as hdus:
        hdus[0].data  # noqa: B018  (read before the file closes)
        return hdus[0]


@lru_cache(maxsize=4)
def _parent(path: Path) -> Any:
    return _opened(path)


def _header(path: Path) -> Any:
    from astropy.io import fits

    return fits.getheader(path)


def _wcs(header: Any) -> Any:
    from astropy.wcs import WCS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # astropy remarks on CROTA2, which the survey's headers have
        return WCS(header)


def _pixels(header: Any, targets: Sequence[Target]) -> tuple[Floats, Floats]:
    """FITS pixel positions, 1-based, of targets; infinitely far off more than a degree away."""
    import astropy.units as u
    from astropy.coordinates import SkyCoord

    positions = SkyCoord([t.ra for t in targets] * u.deg, [t.dec for t in targets] * u.deg)
    centre = SkyCoord(header["CRVAL1"] * u.deg, header["CRVAL2"] * u.deg, frame="fk5")
    near = positions.separation(centre) < 1 * u.deg
    x, y = np.full(len(targets), -np.inf), np.full(len(targets), -np.inf)
    if near.any():
        at = _wcs(header).world_to_pixel(positions[near])
        x[near], y[near] = np.asarray(at[0]) + 1, np.asarray(at[1]) + 1
    return x, y


def _disagreement(cut: Any, parent: Any, x0: int, y0: int) -> float:
    """Largest distance on the sky, arcsec, between the crop's corner pixels and the same of the parent."""
    corners = np.array([[1, 1], [cut["NAXIS1"], 1], [1, cut["NAXIS2"]], [cut["NAXIS1"], cut["NAXIS2"]]])
    here = _wcs(cut).wcs_pix2world(corners, 1)
    there = _wcs(parent).wcs_pix2world(corners + np.array([x0, y0]), 1)
    difference = (here - there + 180.0) % 360.0 - 180.0
    difference[:, 0] *= np.cos(np.radians(here[:, 1]))
    return float(np.hypot(*difference.T).max() * ARCSEC)


def _other_cards(header: Any) -> list[str]:
    return [card.image for card in header.cards if card.keyword not in CHANGED | ADDED]
